"""A county's own report, graded: what a program can look at by the program, the rest by a trainer.

The program compares what is written with what the library finds for the county in use. It reads numbers where they are written in one of the ways that
``rubric.toml`` lists, and says where it read none: then a person has to look.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from balancelib.assess import Assessment
from balancelib.county import County
from balancelib.county.private import private_cells, private_header
from balancelib.disclosure import load_policy
from balancelib.progress.report_facts import (
    BLANK_MARK,
    Criterion,
    Fact,
    Rubric,
    load_rubric,
    report_facts,
    report_unknown,
    report_verdicts,
)
from balancelib.progress.written import Written, read_report

RIGHT, WRONG, COARSE, ABSENT, UNREAD = "一致", "不一致", "位数不够", "没有写", "没有读到"
EMPTY = "只有标题"
COLUMNS = ["标准", "事项", "结果", "报告里", "应该是", "在哪一部分"]
PASSED_OVER = (UNREAD,)  # neither right nor wrong
HIGHEST = 3


@dataclass(frozen=True)
class Graded:
    """A report, graded by the program.

    Attributes
    ----------
    findings : DataFrame
        ``标准, 事项, 结果, 报告里, 应该是, 在哪一部分``, a row each thing looked at.
    criteria : DataFrame
        ``标准, 分值, 等级, 得分, 依据`` by the criteria's keys; level and points of those that a person judges are blank.
    rubric : Rubric
    """

    findings: pd.DataFrame
    criteria: pd.DataFrame
    rubric: Rubric

    @property
    def to_mend(self) -> pd.DataFrame:
        """What is not as it should be."""
        return self.findings[~self.findings["结果"].isin([RIGHT, *PASSED_OVER])]

    def with_marks(self, marks: Mapping[str, int]) -> "Graded":
        """Return it with the levels that a person gave, 0 to 3, by criterion.

        Raises
        ------
        ValueError
            A criterion is unknown, or is the program's; or a level is none.
        """
        table = self.criteria.copy()
        for key, level in marks.items():
            one = next((c for c in self.rubric.criteria if c.key == key and c.by == "person"), None)
            if one is None:
                raise ValueError(
                    f"“{key}”不是由人评的一项。由人评的是：{'、'.join(_by_person(self.rubric))}。"
                )
            if level not in range(HIGHEST + 1):
                raise ValueError(f"“{one.label}”的等级要写0、1、2或者3，你写的是{level}。")
            table.loc[key, ["等级", "得分", "依据"]] = [level, _points(one, level), one.levels[level]]
        return Graded(self.findings, table, self.rubric)

    @property
    def points(self) -> float:
        """Points so far: those of a person count once they are given."""
        return float(self.criteria["得分"].sum())

    @property
    def passes(self) -> bool | None:
        """Whether it may be handed in: enough points, and the highest level where nothing makes up for less; None while a person has not graded."""
        if (self.criteria.loc[self.rubric.must, "等级"] < HIGHEST).any():
            return False
        if self.criteria["等级"].isna().any():
            return None
        return self.points >= self.rubric.pass_mark


def grade_report(
    source: str | Path | Written, county: County, verdict: Assessment, rubric: Rubric | None = None
) -> Graded:
    """Compare a written report with a county.

    Parameters
    ----------
    source : str, Path or Written
        A file or a text, as for `read_report`.
    county : County
        In use: the one that the report is about.
    verdict : Assessment
        On it.
    rubric : Rubric, optional
        Else the course's.

    Raises
    ------
    ReportError
        The file cannot be read.
    """
    rubric = rubric or load_rubric()
    written = _without_names(source if isinstance(source, Written) else read_report(source), county)
    rows = [
        *_sections(written, rubric),
        *_numbers(written, report_facts(verdict, county, rubric)),
        *_verdicts(written, verdict),
        *_unknown(written, report_unknown(verdict, rubric), rubric),
        *_private(written, rubric),
    ]
    findings = pd.DataFrame(rows, columns=COLUMNS)
    findings["标准"] = findings["标准"].map({one.key: one.label for one in rubric.criteria})
    table = pd.DataFrame([_criterion(one, findings) for one in rubric.criteria]).set_index("key")
    return Graded(findings, table, rubric)


def rubric_table(rubric: Rubric | None = None) -> pd.DataFrame:
    """Return the rubric for people: ``分值, 谁评, 0, 1, 2, 3`` by criterion."""
    rows = {
        one.label: [one.weight, "程序" if one.by == "program" else "人", *one.levels]
        for one in (rubric or load_rubric()).criteria
    }
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=["分值", "谁评", "0", "1", "2", "3"])
    return frame.rename_axis("标准")


def _criterion(one: Criterion, findings: pd.DataFrame) -> dict[str, object]:
    """One row: the level that the share of right findings earns."""
    row = {
        "key": one.key, "标准": one.label, "分值": one.weight, "等级": float("nan"), "得分": float("nan"),
        "依据": "由人评",
    }  # fmt: skip
    if one.by != "program":
        return row
    here = findings[(findings["标准"] == one.label) & ~findings["结果"].isin(PASSED_OVER)]
    right = int((here["结果"] == RIGHT).sum())
    share = right / len(here) if len(here) else 1.0
    level = sum(share >= least - 1e-9 for least in one.least)
    return row | {"等级": level, "得分": _points(one, level), "依据": f"{len(here)}处里{right}处是对的"}


def _points(one: Criterion, level: int) -> float:
    return one.weight * level / HIGHEST


def _by_person(rubric: Rubric) -> list[str]:
    return [one.key for one in rubric.criteria if one.by == "person"]


def _without_names(written: Written, county: County) -> Written:
    """Take out the schools' names: 第二小学 speaks of a school, not of the stage."""
    names = sorted(county.schools["name"].dropna().unique(), key=len, reverse=True)
    if not names:
        return written
    any_name = re.compile("|".join(map(re.escape, names)))
    told = tuple((under, any_name.sub("某校", text)) for under, text in written.sentences)
    return replace(written, sentences=told)


