"""Figures in the house style, each with a Chinese text that says what it shows. Loads matplotlib late."""

from importlib import import_module
from typing import Any

_MODULES = {"describe": "style", "threshold_ratios": "plots", "use_style": "style"}
__all__ = ["describe", "threshold_ratios", "use_style"]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
