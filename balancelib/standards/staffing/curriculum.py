"""The curriculum as data: periods a week by subject and grade, and how many of them a full post teaches."""

from collections.abc import Iterator
from math import ceil, floor
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from balancelib.standards.model import Positive, Record, Stage
from balancelib.toml import Key, Text, TomlError, convert, parse

OURS = Path(__file__).with_name("curriculum.toml")
GRADES = {"primary": range(6), "junior": range(6, 9)}  # places in a list of nine grades
Nine = Annotated[tuple[Annotated[float, Meta(ge=0, le=60)], ...], Meta(min_length=9, max_length=9)]
Share = Annotated[float, Meta(ge=0, le=1)]


class CurriculumError(TomlError):
    """A curriculum's file is malformed: ``file``, ``key`` and ``reason`` say where and why."""

    called = "课程方案文件"


class Group(Record):
    """Subjects of which the plan fixes together the least and the most share of all periods."""

    key: Key
    label: Text
    subjects: tuple[Key, ...]
    share: tuple[Share, Share]


class Subject(Record):
    """A subject: periods a week in each of nine grades, and the periods a week of a full post, by stage.

    ``by_anyone``: taught by whoever has periods to spare, not by teachers of its own. ``trained_in``: other trainings that suit it.
    """

    key: Key
    label: Text
    weekly: Nine
    load: Annotated[dict[Stage, Positive], Meta(min_length=2)]
    by_anyone: bool = False
    trained_in: tuple[Key, ...] = ()

    def suits(self, trained: str) -> bool:
        """Whether who was trained in a subject teaches this one as trained for it."""
        return self.by_anyone or trained in (self.key, *self.trained_in)


class Curriculum(Record):
    """A curriculum plan.

    Attributes
    ----------
    weeks, weekly : tuple of float
        For each of nine grades, the weeks of new lessons in a year and the periods a week of all subjects together.
    total : float
        Periods of nine years.
    groups : tuple of Group
        Least and most share of all periods, as the plan fixes them.
    subjects : tuple of Subject
        The split by subject; the plan leaves it to provinces and schools, so that it is an assumption.
    """

    label: Text
    number: Text
    issuer: Text
    year: Annotated[int, Meta(ge=1900, le=2100)]
    weeks: Nine
    weekly: Nine
    total: Positive
    groups: tuple[Group, ...]
    subjects: Annotated[tuple[Subject, ...], Meta(min_length=1)]
    note: str = ""

    def subject(self, key: str) -> Subject:
        """Return the subject named ``key``, or raise KeyError."""
        for subject in self.subjects:
            if subject.key == key:
                return subject
        raise KeyError(f"{self.label}里没有科目{key}；有：{'、'.join(s.key for s in self.subjects)}")

    def taught(self, stage: Stage) -> list[str]:
        """Keys of the subjects that a stage has, in the file's order."""
        return [s.key for s in self.subjects if sum(s.weekly[g] for g in GRADES[stage])]

    def periods(self, stage: Stage) -> dict[str, float]:
        """Periods a week and class of each subject of a stage, where each grade has as many classes as another.

        Examples
        --------
        >>> load_curriculum().periods("junior")["physics"]
        2.0
        """
        grades = GRADES[stage]
        return {
            key: sum(self.subject(key).weekly[g] for g in grades) / len(grades) for key in self.taught(stage)
        }

    def loads(self, stage: Stage) -> dict[str, float]:
        """Periods a week that a full post teaches, by subject of a stage."""
        return {key: self.subject(key).load[stage] for key in self.taught(stage)}

    def labels(self) -> dict[str, str]:
        """Chinese names by subject key."""
        return {subject.key: subject.label for subject in self.subjects}

    def by_anyone(self) -> list[str]:
        """Keys of the subjects that ask for no teacher of their own.

        Examples
        --------
        >>> load_curriculum().by_anyone()
        ['practice']
        """
        return [subject.key for subject in self.subjects if subject.by_anyone]

    def yearly(self, key: str) -> float:
        """Periods of a subject in all nine years."""
        return sum(w * n for w, n in zip(self.subject(key).weekly, self.weeks, strict=True))

    def shares(self) -> dict[str, float]:
        """Share of all periods that each group has in this split, by the group's key."""
        return {group.key: sum(map(self.yearly, group.subjects)) / self.total for group in self.groups}

    def bounds(self) -> dict[str, tuple[int, int]]:
        """Least and most whole periods of nine years that each group may have, by the group's key.

        Examples
        --------
        >>> load_curriculum().bounds()["pe"]
        (953, 1047)
        """
        return {
            group.key: (ceil(group.share[0] * self.total - 1e-6), floor(group.share[1] * self.total + 1e-6))
            for group in self.groups
        }

    def with_loads(self, factor: float) -> "Curriculum":
        """Return the plan with every load multiplied: all teach a tenth more with 1.1.

        Raises
        ------
        ValueError
            A factor that is not above 0.
        """
        if not factor > 0:
            raise ValueError(f"课时量的倍数要大于0，现在是{factor}")
        scaled = (
            msgspec.structs.replace(s, load={stage: n * factor for stage, n in s.load.items()})
            for s in self.subjects
        )
        return msgspec.structs.replace(self, subjects=tuple(scaled))


def load_curriculum(path: str | Path = OURS) -> Curriculum:
    """Load a curriculum plan.

    Parameters
    ----------
    path : str or Path
        A TOML file in the shape of ours, such as a province's; left out, the national plan of 2022 with our split by subject.

    Raises
    ------
    CurriculumError
        The file is missing, unreadable or malformed, or its parts contradict one another: a grade's subjects do not add up to its periods a week,
        the periods not to the total, a group's share is outside its bounds.

    Notes
    -----
    Source of weeks, periods a week, total and shares: 教育部, 义务教育课程方案（2022年版）, 教材〔2022〕2号, read in provincial plans that carry it out. The
    split by subject and grade and the loads are this course's assumption; the file says what they lean on.
    """
    path = Path(path)
    plan = convert(parse(path, CurriculumError, "找不到这个文件"), Curriculum, path.name, CurriculumError)
    for key, reason in _faults(plan):
        raise CurriculumError(path.name, key, reason)
    return plan


def _faults(plan: Curriculum) -> Iterator[tuple[str, str]]:
    """Key and reason of what contradicts itself."""
    known = {subject.key for subject in plan.subjects}
    for group in plan.groups:
        if unknown := set(group.subjects) - known:
            yield f"groups.{group.key}.subjects", f"subjects里没有{'、'.join(sorted(unknown))}"
    for grade in range(9):
        periods = sum(subject.weekly[grade] for subject in plan.subjects)
        if abs(periods - plan.weekly[grade]) > 1e-9:
            yield (
                "subjects",
                f"{grade + 1}年级各科每周合计{periods:g}节，weekly写的是{plan.weekly[grade]:g}节",
            )
    total = sum(w * n for w, n in zip(plan.weekly, plan.weeks, strict=True))
    if abs(total - plan.total) > 1e-6:
        yield "total", f"按每周课时和周数，九年合计{total:g}课时，total写的是{plan.total:g}"
    for group, share in zip(plan.groups, plan.shares().values(), strict=True):
        least, most = group.share
        if not least - 1e-12 <= share <= most + 1e-12:
            yield f"groups.{group.key}.share", f"{group.label}占{share:.2%}，不在{least:.0%}至{most:.0%}以内"
