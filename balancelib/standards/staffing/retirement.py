"""The statutory age of retirement, month by month of birth, and in which years a year of birth retires."""

from collections import Counter
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta

from balancelib.standards.model import Record
from balancelib.toml import Key, Text, TomlError, convert, parse

OURS = Path(__file__).with_name("retirement.toml")
MONTHS = range(1, 13)
Year = Annotated[int, Meta(ge=1900, le=2100)]
Age = Annotated[int, Meta(ge=40, le=80)]
Months = Annotated[int, Meta(ge=1, le=120)]


class RetirementError(TomlError):
    """A file of retirement ages is malformed: ``file``, ``key`` and ``reason`` say where and why."""

    called = "退休年龄文件"


class RetirementGroup(Record):
    """Who retires at one age: ``age`` before the delay, ``first`` year of birth that it delays, ``earliest`` age that may be chosen."""

    key: Key
    label: Text
    gender: Literal["female", "male"]
    titles: tuple[Key, ...]
    age: Age
    first: Year
    earliest: Age


class Retirement(Record):
    """The rule: each group's age, delayed one month for every ``step`` months of birth, by ``most`` months at the end."""

    label: Text
    issuer: Text
    year: Year
    step: Months
    most: Months
    groups: Annotated[tuple[RetirementGroup, ...], Meta(min_length=1)]

    def group(self, gender: str, title: str | None) -> RetirementGroup:
        """Return the first group that a teacher is of, or raise KeyError."""
        for group in self.groups:
            if group.gender == gender and (not group.titles or title in group.titles):
                return group
        raise KeyError(f"没有适用的退休年龄：{gender}、{title}")

    def months(self, group: RetirementGroup, year: int, month: int) -> int:
        r"""Age of retirement in months: ``12 a + \min(36, \lceil k / 4 \rceil)``, ``k`` the month of birth counted from the first delayed.

        Examples
        --------
        >>> rule = load_retirement()
        >>> divmod(rule.months(rule.group("male", None), 1970, 1), 12)
        (61, 4)
        """
        k = 12 * (year - group.first) + month
        return 12 * group.age + min(self.most, max(0, -(-k // self.step)))

    def years(self, gender: str, title: str | None, birth_year: int) -> dict[int, float]:
        """Years in which those born in a year reach the age, and the share of its twelve months of birth in each.

        Examples
        --------
        >>> load_retirement().years("female", "first", 1970)
        {2025: 0.75, 2026: 0.25}
        """
        group = self.group(gender, title)
        return _years(birth_year, [self.months(group, birth_year, month) for month in MONTHS])

    def earliest(self, gender: str, title: str | None, birth_year: int) -> dict[int, float]:
        """As `years`, for those who go as early as they may: at most three years before, not before ``earliest``."""
        group = self.group(gender, title)
        least = 12 * group.earliest
        return _years(birth_year, [max(least, self.months(group, birth_year, m) - 36) for m in MONTHS])


def _years(birth_year: int, ages: list[int]) -> dict[int, float]:
    """Share of the months of birth by the year in which the age, in months, is reached."""
    reached = Counter(
        (12 * birth_year + month - 1 + age) // 12 for month, age in zip(MONTHS, ages, strict=True)
    )
    return {year: n / 12 for year, n in reached.items()}


def load_retirement(path: str | Path = OURS) -> Retirement:
    """Load the ages of retirement.

    Parameters
    ----------
    path : str or Path
        A TOML file in the shape of ours.

    Raises
    ------
    RetirementError
        The file is missing, unreadable or malformed.

    Notes
    -----
    Source: 全国人民代表大会常务委员会, 关于实施渐进式延迟法定退休年龄的决定, 13 September 2024: men from 60 to 63 from births of January 1965 on, women of
    55 to 58 from January 1970 on, a month later for every four months of birth.
    """
    path = Path(path)
    return convert(parse(path, RetirementError, "找不到这个文件"), Retirement, path.name, RetirementError)
