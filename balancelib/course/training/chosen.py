"""The lessons that a course chooses, looked up in the catalogue; what may have been meant, where there is none of that name."""

import re
from collections.abc import Sequence
from difflib import get_close_matches
from itertools import pairwise

from balancelib.course.training.catalogue import Lesson, Module
from balancelib.course.training.course import Chosen, Course, Taught
from balancelib.course.training.reading import CourseError

MOST_MEANT, LIKE = 3, 0.85  # suggestions, and how like what was written they are at least


def taught(course: Course, modules: tuple[Module, ...], file: str = "course.yml") -> tuple[Taught, ...]:
    """Return the lessons of a course in their order.

    Parameters
    ----------
    course
        The course.
    modules
        What there is to choose from.
    file
        Name of the course's file, for what is wrong.

    Raises
    ------
    CourseError
        There is no such lesson or module, one is chosen twice, or has no time.
    """
    found: dict[str, Taught] = {}
    entries: dict[str, int] = {}
    for n, chosen in enumerate(course.lessons, 1):
        for one in _chosen(chosen, modules, file, n):
            page = one.lesson.page
            if page in found:
                where = f"第{entries[page]}条和第{n}条里" if entries[page] != n else f"第{n}条里"
                raise CourseError(file, "lessons", f"{page}选了两遍：{where}都有，请只留一个")
            found[page], entries[page] = one, n
    return tuple(found.values())


def _chosen(entry: str | Chosen, modules: tuple[Module, ...], file: str, n: int) -> list[Taught]:
    """Look up one entry, by the name of a page or by its Chinese title."""
    entry = Chosen(lesson=entry) if isinstance(entry, str) else entry
    every = [lesson for module in modules for lesson in module.lessons]
    if entry.module:
        module = next((m for m in modules if entry.module in (m.name, m.title)), None)
        lessons = module.lessons if module else ()
    else:
        lessons = [lesson for lesson in every if entry.lesson in (lesson.page, lesson.title)]
    if not lessons:
        meant = _module_meant(entry.module, modules) if entry.module else _meant(entry.lesson, modules, every)
        raise CourseError(file, f"lessons.第{n}条", f"没有“{entry.module or entry.lesson}”，{meant}")
    shares = _shares([lesson.minutes for lesson in lessons], entry.minutes)
    if none := next((one for one, share in zip(lessons, shares, strict=True) if not share), None):
        reason = "分到的不足1分钟，minutes要多写一些" if entry.minutes else "没有写用时，请给它写minutes"
        raise CourseError(file, f"lessons.第{n}条", f"《{none.title}》{reason}")
    return [Taught(one, share) for one, share in zip(lessons, shares, strict=True)]


def _shares(own: list[int], minutes: int | None) -> list[int]:
    """Return how many minutes each lesson gets: its own, or of those that all together get, as its own are to all."""
    if minutes is None:
        return own
    own = own if sum(own) else [1] * len(own)
    ends = [round(minutes * sum(own[:n]) / sum(own)) for n in range(len(own) + 1)]
    return [after - before for before, after in pairwise(ends)]


def _meant(wanted: str, modules: Sequence[Module], lessons: Sequence[Lesson]) -> str:
    """Say which lesson may have been meant: by its address, its file's name, a part of its title, a letter that is wrong."""
    bare = re.sub(r"\.(ipynb|html|md)$", "", wanted.strip().lower().replace("\\", "/")).removeprefix(
        "notebooks/"
    )
    if module := next((one for one in modules if bare in (one.name, one.title)), None):
        return f"它是一章：整章写成{{module: {module.name}}}，一课写成{module.lessons[0].page}这样"
    if len(bare) > 1 and (
        like := [one.page for one in lessons if bare in (one.page, one.name) or bare in one.title.lower()]
    ):
        return f"是不是{'、'.join(like[:MOST_MEANT])}？"
    if like := get_close_matches(bare, [one.page for one in lessons], MOST_MEANT, LIKE):
        return f"是不是{'、'.join(like)}？"
    same = [one.page for one in lessons if one.module == bare.partition("/")[0]]
    return f"可以写：{'、'.join(same or [one.lessons[0].page for one in modules])}"


def _module_meant(wanted: str, modules: Sequence[Module]) -> str:
    """Say which module may have been meant."""
    like = [
        one
        for n, one in enumerate(modules)
        if one.title in wanted or f"第{'一二三四五六七八九'[n]}章" in wanted
    ]
    if like:
        return f"是不是{like[0].name}（{like[0].title}）？"
    return f"可以写：{'、'.join(f'{one.name}（{one.title}）' for one in modules)}"
