"""Equity calculations for the balanced development of compulsory education in China's counties."""

__version__ = "0.1.0"
