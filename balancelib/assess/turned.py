"""Which verdicts turn where the same county is judged twice: by another version of a standard, say."""

from collections.abc import Iterator
from typing import NamedTuple

from balancelib.assess.logic import WORDS, words_of
from balancelib.assess.verdict import Assessment
from balancelib.county.schema import schema

NOT_JUDGED = "不判定"


class Turned(NamedTuple):
    """A verdict that is another: on what, and both in words."""

    what: str
    before: str
    after: str


def turned(before: Assessment, after: Assessment) -> list[Turned]:
    """Return the verdicts that differ: on the county, its parts and their items, its stages, its schools.

    Parameters
    ----------
    before, after : Assessment
        Of the same county. Items are matched by their key, sections by school and stage.
    """
    old, new = dict(_verdicts(before)), dict(_verdicts(after))
    labels = {key: label for one in (old, new) for key, (label, _) in one.items()}
    found = [
        Turned(label, *(one[key][1] if key in one else NOT_JUDGED for one in (old, new)))
        for key, label in labels.items()
    ]
    return [one for one in found if one.before != one.after]


def _verdicts(assessment: Assessment) -> Iterator[tuple[tuple[str, ...], tuple[str, str]]]:
    """Every verdict by what it is on: its label, and the verdict in words."""
    title, labels = assessment.standard.resources_title, schema().stages
    yield ("county",), ("总的结论", WORDS[assessment.meets])
    yield ("resources",), (title, WORDS[assessment.resources_meet])
    for stage, verdict in assessment.stages.items():
        if verdict.sections:
            yield ("resources", stage), (f"{title}，{labels[stage]}", WORDS[verdict.meets])
    for name, part in assessment.parts.items():
        if part is not None:
            words = words_of(name)
            yield (name,), (part.title, words[part.meets])
            for one in part.items:
                yield (name, one.item.key), (f"{part.title}，{one.item.label}", words[one.meets])
    sections = assessment.sections
    for school_id, name, stage, meets in sections[["school_id", "name", "stage", "meets"]].itertuples(
        index=False
    ):
        verdict = NOT_JUDGED if assessment.ratios is None else WORDS[None if meets is None else bool(meets)]
        yield ("section", school_id, stage), (f"{name}（{school_id}），{labels[stage]}", verdict)
