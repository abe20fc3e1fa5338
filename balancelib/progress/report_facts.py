"""What a county's report must agree with: its numbers, its verdicts, and what is not known."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from pathlib import Path

from msgspec import Struct

from balancelib.assess import Assessment
from balancelib.assess.logic import words_of
from balancelib.county import County
from balancelib.county.schema import schema
from balancelib.county.terms import field_named
from balancelib.progress.report_numbers import number_pattern
from balancelib.standards import Indicator
from balancelib.toml import Text, TomlError, convert, parse

OURS = Path(__file__).with_name("rubric.toml")
BLANK_MARK = "这里由你写"  # of a draft: what stands there is not written yet


class RubricError(TomlError):
    """A rubric's file is malformed."""

    called = "评分标准文件"


class Part(Struct, forbid_unknown_fields=True):
    """A section that a report must have."""

    key: Text
    label: Text
    words: list[Text]
    holds: Text
    from_: Text


class Saying(Struct, forbid_unknown_fields=True):
    """A number of the county and the ways to write it."""

    key: Text
    label: Text
    each: list[Text]
    unit: str
    decimals: int
    said: list[Text]
    must: bool | Text = False
    group: str = ""
    like: str = ""


class Criterion(Struct, forbid_unknown_fields=True):
    """What a report is graded by."""

    key: Text
    label: Text
    by: Text
    weight: int
    levels: list[Text]
    least: list[float] = []


class Words(Struct, forbid_unknown_fields=True):
    """Words that the program looks for."""

    unknown: list[Text]
    groups: list[Text]
    called: dict[str, list[Text]]
    indicators: dict[str, list[Text]] = {}
    elsewhere: list[Text] = []
    limits: list[Text] = []
    fillers: list[Text] = []


class Rubric(Struct, forbid_unknown_fields=True):
    """How reports are graded."""

    version: Text
    pass_mark: int
    must: list[Text]
    least_written: int
    sections: list[Part]
    facts: list[Saying]
    criteria: list[Criterion]
    words: Words


@cache
def load_rubric(path: Path = OURS) -> Rubric:
    """Read how reports are graded; a trainer may keep a file of her own.

    Raises
    ------
    RubricError
        The file is malformed, or its weights are not 100 together.
    """
    data = parse(path, RubricError, "找不到评分标准文件")
    for section in data.get("sections", ()):
        if "from" in section:
            section["from_"] = section.pop("from")
    rubric = convert(data, Rubric, path.name, RubricError)
    if (total := sum(criterion.weight for criterion in rubric.criteria)) != 100:
        raise RubricError(path.name, "criteria", f"各项的分值（weight）加起来是{total}，要正好100")
    return rubric


@dataclass(frozen=True)
class Fact:
    """A number of the county.

    Attributes
    ----------
    key, label : str
    value : float
    decimals : int
        At least so many are to be written.
    must : bool
        A report has to say it.
    said : tuple of Pattern
        Where a sentence matches, its group is the number.
    unit : str
    group : str
        Facts of one group say the same: a report needs one of them.
    like : str
        A sentence that says it.
    """

    key: str
    label: str
    value: float
    decimals: int
    must: bool
    said: tuple[re.Pattern[str], ...] = field(repr=False)
    unit: str = ""
    group: str = ""
    like: str = ""

    @property
    def right(self) -> str:
        """The number as it should be written."""
        return f"{self.value:,.{self.decimals}f}{self.unit}"


def report_facts(verdict: Assessment, county: County, rubric: Rubric | None = None) -> list[Fact]:
    """Return the numbers that a report on the county may say, as the library has them.

    Parameters
    ----------
    verdict : Assessment
        By a standard with seven or eight resource indicators.
    county : County
        The same, for its schools and pupils.
    rubric : Rubric, optional
    """
    rubric = rubric or load_rubric()
    values = {"schools": float(len(county.schools)), **_stage_values(verdict)}
    for stage in verdict.stages:
        values[f"pupils.{stage}"] = float(county.schools[f"pupils_{stage}"].sum())
    if (asked := recognition(verdict)) is not None:
        values["recognition"] = asked
    return [fact for saying in rubric.facts for fact in _facts(saying, values, rubric.words, verdict)]


def recognition(verdict: Assessment) -> float | None:
    """Return the share of those asked who are content (社会认可度), in percent, as the form has it; nothing where it has none."""
    part = verdict.parts.get("recognition")
    tests = [test for item in part.items for test in item.tests] if part else []
    known = [test.value for test in tests if test.value is not None]
    return 100 * known[0] if len(known) == len(tests) == 1 else None


