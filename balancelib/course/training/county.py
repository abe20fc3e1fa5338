"""The county that a course is held on: what of its data is handed to all, and how notebooks find it."""

from pathlib import Path

import pandas as pd

from balancelib.county import Fault, InputError, read_county, sample_county
from balancelib.county.schema import schema
from balancelib.county.write import write_csv
from balancelib.course.training.course import Course

SAMPLE_SEED = 7  # of the course's own county
NAME = "county_of_course"  # the folder, in data/
# Tables that are handed to everyone in the room: a row is a school, a township, a county or a thing. Those with a row a person, a
# lesson or a small group of children stay with the trainer (a school's mean score may be that of two children), as does what
# people wrote about a check (exceptions); a lesson that needs them is held on the sample.
HANDED = (
    "schools", "school_items", "county_items", "money", "ledger", "buildings", "boarding", "digital", "enrolment", "births",
    "distances", "history", "mobility", "pairings", "local_resources", "items", "programmes",
    "peer_counties", "inspections", "actions",
)  # fmt: skip
# Columns of these in which people write as they like, and may name someone. That something is written is handed out, not what.
WRITTEN = {"actions": ("measure", "owner", "evidence")}
NOT_HANDED = "写了，没有发"
MISSING = "没有“{}”表"  # how a lesson says that a table is missing; see balancelib.county.lacking


def lay_county(course: Course, home: Path, data: Path) -> str:
    """Write the county of a course into its data folder.

    Parameters
    ----------
    course
        What was asked for.
    home
        Folder of ``course.yml``.
    data
        The course's data folder.

    Returns
    -------
    str
        Where notebooks find it, from their own folder; empty where the course is held on the sample.

    Raises
    ------
    InputError
        The county's data are at fault, or are those of several counties.
    """
    if course.county is None and course.seed in (None, SAMPLE_SEED):
        return ""
    if course.county is None:
        tables = sample_county(course.seed).tables
    else:
        read = read_county(home / course.county, only=dict.fromkeys(HANDED, ())).tables
        if (several := read["schools"]["county_id"].nunique()) > 1:
            action = "一期班用一个县的数：请把一个县的行单独存成一份"
            raise InputError([Fault(Path(course.county).name, f"里面有{several}个县", action)])
        tables = {name: without_words(name, read[name]) for name in HANDED if name in read}
    write_csv(tables, data / NAME)
    return f"../../data/{NAME}"


def without_words(name: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Return a table without what people wrote into it as they liked.

    Parameters
    ----------
    name
        The table's.
    rows
        Its rows.
    """
    free = [column for column in WRITTEN.get(name, ()) if column in rows]
    written = {column: rows[column].notna() & (rows[column].astype(str).str.strip() != "") for column in free}
    return rows.assign(**{column: rows[column].mask(there, NOT_HANDED) for column, there in written.items()})


def why_missing(said: str) -> str:
    """Return why a lesson is not held on the county of the course, in a sentence.

    Parameters
    ----------
    said
        What it says is missing, with how a form is filled in. A table that stays with the trainer is not missing.

    Examples
    --------
    >>> why_missing("没有“教师”表，或者一格也没有填。一位专任教师一行。")
    '要用“教师”表：它可能认得出人，不发给学员'
    """
    kept = (one.label for one in schema().tables if one.name not in HANDED)
    if label := next((label for label in kept if said.startswith(MISSING.format(label))), None):
        return f"要用“{label}”表：它可能认得出人，不发给学员"
    return said.partition("。")[0]
