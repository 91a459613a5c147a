"""The driver of Five Cooks: runs the programs, summarises, draws, reports."""

from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
