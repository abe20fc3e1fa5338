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
from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct
from PIL import Image

from balancelib.course.training.catalogue import Lesson
from balancelib.course.training.reading import CourseError, read_yaml
from balancelib.text import is_device
from balancelib.toml import Key, Text, convert, parse

PATHS = Path(__file__).with_name("paths.toml")
PICTURES = (".png", ".jpg", ".jpeg")  # a page, a slide and a PDF show them alike
NO_PICTURE = (OSError, SyntaxError, ValueError, Image.DecompressionBombError)  # what Pillow raises
TIME, ADDRESS = r"^([01]?\d|2[0-3]):[0-5]\d\Z", r"^https?://[^\s\"<>\\]+\Z"
Minutes = Annotated[int, Meta(ge=5, le=600)]
Clock = Annotated[str, Meta(pattern=TIME)]
MOST_PEOPLE = 500
LARGEST_LOGO = 2**20  # bytes
BETWEEN = "，、；;\n"  # between names that were to be several
EXAMPLES = {  # of what a key holds
    "title": "title: 星河县培训班",
    "dates": "dates: [2027-03-15, 2027-03-16]",
    "lessons": "lessons: [policy/equity, {lesson: policy/levels, minutes: 40}, {module: teachers}]",
    "people": "people: 40，或者people: [李明, 王芳]",
    "hours": "hours: {begins: 8:30, lunch: [12:00, 14:00], break_after: 100}",
    "hub": "hub: {kind: jupyterhub, address: 'https://…', repository: 'https://…'}，kind是binder或jupyterhub",
    "solutions": "solutions: after，可以是after、shown、hidden",
    "tests": "tests: false",
    "trainer_notes": "trainer_notes: false",
    "seed": "seed: 12",
    "weekly": "weekly: 120",
    "name": "name: xinghe",
}
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
    break_after: Annotated[int, Meta(ge=20, le=600)] = 100
    break_minutes: Annotated[int, Meta(ge=5, le=60)] = 15


class Hub(Record):
    """Where notebooks open without anything installed: a Binder or a JupyterHub, and the repository it fetches."""

    address: Annotated[str, Meta(pattern=ADDRESS)]
    repository: Annotated[str, Meta(pattern=ADDRESS)]
    branch: Text = "main"
    kind: Literal["binder", "jupyterhub"] = "binder"


class Course(Record):
    """A course as its file says it; `chosen.taught` looks its lessons up."""

    title: Annotated[Text, Meta(max_length=60)]
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
    course = _converted(read_yaml(path, missing), path.name)
    for key, reason in _faults(course, path.parent):
        raise CourseError(path.name, key, reason)
    return _along_path(course)


def _converted(data: dict[str, Any], file: str) -> Course:
    """Turn what the file says into a course; where it cannot be, an example says how it is written."""
    try:
        return convert(data, Course, file, CourseError, strict=False)
    except CourseError as error:
        example = EXAMPLES.get(error.key.partition(".")[0], "")
        if error.reason.startswith("不认识的键") and not example:
            raise CourseError(
                file, error.key, f"{error.reason}，可以写：{'、'.join(Course.__struct_fields__)}"
            ) from None
        raise CourseError(
            file, error.key, f"{error.reason}，例如{example}" if example else error.reason
        ) from None


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
    if is_device(course.name):
        yield "name", f"Windows不许文件叫{course.name}，请换一个名字"
    if course.path is not None and course.path not in learning_paths():
        names = "、".join(f"{key}（{way.label}）" for key, way in learning_paths().items())
        yield "path", f"没有这条学习路线，可选：{names}"
    if course.path is None and not course.lessons:
        yield "lessons", "没有选课：写lessons，或者写path: one_day"
    if not (course.dates or course.weekly or (course.path and learning_paths()[course.path].weekly)):
        yield "dates", "没有写日期，例如dates: [2027-03-15]；自学的不写日期，写weekly: 120（每周分钟数）"
    if list(course.dates) != sorted(set(course.dates)):
        yield "dates", "日期要从早到晚，一天只写一次"
    if course.dates and course.weekly:
        yield "weekly", "写了dates就不用weekly：集中上课的删去weekly，自学的删去dates"
    if course.dates and not course.lessons and course.path and learning_paths()[course.path].weekly:
        yield "dates", "自学的路线不写日期：删去dates，或者换一条路线"
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
    if not isinstance(people, int) and (double := [name for name in people if set(name) & set(BETWEEN)]):
        yield "people", f"“{double[0]}”像是几个人：两个姓名之间用半角逗号，例如[李明, 王芳]"
    if not isinstance(people, int) and not all(name.strip() for name in people):
        yield "people", "有一个姓名是空的"


def _file_faults(course: Course, folder: Path) -> Iterator[tuple[str, str]]:
    """A county that is named twice or not there, a logo that is no picture."""
    if course.county and course.seed is not None:
        yield "county", "county（你们县的数）和seed（合成县的种子）只写一个"
    if course.county and not (folder / course.county).exists():
        yield "county", _not_found(course.county)
    if course.logo and not (folder / course.logo).is_file():
        yield "logo", _not_found(course.logo)
    elif course.logo and not (course.logo.lower().endswith(PICTURES) and _is_picture(folder / course.logo)):
        yield "logo", "标志要是.png或.jpg的图片，内容也要是：改了扩展名的不行，请用画图软件另存"
    elif course.logo and (folder / course.logo).stat().st_size > LARGEST_LOGO:
        yield (
            "logo",
            f"标志太大，每一页都要装它：请用画图软件缩到{LARGEST_LOGO // 2**20}MB以内，几百像素宽就够",
        )


def _not_found(name: str) -> str:
    """Say that a file is not there, and from where it is looked for."""
    slash = "，文件夹之间用/" if "\\" in name else ""
    return f"找不到{name}：路径从这个文件所在的文件夹算起{slash}；看看文件在不在那里、名字和扩展名对不对"


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
