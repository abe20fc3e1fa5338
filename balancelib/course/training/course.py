"""What a trainer writes in ``course.yml``, and what is refused there.

.. code-block:: yaml

    title: 星河县义务教育优质均衡培训班
    dates: [2027-03-15, 2027-03-16]
    audience: 督学和各科室办事的同志
    lessons:
      - policy/self_assessment
      - {lesson: policy/equity, minutes: 30}
      - module: resources
    county: county.xlsx

Only ``title``, ``dates`` and what is taught (``lessons`` or ``path``) are needed; a course for self-study has no dates. Paths of files
are from the folder of ``course.yml``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct
from PIL import Image

from balancelib.course.training.catalogue import Lesson, Module
from balancelib.course.training.reading import CourseError, read_yaml
from balancelib.toml import Key, Text, convert, parse

PATHS = Path(__file__).with_name("paths.toml")
PICTURES = (".png", ".jpg", ".jpeg")  # a page, a slide and a PDF show them alike
NO_PICTURE = (OSError, SyntaxError, ValueError, Image.DecompressionBombError)  # what Pillow raises
TIME, ADDRESS = r"^([01]?\d|2[0-3]):[0-5]\d\Z", r"^https?://[^\s\"<>\\]+\Z"
Minutes = Annotated[int, Meta(ge=5, le=600)]
Clock = Annotated[str, Meta(pattern=TIME)]
MOST_PEOPLE = 500
FORMULA = tuple("=+-@＝＋－＠")  # what a spreadsheet takes for the beginning of one when it opens people.csv


class Record(Struct, frozen=True, forbid_unknown_fields=True):
    """Base of all that stands in ``course.yml``."""


class Chosen(Record):
    """A lesson or all lessons of a module; the minutes it gets, where they are not its own."""

    lesson: Text | None = None
    module: Text | None = None
    minutes: Minutes | None = None


class Hours(Record):
    """When a day begins and ends, when its lunch is; a break comes after so many minutes at most, and is so long."""

    begins: Clock = "08:30"
    ends: Clock = "17:00"
    lunch: tuple[Clock, Clock] = ("12:00", "14:00")
    break_after: Minutes = 100
    break_minutes: Minutes = 15


class Hub(Record):
    """Where notebooks open without anything installed: a Binder or a JupyterHub, and the repository it fetches."""

    address: Annotated[str, Meta(pattern=ADDRESS)]
    repository: Annotated[str, Meta(pattern=ADDRESS)]
    branch: Text = "main"
    kind: Literal["binder", "jupyterhub"] = "binder"


class Course(Record):
    """A course as its file says it; `taught` looks its lessons up."""

    title: Text
    dates: tuple[date, ...] = ()
    name: Annotated[Key, Meta(max_length=40)] = "course"  # of the zip
    audience: Text = ""
    lessons: tuple[str | Chosen, ...] = ()
    path: Text | None = None
    hours: Hours = Hours()
    weekly: Minutes | None = None  # of self-study
    county: Text | None = None
    seed: Annotated[int, Meta(ge=0, le=2**32 - 1)] | None = None
    people: int | tuple[Text, ...] = 0
    solutions: Literal["shown", "after", "hidden"] = "after"
    trainer_notes: bool = True
    tests: bool = True
    hub: Hub | None = None
    logo: Text | None = None

    @property
    def seats(self) -> tuple[str, ...]:
        """Names of the trainees by their seats; empty where only their number is known."""
        return ("",) * self.people if isinstance(self.people, int) else self.people


class Way(Record):
    """A learning path: what is taught to whom."""

    key: str
    label: Text
    audience: Text
    lessons: tuple[Chosen, ...]
    weekly: Minutes | None = None


class Ways(Record):
    """All learning paths."""

    paths: tuple[Way, ...]


@dataclass(frozen=True)
class Taught:
    """A lesson that is taught, and how many minutes it gets."""

    lesson: Lesson
    minutes: int


def learning_paths() -> dict[str, Way]:
    """Return the learning paths by their keys."""
    ways = convert(parse(PATHS, CourseError, "缺少"), Ways, PATHS.name, CourseError)
    return {way.key: way for way in ways.paths}


def load_course(path: str | Path) -> Course:
    """Read a ``course.yml``.

    Parameters
    ----------
    path
        Where it is.

    Raises
    ------
    CourseError
        It is missing, no YAML, or says what cannot be.
    """
    path = Path(path)
    missing = "找不到这个文件：请检查路径；没有的话，照书里“办一期自己的培训班”写一个"
    course = convert(read_yaml(path, missing), Course, path.name, CourseError, strict=False)
    for key, reason in _faults(course, path.parent):
        raise CourseError(path.name, key, reason)
    return _along_path(course)


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
    found = [one for n, chosen in enumerate(course.lessons, 1) for one in _chosen(chosen, modules, file, n)]
    pages = [one.lesson.page for one in found]
    if double := next((page for page in pages if pages.count(page) > 1), None):
        raise CourseError(file, "lessons", f"{double}选了两遍，请只留一个")
    return tuple(found)


def _chosen(entry: str | Chosen, modules: tuple[Module, ...], file: str, n: int) -> list[Taught]:
    """Look up one entry, by the name of a page or by its Chinese title."""
    entry = Chosen(lesson=entry) if isinstance(entry, str) else entry
    if entry.module:
        module = next((m for m in modules if entry.module in (m.name, m.title)), None)
        lessons, kinds = (module.lessons if module else ()), [m.name for m in modules]
    else:
        every = [lesson for module in modules for lesson in module.lessons]
        lessons = [lesson for lesson in every if entry.lesson in (lesson.page, lesson.title)]
        kinds = _alike(entry.lesson, every)
    if not lessons:
        wanted = entry.module or entry.lesson
        raise CourseError(file, f"lessons.第{n}条", f"没有“{wanted}”，可以写：{'、'.join(kinds)}")
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


def _alike(wanted: str, lessons: list[Lesson]) -> list[str]:
    """Pages that may have been meant: those of its module, else all modules' first."""
    module = wanted.partition("/")[0]
    same = [lesson.page for lesson in lessons if lesson.module == module]
    return same or list({lesson.module: lesson.page for lesson in reversed(lessons)}.values())[::-1]


