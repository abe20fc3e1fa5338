"""Where the project stands: the book, the notebooks, the data and the library side by side."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
