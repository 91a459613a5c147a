"""Claims about the two programs, made by running them as a person would."""
