"""The official rules as data, and their loader."""

from balancelib.standards.files import StandardError, bundled
from balancelib.standards.loader import load_standard
from balancelib.standards.model import Indicator, Item, Part, Standard, Test

__all__ = ["Indicator", "Item", "Part", "Standard", "StandardError", "Test", "bundled", "load_standard"]
