"""Figures in the house style, each with a Chinese text that says what it shows. Loads matplotlib late."""

from importlib import import_module
from typing import Any

_NAMES = {
    "distribution": ("cumulative_steps", "entropy_terms", "index_curve", "lorenz_curve", "value_dots"),
    "plots": ("threshold_ratios",),
    "style": ("describe", "use_style"),
}
_MODULES = {name: module for module, names in _NAMES.items() for name in names}
__all__ = list(_MODULES)


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
