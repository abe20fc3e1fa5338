"""What a program finds in a written report, a row each: criterion, thing, result, what the report says, what is right, where."""

import re
from collections.abc import Iterator

from balancelib.assess import Assessment
from balancelib.county import County
from balancelib.progress.report_facts import (
    BLANK_MARK,
    Fact,
    Rubric,
    report_facts,
    report_unknown,
)
from balancelib.progress.report_numbers import ABSENT, RIGHT, UNREAD, WRONG, agrees, last_year, of_this_year
from balancelib.progress.report_privacy import private_things
from balancelib.progress.report_verdicts import claims, verdict_rows
from balancelib.progress.written import Written

EMPTY, UNFINISHED = "只有标题", "没有写完"
SHARED = 2  # sections that one heading may stand for: 问题和整改
NOT_WORDS = re.compile(r"\W|_")
Row = tuple[str, str, str, str, str, str]
Told = list[tuple[str, str]]  # the heading above, and the sentence


def report_findings(written: Written, county: County, verdict: Assessment, rubric: Rubric) -> list[Row]:
    """Look at a report.

    Parameters
    ----------
    written : Written
    county : County
        The one that the report is about.
    verdict : Assessment
        On it.
    rubric : Rubric
    """
    told = _neutral(written, county)
    year = last_year(county)
    of_now = [(under, text) for under, sentence in told if (text := of_this_year(sentence, year))]
    return [
        *_sections(written, rubric),
        *_numbers(of_now, report_facts(verdict, county, rubric)),
        *verdict_rows(of_now, verdict),
        *_unknown(told, report_unknown(verdict, rubric), rubric),
        *_private(written, rubric),
    ]


def _neutral(written: Written, county: County) -> Told:
    """Each sentence once, without the schools' names: 第二小学 speaks of a school, not of the stage."""
    names = sorted(county.schools["name"].dropna().unique(), key=len, reverse=True)
    any_name = re.compile("|".join(map(re.escape, names)) or "(?!)")
    return list(dict.fromkeys((under, any_name.sub("某校", text)) for under, text in written.sentences))


# Sections


def _sections(written: Written, rubric: Rubric) -> Iterator[Row]:
    """Whether each section is there and somebody has written in it."""
    stands_for = [0] * len(written.headings)
    ours = NOT_WORDS.sub("", "".join(part.holds + part.from_ for part in rubric.sections))
    for part in rubric.sections:
        found = [
            i
            for i, heading in enumerate(written.headings)
            if any(word in heading for word in part.words) and stands_for[i] < SHARED
        ]
        for i in found:
            stands_for[i] += 1
        results = [_how_full(written.within(i), rubric, ours) for i in found]
        best = next((r for r in (RIGHT, UNFINISHED, EMPTY) if r in results), ABSENT)
        where = written.headings[found[results.index(best)]] if found else "—"
        yield "sections", part.label, best, where, part.holds, where


def _how_full(sentences: list[str], rubric: Rubric, ours: str) -> str:
    """Whether a section is written: neither a blank nor the outline's words, and more than a stop-gap."""
    own = {NOT_WORDS.sub("", text) for text in sentences if BLANK_MARK not in text}
    own = {text for text in own if text not in ours and text not in rubric.words.fillers}
    if not own:
        return EMPTY
    left = any(BLANK_MARK in text for text in sentences)
    return UNFINISHED if left or sum(map(len, own)) < rubric.least_written else RIGHT


# Numbers


def _numbers(told: Told, facts: list[Fact]) -> Iterator[Row]:
    found = {fact.key: _read(told, fact) for fact in facts}
    said = {fact.group for fact in facts if found[fact.key]}
    for fact in facts:
        for text, result, under in found[fact.key]:
            yield "numbers", fact.label, result, text, fact.right, under
        if not found[fact.key]:
            needed = fact.must and fact.group not in said
            right = f"{fact.right}（写成“{fact.like}”）" if needed and fact.like else fact.right
            yield "numbers", fact.label, ABSENT if needed else UNREAD, "—", right, "—"


def _read(told: Told, fact: Fact) -> list[tuple[str, str, str]]:
    """What a report says of a number: each way that it is written, how that agrees, and under which heading."""
    said = dict.fromkeys(
        (match[1].strip(), under)
        for under, sentence in told
        for pattern in fact.said
        for match in pattern.finditer(sentence)
    )
    judged = ((text, agrees(text, fact.value, fact.decimals, fact.unit), under) for text, under in said)
    return [(text, result, under) for text, result, under in judged if result]


# What is not known


def _unknown(told: Told, unknown: dict[str, list[str]], rubric: Rubric) -> Iterator[Row]:
    for name, called in unknown.items():
        about = [(under, text) for under, text in told if any(word in text for word in called)]
        said = [one for one in about if any(word in one[1] for word in rubric.words.unknown)]
        lied = [one for one in about if claims(one[1], called)]
        result = WRONG if lied or (about and not said) else RIGHT if said else ABSENT
        words = {RIGHT: "写了不知道", ABSENT: "—"}.get(result, "写成了知道" if lied else "没有写明不知道")
        where = (lied or said or about or [("—", "")])[0][0]
        yield "unknown", name, result, words, "还不能判定，缺什么", where


# People


def _private(written: Written, rubric: Rubric) -> Iterator[Row]:
    """What must not stand there; what was found is not repeated."""
    found = list(private_things(written, rubric.words.groups))
    for what, under in found or [("没有看到", "—")]:
        yield "privacy", what, WRONG if found else RIGHT, "有" if found else "没有", "没有", under
