"""The driver of Five Cooks: runs the programs, summarises, draws, reports."""
