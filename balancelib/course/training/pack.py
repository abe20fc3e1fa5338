"""Makes a course: from ``course.yml`` to the folders for trainees and trainers, all of it or nothing."""

import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pandas as pd
from msgspec import structs

from balancelib.course.archive import zip_folder
from balancelib.course.exercises.trainee import MADE, SOURCE
from balancelib.course.root import ROOT
from balancelib.course.take_home import FIRST, FRONT_DOOR, NotMadeError, missing_packages, typeset
from balancelib.course.training import texts
from balancelib.course.training.catalogue import Module, catalogue
from balancelib.course.training.chosen import taught
from balancelib.course.training.county import lay_county
from balancelib.course.training.course import Course, Taught, load_course
from balancelib.course.training.keys import all_keys
from balancelib.course.training.people import for_seat, seats
from balancelib.course.training.place import (
    TESTS,
    TRAINER,
    check_place,
    replaced,
    sign,
)
from balancelib.course.training.pretest import book_of_tests
from balancelib.course.training.run import Ran, run_all, with_county
from balancelib.course.training.schedule import schedule
from balancelib.course.training.site import NotBuiltError, build_site
from balancelib.course.training.slides import lay_slides
from balancelib.course.training.staged import stage

TRAINEE, HANDOUT = "trainee", "handout.pdf"
KEY, OURS = "marking_key.xlsx", "你们县"  # what captions call the course's own county
MOST_TOLD = 3  # lines of what LaTeX has against a handout
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """All that is known of a course before anything is made.

    Parameters
    ----------
    course
        What was asked for.
    home
        Folder of its file.
    modules, lessons
        The catalogue, and what is taught of it.
    times
        The schedule.
    """

    course: Course
    home: Path
    modules: tuple[Module, ...]
    lessons: tuple[Taught, ...]
    times: pd.DataFrame

    @property
    def with_exercises(self) -> list[str]:
        """Modules whose exercises are done."""
        return [one.lesson.module for one in self.lessons if one.lesson.is_exercises]


@dataclass(frozen=True)
class Made:
    """What was made: where, which lessons are not about the course's county and why, and what could not be made."""

    folder: Path
    archive: Path
    elsewhere: dict[str, str]
    left_out: tuple[str, ...]


def plan(path: Path) -> Plan:
    """Read a ``course.yml`` and look up all it names.

    Parameters
    ----------
    path
        Where it is.

    Raises
    ------
    CourseError
        It says what cannot be.
    """
    course, modules = load_course(path), catalogue(ROOT)
    lessons = taught(course, modules, path.name)
    if not any(one.lesson.quiz for one in lessons):
        course = structs.replace(course, tests=False)  # there is nothing to ask
    return Plan(course, path.parent, modules, lessons, schedule(course, lessons, path.name))


def make(asked: Plan, out: Path, tell: Tell) -> Made:
    """Make a course.

    Parameters
    ----------
    asked
        What `plan` returned.
    out
        The folder: not there, empty, or made by this function before.
    tell
        Is told in Chinese what is being done.

    Raises
    ------
    OccupiedError
        It would replace, or hand out, what is not to be.
    InputError
        The course's county is at fault.
    NotRunError, NotBuiltError
        A notebook stops on the sample too, or Sphinx has something against a page.
    """
    check_place(out, asked.home, (asked.course.county, asked.course.logo))
    with replaced(out) as folder, tempfile.TemporaryDirectory() as work:
        sources = Path(work) / "sources"
        tell("准备课文和数据")
        stage(asked.course, asked.lessons, asked.modules, asked.times, asked.home, sources)
        county = lay_county(asked.course, asked.home, sources / "data")
        ran = _run(sources, county, asked, tell)
        elsewhere = {one.path.relative_to(sources / "notebooks").with_suffix("").as_posix(): one.reason for one in ran if one.reason}  # fmt: skip
        lay_trainee(asked, county, elsewhere, sources, folder / TRAINEE)
        lay_trainer(asked, sources, folder / TRAINER, tell)
        left_out = _build(asked, sources, folder, tell)
        tell("做幻灯片")
        lay_slides(asked.course, asked.lessons, sources / "notebooks", folder / TRAINEE / "slides", folder / TRAINER / "slides")  # fmt: skip
        _lay_texts(asked, elsewhere, left_out, folder)
        tell("打包")
        zip_folder(folder / TRAINEE, folder / f"{asked.course.name}.zip", asked.course.name)
        sign(folder)
    return Made(out, out / f"{asked.course.name}.zip", elsewhere, left_out)


def _run(sources: Path, county: str, asked: Plan, tell: Tell) -> list[Ran]:
    """Run all notebooks of the course."""
    paths = [*sorted((sources / "notebooks").rglob("*.ipynb")), sources / "book" / "standards.md"]
    done: list[Ran] = []

    def said(one: Ran) -> None:
        done.append(one)
        tell(f"运行笔记本 {len(done)}/{len(paths)}")

    tell(f"运行笔记本 0/{len(paths)}")
    return run_all(paths, county, said, OURS if asked.course.county else "")


