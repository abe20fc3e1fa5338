"""Who is eligible for exchange between schools, and the two shares with their two denominators."""

from pathlib import Path
from typing import Annotated

import msgspec
import numpy as np
import pandas as pd
from msgspec import Meta

from balancelib.county import Lacking
from balancelib.teachers.definitions import BACKBONE, HEADS
from balancelib.toml import Key, Text, TomlError, convert, parse

RULES = Path(__file__).with_name("eligible.toml")
Share = Annotated[float, Meta(ge=0, le=1)]


class ExchangeRulesError(TomlError):
    """A file of rules is malformed: ``file``, ``key`` and ``reason`` say where and why."""

    called = "交流条件文件"


class Reason(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a teacher is eligible or not: its key, its Chinese name, and what says so."""

    key: Key
    label: Text
    source: Text


class ExchangeRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """After how many years at one school a teacher is eligible, the two least shares, and the reasons in order."""

    years: Annotated[int, Meta(ge=1, le=40)]
    years_source: Text
    least_share: Share
    least_backbone_share: Share
    shares_source: Text
    reasons: Annotated[tuple[Reason, ...], Meta(min_length=1)]

    @property
    def labels(self) -> dict[str, str]:
        """Chinese names of the reasons, in order."""
        return {reason.key: reason.label for reason in self.reasons}


def load_exchange_rules(path: str | Path = RULES) -> ExchangeRules:
    """Read the rules of exchange (交流条件).

    Raises
    ------
    ExchangeRulesError
        The file is missing or malformed.
    """
    path = Path(path)
    data = parse(path, ExchangeRulesError, "没有这个文件；不写就用随程序附的")
    return convert(data, ExchangeRules, path.name, ExchangeRulesError)


EXCHANGE = load_exchange_rules()


def eligibility(
    teachers: pd.DataFrame, schools: pd.DataFrame, year: int, rules: ExchangeRules = EXCHANGE
) -> pd.Series:
    """Say of each teacher whether he or she is eligible for exchange, or why not (符合交流条件).

    Parameters
    ----------
    teachers, schools : DataFrame
        The county's tables. A column of ``teachers`` that is not there counts as blank.
    year : int
        The school year that begins in its autumn: a teacher who came in 2019 has six years at the school in 2025.
    rules : ExchangeRules

    Returns
    -------
    Series of str
        By ``teacher_id``: the key of the first reason of ``rules`` that holds; ``unknown`` where none is known to hold and a blank may hide one.

    Raises
    ------
    Lacking
        A teacher twice, or at a school that the county has not.

    Examples
    --------
    >>> schools = pd.DataFrame({"school_id": ["a"], "operator": ["public"]})
    >>> teachers = pd.DataFrame({"teacher_id": ["T1", "T2"], "school_id": "a", "school_since": [2019, 2020], "permanent": 1.0,
    ...                          "exempt": 0.0, "post": "teacher"})
    >>> eligibility(teachers, schools, 2025).tolist()
    ['eligible', 'short']
    """
    _known(teachers, schools)
    blank = pd.Series(np.nan, teachers.index)
    given = {
        name: teachers.get(name, blank) for name in ("permanent", "exempt", "post", "school_since", "rotated")
    }
    operator = teachers["school_id"].map(schools.set_index("school_id")["operator"])
    asked = [given[name] for name in ("permanent", "post", "exempt", "school_since")]
    holds = {
        "private": operator == "private",
        "not_permanent": given["permanent"] == 0,
        "head": given["post"].isin(HEADS),
        "exempt": given["exempt"] == 1,
        "recent": year - given["rotated"] < rules.years,
        "short": year - given["school_since"] < rules.years,
        "unknown": pd.concat([operator.isna(), *(values.isna() for values in asked)], axis=1).any(axis=1),
    }
    found = np.select(list(holds.values()), list(holds), "eligible")
    return pd.Series(found, index=pd.Index(teachers["teacher_id"], name="teacher_id"), name="status")


def _known(teachers: pd.DataFrame, schools: pd.DataFrame) -> None:
    if (double := teachers["teacher_id"].duplicated()).any():
        raise Lacking(f"教师表里{teachers['teacher_id'][double].iloc[0]}有两行，请先改正")
    if lost := sorted(set(teachers["school_id"]) - set(schools["school_id"])):
        raise Lacking(f"教师表里的这些学校，学校表里没有：{'、'.join(map(str, lost[:5]))}")


def exchange_rates(
    teachers: pd.DataFrame, schools: pd.DataFrame, year: int, rules: ExchangeRules = EXCHANGE
) -> pd.DataFrame:
    r"""Compute the two shares of exchange in a year, beside what comes out with other denominators (两个比例，两个分母).

    .. math:: \frac{\text{moved}}{\text{eligible}} \ge 10\%, \qquad \frac{\text{moved backbone}}{\text{moved}} \ge 20\%

    Parameters
    ----------
    teachers, schools : DataFrame
        The county's tables.
    year : int
        Moved are the public schools' permanent teachers, heads apart, whose last exchange was in this year. They were eligible when they
        went; the eligible are therefore these and those who are eligible still.
    rules : ExchangeRules

    Returns
    -------
    DataFrame
        A row for each way: ``test`` (``moved`` or ``backbone``), ``right``, ``over`` (the denominator in Chinese), ``counted``, ``of``, ``unknown`` (persons of
        whom it is not known whether they are of it, or counted), ``share`` of what is known (NaN where ``of`` is 0), ``low`` and ``high`` (between which it is,
        whatever the blanks hide), ``least`` and ``meets`` (None where the two ends differ in it, or for NaN).

    Notes
    -----
    Source: 教督〔2017〕6号, government guarantee, item 11. The county's own figures are ``exchange_moved`` and others of ``county_items``: where they differ
    from these, ask who was counted.
    """
    status = eligibility(teachers, schools, year, rules).to_numpy()
    public = ~np.isin(status, ("private", "not_permanent", "head"))
    moved = public & (teachers["rotated"] == year).to_numpy()
    eligible = moved | (status == "eligible")
    backbone = teachers["backbone"].isin(BACKBONE).to_numpy()
    blank = teachers["backbone"].isna().to_numpy()
    sure = teachers[["permanent", "post"]].notna().all(axis=1).to_numpy()
    # Of each way: who is of the denominator, who is counted, of whom the one is not known, and of whom the other.
    entered, nobody = ~sure & public, blank & False
    unknown = (entered & moved) | (status == "unknown")
    ways = (
        ("moved", True, "符合条件的教师", eligible, moved, unknown, nobody),
        ("moved", False, "全部在编教师", public, moved, entered, nobody),
        ("backbone", True, "交流的教师", moved, backbone, entered & moved, blank),
        ("backbone", False, "符合条件的教师", eligible, moved & backbone, unknown, moved & blank),
        (
            "backbone",
            False,
            "符合条件的骨干教师",
            eligible & backbone,
            moved,
            (unknown & (backbone | blank)) | (eligible & blank),
            nobody,
        ),
    )
    table = pd.DataFrame([(test, right, over, *_ends(*given)) for test, right, over, *given in ways],
                         columns=["test", "right", "over", "counted", "of", "unknown", "low", "high"])  # fmt: skip
    table.insert(6, "share", table["counted"] / table["of"].where(table["of"] > 0))
    table["least"] = table["test"].map({"moved": rules.least_share, "backbone": rules.least_backbone_share})
    return table.assign(
        meets=[_meets(*row) for row in table[["low", "high", "least"]].itertuples(index=False)]
    )


def _ends(of: np.ndarray, counted: np.ndarray, of_unknown: np.ndarray, unknown: np.ndarray) -> tuple:
    """Count a share, how many are not known, and between what it is: whoever is not known counts as it is worst, and as it is best."""
    known, counted_known = of & ~of_unknown, counted & ~unknown
    joining = counted | unknown  # of those who may be of it: at best they are counted too
    low = _share(known & counted_known, known | (of_unknown & ~counted_known))
    high = _share((known | of_unknown) & joining, known | (of_unknown & joining))
    doubt = of_unknown | (of & unknown)
    return int((of & counted).sum()), int(of.sum()), int(doubt.sum()), low, high


def _share(some: np.ndarray, of: np.ndarray) -> float:
    return some.sum() / of.sum() if of.any() else np.nan


def _meets(low: float, high: float, least: float) -> bool | None:
    """Whether a share reaches the least: None where it is not known. A share of exactly a tenth must not hang on the last bit."""
    found = {bool(share >= least - 1e-12) for share in (low, high)}
    return None if np.isnan([low, high]).any() or len(found) > 1 else found.pop()