def _stage_values(verdict: Assessment) -> dict[str, float]:
    found = {}
    for stage, judged in verdict.stages.items():
        if not judged.sections:
            continue
        here = verdict.sections[verdict.sections["stage"] == stage]
        found[f"sections.{stage}"] = float(len(here))
        if verdict.ratios is not None:
            found[f"meeting.{stage}"] = float((here["meets"] == True).sum())  # noqa: E712  None is not True
            found[f"failing.{stage}"] = float((here["meets"] == False).sum())  # noqa: E712
        if judged.cv_meets is not None:
            found[f"over.{stage}"] = float(list(judged.cv_meets.values()).count(False))
        for kind, numbers in (("cv", judged.cv), ("mean", judged.mean)):
            found |= {f"{kind}.{stage}.{key}": v for key, v in numbers.items() if v is not None}
    return found


def _facts(saying: Saying, values: dict[str, float], words: Words, verdict: Assessment) -> Iterator[Fact]:
    stages, indicators = schema().stages, {i.key: i for i in verdict.standard.indicators}
    choices = {"stage": list(stages), "indicator": list(indicators)}
    for chosen in product(*(choices[each] for each in saying.each)):
        key = ".".join([saying.key, *chosen])
        if key not in values:
            continue
        called = {"stage": "", "indicator": ""} | dict(zip(saying.each, chosen, strict=True))
        indicator = indicators.get(called["indicator"])
        names = {
            "stage": stages.get(called["stage"], ""),
            "indicator": indicator.short_label if indicator else "",
        }
        unit = indicator.unit if saying.unit == "indicator" else saying.unit
        yield Fact(
            key, "".join([*names.values(), saying.label]), values[key], saying.decimals,
            _must(saying.must, values[key], called, verdict),
            tuple(_patterns(saying, called, indicators, words)), unit,
            f"{saying.group}.{called['stage']}" if saying.group else key,
            saying.like.format(number=f"{values[key]:,.{saying.decimals}f}", **names),
        )  # fmt: skip


def _patterns(
    saying: Saying, called: dict[str, str], indicators: dict[str, Indicator], words: Words
) -> Iterator[re.Pattern[str]]:
    """A saying's ways to be written of one stage and indicator, never going over another's name."""
    stages = schema().stages
    ways = {
        key: "|".join([one.short_label, *words.indicators.get(key, ())]) for key, one in indicators.items()
    }
    names = {"stage": stages.get(called["stage"], ""), "indicator": ways.get(called["indicator"], "")}
    elsewhere = words.elsewhere + [
        label for label in stages.values() if called["stage"] and label != names["stage"]
    ]
    others = words.limits + [
        way for key, way in ways.items() if called["indicator"] and key != called["indicator"]
    ]
    return (number_pattern(text, names, elsewhere, others) for text in saying.said)


def _must(rule: bool | str, value: float, called: dict[str, str], verdict: Assessment) -> bool:
    """Whether a report has to say a number: always, where it is not 0 ("some"), or where its coefficient is over the limit ("over")."""
    if rule == "over":
        return (verdict.stages[called["stage"]].cv_meets or {}).get(called["indicator"]) is False
    return value > 0 if rule == "some" else bool(rule)


def report_verdicts(verdict: Assessment) -> dict[str, tuple[bool | None, dict[bool | None, str]]]:
    """Return the verdicts that a report says, by the part's title, each with the words of its kind; the county's own is called 总的结论."""
    told = {"总的结论": (verdict.meets, words_of("government"))}
    told[verdict.standard.resources_title] = (verdict.resources_meet, words_of("government"))
    for name, part in verdict.parts.items():
        if part is not None:
            told[part.title] = (part.meets, words_of(name))
    return told


def report_unknown(verdict: Assessment, rubric: Rubric | None = None) -> dict[str, list[str]]:
    """Return what cannot be judged: each item or indicator, with the words that a report may call it by."""
    called = (rubric or load_rubric()).words.called
    told = {}
    for part in filter(None, verdict.parts.values()):
        for item in part.items:
            if item.meets is None:
                name = f"{part.title}第{item.item.number}项"
                others = [one for column in item.missing for one in called.get(column, ())]
                told[name] = [name, *others, *(field_named(column).label for column in item.missing)]
    for stage, judged in verdict.stages.items():
        for indicator in verdict.standard.indicators if judged.sections else ():
            if judged.mean[indicator.key] is None:
                name = f"{schema().stages[stage]}{indicator.short_label}"
                told[name] = [name, indicator.short_label]
    return told