def _along_path(course: Course) -> Course:
    """Fill in what the learning path says and the file does not."""
    if course.path is None:
        return course
    way = learning_paths()[course.path]
    return Course(
        **{field: getattr(course, field) for field in course.__struct_fields__}
        | {
            "lessons": course.lessons or way.lessons,
            "audience": course.audience or way.audience,
            "weekly": course.weekly or way.weekly,
        }
    )


def _faults(course: Course, folder: Path) -> Iterator[tuple[str, str]]:
    """Key and reason of every fault that the types do not show."""
    if not course.title.strip():
        yield "title", "只有空格：请写班的名字"
    if course.path is not None and course.path not in learning_paths():
        names = "、".join(f"{key}（{way.label}）" for key, way in learning_paths().items())
        yield "path", f"没有这条学习路线，可选：{names}"
    if course.path is None and not course.lessons:
        yield "lessons", "没有选课：写lessons，或者写path: one_day"
    if not (course.dates or course.weekly or (course.path and learning_paths()[course.path].weekly)):
        yield "dates", "没有写日期，例如dates: [2027-03-15]；自学的不写日期，写weekly: 120（每周分钟数）"
    if list(course.dates) != sorted(set(course.dates)):
        yield "dates", "日期要从早到晚，一天只写一次"
    for n, entry in enumerate(course.lessons, 1):
        if isinstance(entry, Chosen) and (entry.lesson is None) == (entry.module is None):
            yield f"lessons.第{n}条", "lesson和module写一个，不能都写，也不能都不写"
    yield from _day_faults(course.hours)
    yield from _people_faults(course.people)
    yield from _file_faults(course, folder)


def _day_faults(hours: Hours) -> Iterator[tuple[str, str]]:
    """A day whose times do not follow on each other."""
    times = (hours.begins, *hours.lunch, hours.ends)
    if list(map(clock, times)) != sorted(set(map(clock, times))):
        yield "hours", "上课、午休开始、午休结束、下课，四个时间要一个比一个晚"


def _people_faults(people: int | tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Too many trainees, fewer than none, two of one name, or a name that is a formula."""
    count = people if isinstance(people, int) else len(people)
    if not 0 <= count <= MOST_PEOPLE:
        yield "people", f"人数要在0到{MOST_PEOPLE}之间"
    if not isinstance(people, int) and len(set(people)) < count:
        yield "people", "有两个人同名，请加上单位，例如“李明（一中）”"
    if not isinstance(people, int) and any(name.lstrip().startswith(FORMULA) for name in people):
        yield "people", "姓名不能以=、+、-、@开头：表格软件会把它当成公式"


def _file_faults(course: Course, folder: Path) -> Iterator[tuple[str, str]]:
    """A county that is named twice or not there, a logo that is no picture."""
    if course.county and course.seed is not None:
        yield "county", "county（你们县的数）和seed（合成县的种子）只写一个"
    if course.county and not (folder / course.county).exists():
        yield "county", f"找不到{course.county}：路径从这个文件所在的文件夹算起"
    if course.logo and not (folder / course.logo).is_file():
        yield "logo", f"找不到{course.logo}：路径从这个文件所在的文件夹算起"
    elif course.logo and not (course.logo.lower().endswith(PICTURES) and _is_picture(folder / course.logo)):
        yield "logo", "标志要是.png或.jpg的图片，内容也要是：改了扩展名的不行，请用画图软件另存"


def _is_picture(path: Path) -> bool:
    """Whether a file can be shown on pages and slides, whatever it is called."""
    try:
        with Image.open(path, formats=("PNG", "JPEG")) as picture:
            picture.load()
    except NO_PICTURE:
        return False
    return True


def clock(time: str) -> int:
    """Return minutes since midnight.

    Examples
    --------
    >>> clock("08:30")
    510
    """
    hours, _, minutes = time.partition(":")
    return int(hours) * 60 + int(minutes)
