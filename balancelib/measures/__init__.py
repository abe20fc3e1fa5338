"""Measures of inequality: pure functions of arrays and weights that know nothing of schools."""

from balancelib.measures.dispersion import cv

__all__ = ["cv"]
