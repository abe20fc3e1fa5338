"""The command ``balancelib``, a file a group of commands."""

from balancelib.cli.main import main

__all__ = ["main"]
