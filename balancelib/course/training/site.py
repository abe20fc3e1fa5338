"""Builds a course's site from its staged sources: for trainees, or with notes and solutions for trainers."""

import subprocess
import sys
from pathlib import Path

from balancelib.course.edition import TRAINER
from balancelib.course.training.reading import CONTENTS
from balancelib.course.training.staged import ON_PAPER

LAST_LINES = 40


class NotBuiltError(Exception):
    """Sphinx has something against the sources: its last messages."""


def build_site(sources: Path, target: Path, trainer: bool = False, builder: str = "html") -> None:
    """Build the site of a course whose notebooks have been run, in a process of its own: Sphinx is not made to run twice in one.

    Parameters
    ----------
    sources
        The staged folder.
    target
        Where the pages go.
    trainer
        Whether with the trainer's notes and the solutions.
    builder
        Sphinx's: ``html`` or ``latex``.

    Raises
    ------
    NotBuiltError
        Sphinx has something against the sources.
    """
    command = [sys.executable, "-m", __spec__.name, sources, target, builder, *([TRAINER] if trainer else [])]
    done = subprocess.run(
        list(map(str, command)), capture_output=True, encoding="utf-8", errors="replace", check=False
    )
    if done.returncode:
        told = [line for line in (done.stdout + done.stderr).splitlines() if line and " INFO " not in line]
        raise NotBuiltError("\n".join(told[-LAST_LINES:]))


def main(sources: str, target: str, builder: str, *tags: str) -> int:
    """Let Sphinx build; 0 where it has nothing against the sources."""
    from jupyter_book.sphinx import build_sphinx  # noqa: PLC0415  only this process needs it

    failed = build_sphinx(
        sources,
        target,
        noconfig=True,
        path_config=Path(sources, "_config.yml"),
        confoverrides={
            "external_toc_path": Path(sources, ON_PAPER if builder == "latex" else CONTENTS).as_posix(),
            "latex_individualpages": False,
            "nitpicky": True,
        },
        builder=builder,
        warningiserror=True,
        keep_going=True,
        quiet=True,
        tags=list(tags),
    )
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
