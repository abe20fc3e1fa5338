"""Figures in the house style, each with a Chinese text that says what it shows. Loads matplotlib late."""

from importlib import import_module
from typing import Any

_MODULES = {
    "cumulative_steps": "distribution",
    "describe": "style",
    "entropy_terms": "distribution",
    "index_curve": "distribution",
    "lorenz_curve": "distribution",
    "threshold_ratios": "plots",
    "use_style": "style",
    "value_dots": "distribution",
}
__all__ = [
    "cumulative_steps", "describe", "entropy_terms", "index_curve", "lorenz_curve", "threshold_ratios", "use_style",
    "value_dots",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
