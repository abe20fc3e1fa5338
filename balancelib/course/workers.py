"""Processes that work for this one, and how they end where it is killed."""

import os
from collections.abc import Callable
from multiprocessing import parent_process
from threading import Thread


def begin(*first: Callable[[], object]) -> None:
    """Begin a process of a pool, as its ``initializer``: it ends with the one that began it, and does ``first``.

    Of itself it would wait forever for work from one that was killed, with all that it has loaded in memory.
    """
    Thread(target=_end_with, args=(parent_process(),), daemon=True).start()
    for one in first:
        one()


def _end_with(parent: object) -> None:
    parent.join()
    os._exit(1)