# What is looked at, a row each: criterion, thing, result, what the report says, what is right, where


def _sections(written: Written, rubric: Rubric) -> Iterator[tuple[str, ...]]:
    """Whether each section is there and somebody has written in it."""
    for part in rubric.sections:
        found = [h for h in written.headings if any(word in h for word in part.words)]
        full = [h for h in found if any(BLANK_MARK not in text for text in written.within(h))]
        result = RIGHT if full else EMPTY if found else ABSENT
        where = (full or found or ["—"])[0]
        yield "sections", part.label, result, where, part.holds, where


def _numbers(written: Written, facts: list[Fact]) -> Iterator[tuple[str, ...]]:
    found = {fact.key: _read(written, fact) for fact in facts}
    told = {fact.group for fact in facts if found[fact.key]}
    for fact in facts:
        read = found[fact.key]
        right = f"{fact.value:,.{fact.decimals}f}{fact.unit}"
        for text, under in read:
            yield "numbers", fact.label, _agrees(text, fact), text, right, under
        if not read:
            result = ABSENT if fact.must and fact.group not in told else UNREAD
            yield "numbers", fact.label, result, "—", right, "—"


def _read(written: Written, fact: Fact) -> list[tuple[str, str]]:
    """What a report says of a number: each way that it is written, and under which heading."""
    said = (
        (match[1], under)
        for under, sentence in written.sentences
        for pattern in fact.said
        for match in pattern.finditer(sentence)
    )
    return list(dict.fromkeys(said))


def _agrees(text: str, fact: Fact) -> str:
    """Whether a number as written is the library's, rounded to as many decimals."""
    decimals = len(text.partition(".")[2])
    away = abs(float(text.replace(",", "")) - fact.value)
    if away > 0.5 * 10.0**-decimals + 1e-9 * max(abs(fact.value), 1):
        return WRONG
    return RIGHT if decimals >= fact.decimals else COARSE


def _verdicts(written: Written, verdict: Assessment) -> Iterator[tuple[str, ...]]:
    for title, (meets, words) in report_verdicts(verdict).items():
        called = r"总的结论|全县的?结论" if title == "总的结论" else rf"(?<!义务){re.escape(title)}(?!监测)"
        said = _saying(called, words)
        read = {
            (_meaning(match[1], words), under): None
            for under, sentence in written.sentences
            for match in said.finditer(sentence)
        }
        for value, under in read:
            result = RIGHT if value is meets else WRONG
            yield "verdicts", title, result, words[value], words[meets], under
        if not read:
            yield "verdicts", title, ABSENT, "—", words[meets], "—"


def _saying(called: str, words: Mapping[bool | None, str]) -> re.Pattern[str]:
    """A part's title, then its verdict, without a number between: 12项达到 is of items."""
    verdicts = "(?:还|尚)?不能判定|(?:还)?没有达到|未达到|达到|没有发生|有发生"
    return re.compile(rf"(?:{called})(?:(?!达到)[^\d。；])*?({verdicts})(?!\d|[^，。；]{{0,8}}的)")


def _meaning(text: str, words: Mapping[bool | None, str]) -> bool | None:
    if "判定" in text:
        return None
    bad = "有发生" if words[True] == "没有发生" else None
    return text != bad if bad else text == "达到"


def _unknown(written: Written, unknown: Mapping[str, list[str]], rubric: Rubric) -> Iterator[tuple[str, ...]]:
    for name, called in unknown.items():
        about = [(u, s) for u, s in written.sentences if any(word in s for word in called)]
        said = next(((u, s) for u, s in about if any(w in s for w in rubric.words.unknown)), None)
        result = RIGHT if said else WRONG if about else ABSENT
        told = "写了不知道" if said else "没有写明不知道" if about else "—"
        yield "unknown", name, result, told, "还不能判定，缺什么", (said or (about or [("—",)])[0])[0]


def _private(written: Written, rubric: Rubric) -> Iterator[tuple[str, ...]]:
    """Numbers of identity cards and telephones, heads that ask for them, and small counts of children. What was found is not repeated."""
    least = load_policy().least
    small = re.compile(rf"(?<![\d.,第])([1-{least - 1}])(?:名|人|个孩子|个儿童|例|户)")
    sentences = [sentence for _, sentence in written.sentences]
    found = [("身份证号或者电话号码", written.sentences[i][0]) for i in private_cells(sentences)]
    found += [("个人信息的列名", "表头") for head in written.heads if private_header(head) or "姓名" in head]
    for under, sentence in written.sentences:
        if any(word in sentence for word in rubric.words.groups) and small.search(sentence):
            found.append((f"特殊群体里1到{least - 1}人的数", under))
    for what, under in found or [("没有看到", "—")]:
        result = WRONG if found else RIGHT
        yield "privacy", what, result, "有" if found else "没有", "没有", under
