"""What is asked: the command line, experiments and their cells, figures, quantities."""