def _build(asked: Plan, sources: Path, folder: Path, tell: Tell) -> tuple[str, ...]:
    """Build both sites and the handout, as many at once as there are processors; say what was left out."""
    jobs = [
        lambda: _site(sources, folder, TRAINEE),
        lambda: _site(sources, folder, TRAINER),
        lambda: _handout(sources, folder / TRAINEE / HANDOUT),
    ]
    left_out = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        running = [pool.submit(job) for job in jobs]
        try:
            for n, one in enumerate(running):
                tell(f"生成网页和讲义 {n}/{len(jobs)}")
                left_out.append(one.result())
        except BaseException:
            pool.shutdown(cancel_futures=True)  # or what has not begun would be built too
            raise
    return tuple(filter(None, left_out))


def _site(sources: Path, folder: Path, who: str) -> str:
    """Build a site apart from what Sphinx leaves beside it; nothing of it is ever left out."""
    built = sources.parent / who / "site"
    build_site(sources, built, trainer=who == TRAINER)
    (built / ".buildinfo").unlink()  # it differs from run to run
    shutil.move(built, folder / who / "site")
    return ""


def _handout(sources: Path, target: Path) -> str:
    """Let XeLaTeX set the lessons; where it cannot, say why: a course can be held without paper."""
    if missing := [package for _, package in missing_packages()]:
        return f"打印用的讲义（缺Debian软件包{'、'.join(missing)}）"
    latex = sources.parent / "latex"
    try:
        build_site(sources, latex, builder="latex")
        typeset(latex, target)
    except (NotBuiltError, NotMadeError) as error:
        told = [line for line in str(error).splitlines() if str(latex) not in line]  # it is gone at the end
        return f"打印用的讲义（{'；'.join(told[:MOST_TOLD])}）"
    return ""


def lay_trainee(asked: Plan, county: str, elsewhere: dict[str, str], sources: Path, folder: Path) -> None:
    """Lay out the trainees' notebooks and data.

    Parameters
    ----------
    asked
        The course.
    county
        Where notebooks find its county; empty for the sample.
    elsewhere
        Pages that are not held on it.
    sources
        The staged folder, for its data.
    folder
        The trainees'.
    """
    shutil.copytree(sources / "data", folder / "data")
    for lesson in (one.lesson for one in asked.lessons):
        place = folder / "notebooks" / lesson.module
        place.mkdir(parents=True, exist_ok=True)
        _write(lesson.path, place / lesson.path.name, "" if lesson.page in elsewhere else county)
        if lesson.quiz:
            shutil.copy(lesson.quiz, place)
        if lesson.is_exercises and asked.course.solutions == "shown":
            stopped = f"{lesson.module}/{Path(SOURCE).stem}" in elsewhere
            _write(lesson.path.with_name(SOURCE), place / SOURCE, "" if stopped else county)
    for seat in seats(asked.course):
        for module in asked.with_exercises:
            target = folder / "notebooks" / "people" / f"{seat.seat:02}" / f"{module}.ipynb"
            target.parent.mkdir(parents=True, exist_ok=True)
            notebook = nbformat.read(ROOT / "notebooks" / module / MADE, as_version=4)
            nbformat.write(for_seat(notebook, seat.seed), target)


def _write(path: Path, target: Path, county: str) -> None:
    """Copy a notebook; one that is held on another county names it, and has no outputs of the sample."""
    if not county:
        shutil.copy(path, target)
        return
    notebook = with_county(nbformat.read(path, as_version=4), county)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    nbformat.write(notebook, target)


def lay_trainer(asked: Plan, sources: Path, folder: Path, tell: Tell) -> None:
    """Lay out what trainers have beside their site: solutions, who sits where, the key.

    Parameters
    ----------
    asked
        The course.
    sources
        The staged folder.
    folder
        The trainers'.
    tell
        Is told in Chinese what is being done.
    """
    places = seats(asked.course)
    for module in asked.with_exercises:
        target = folder / "solutions" / f"{module}.ipynb"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(sources / "notebooks" / module / SOURCE, target)
    folder.mkdir(parents=True, exist_ok=True)
    if places:
        pd.DataFrame(places, columns=["seat", "name", "seed"]).to_csv(
            folder / "people.csv", index=False, encoding="utf-8-sig", lineterminator="\r\n"
        )
    if places and asked.with_exercises:
        (folder / KEY).write_bytes(texts.key_book(all_keys(asked.with_exercises, places, tell)))
    if asked.course.tests and (tests := book_of_tests(asked.course, asked.lessons)):
        (folder / TESTS).write_bytes(tests)
    (folder / "schedule.xlsx").write_bytes(texts.schedule_book(asked.course, asked.times))


def _lay_texts(asked: Plan, elsewhere: dict[str, str], left_out: Sequence[str], folder: Path) -> None:
    """Write what each folder is for, and the door to the site."""
    for who, text in (
        (TRAINEE, texts.for_trainees(asked, elsewhere, (folder / TRAINEE / HANDOUT).exists())),
        (TRAINER, texts.for_trainers(asked, elsewhere, left_out)),
    ):
        (folder / who / FIRST).write_text(text, encoding="utf-8-sig", newline="\r\n")
        (folder / who / FRONT_DOOR).write_text(texts.DOOR, encoding="utf-8")
