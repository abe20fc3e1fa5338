"""What a county publishes of its special groups: the standard tables (published.toml), protected together and against what was published before."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import pandas as pd
from msgspec import Struct

from balancelib.county import County, Lacking
from balancelib.county.lacking import label as named
from balancelib.county.lacking import lacking
from balancelib.county.schema import schema
from balancelib.disclosure import Confidential, Policy, Release
from balancelib.toml import Key, Text, TomlError, convert, parse

FILE = Path(__file__).with_name("published.toml")
LEVELS = {1: "一级", 2: "二级", 3: "三级", 4: "四级"}  # of disability; the severest first
# Of which the public knows what goes together: where each school lies, and by its kind, often by its name, which stages it has.
KNOWN = {"group_pupils": (("township", "school_id"), ("school_id", "stage"), ("township", "stage"))}
BY_PLACE = ("township", "school_id")


class PublishedError(TomlError):
    """The file of the tables is malformed."""

    called = "公布的表的文件"


class Shown(Struct, frozen=True, forbid_unknown_fields=True):
    """A table: what it is called, and the columns that give its rows and its columns."""

    caption: Text
    rows: Key
    columns: Key


class Subject(Struct, frozen=True, forbid_unknown_fields=True):
    """A group of children and its tables: in which of the county's tables they are counted, and which of its rows."""

    key: Key
    label: Text
    table: Key
    count: Key
    tables: tuple[Shown, ...]
    where: dict[Key, Text] = {}

    @property
    def columns(self) -> list[str]:
        """All columns by which it is counted."""
        return list(dict.fromkeys(column for table in self.tables for column in (table.rows, table.columns)))


class _File(Struct, forbid_unknown_fields=True):
    subjects: tuple[Subject, ...]


@cache
def subjects() -> Mapping[str, Subject]:
    """Return the groups whose tables a county publishes, by key."""
    read = convert(parse(FILE, PublishedError, "没有这个文件"), _File, FILE.name, PublishedError)
    return {subject.key: subject for subject in read.subjects}


def newest_year(county: County) -> int | None:
    """Return the newest year of the table of groups of pupils, None where it is not there: the year of all that is published."""
    if lacking(county.tables, ["group_pupils"]):
        return None
    return int(county.tables["group_pupils"]["year"].max())


def undated(county: County, year: int | None = None) -> list[Subject]:
    """Return the groups whose table bears no year, when another year than the newest is asked: nobody knows that it is of that year.

    Published under two years, the same children would stand in two patterns, and a reader would put the two together.
    """
    if year is None or (newest := newest_year(county)) is None or year == newest:
        return []
    return [
        s for s in subjects().values() if s.table in county.tables and "year" not in county.tables[s.table]
    ]


def confidential(county: County, key: str, year: int | None = None) -> Confidential:
    """Return a group's counts, which nothing shows but what may be published (保密的人数).

    Parameters
    ----------
    county : County
        With the group's table, and where it is counted by township, the schools' townships.
    key : str
        Of `subjects`: ``disabled``, ``left_behind``, ``migrant``.
    year : int, optional
        Whose counts they are; the newest year of ``group_pupils`` if left out. Releases of the same year are about the same children.

    Raises
    ------
    Lacking
        The county has no such table, no child of the group in that year, a count that is blank, or a school without a township.
    """
    subject = subjects()[key]
    year = newest_year(county) if year is None else year
    frame, values = confidential_frame(county, key, year)
    return Confidential(
        frame,
        "children",
        known=KNOWN.get(subject.table, ()),
        values=values,
        of=f"{subject.label}（{year}年）" if year else subject.label,
    )


def confidential_frame(
    county: County, key: str, year: int | None = None
) -> tuple[pd.DataFrame, dict[str, list[str]]]:
    """Return a group's exact counts with Chinese labels, and all values of each column in order: to be wrapped, not to be shown."""
    subject = subjects()[key]
    county.tables.need([f"{subject.table}.{subject.count}"])
    frame = _counted(county, subject, year)
    for column in subject.columns:
        if codes := _labels(subject.table, column):
            frame[column] = frame[column].map(codes)
    return frame, {c: _in_order(county, subject, c, frame[c]) for c in subject.columns}


def publish_groups(
    county: County,
    policy: Policy | None = None,
    beside: Sequence[Release] = (),
    year: int | None = None,
) -> dict[str, Release]:
    """Return the standard tables of all groups that the county counts, as they may be published.

    Parameters
    ----------
    county : County
    policy : Policy, optional
        The project's if left out.
    beside : sequence of Release
        What was published before; what is of the same group and year is protected together with this.
    year : int, optional
        As for `confidential`.

    Returns
    -------
    dict of str to Release
        By the key of the subject; a group that the county has no table of is left out, and one that is `undated`.

    Raises
    ------
    Lacking
        There is no table of any group, or as in `confidential`.
    Refused
        What was published before does not agree with these counts.
    """
    there = [s for s in subjects().values() if not lacking(county.tables, [f"{s.table}.{s.count}"])]
    if not there:
        county.tables.need(dict.fromkeys(s.table for s in subjects().values()))
    return {
        s.key: confidential(county, s.key, year).publish(
            [(t.rows, t.columns) for t in s.tables], policy, beside
        )
        for s in there
        if s not in undated(county, year)
    }


def shown_tables(key: str, release: Release) -> dict[str, pd.DataFrame]:
    """Return a group's tables as they are shown, by their captions, with Chinese names of rows and columns."""
    subject = subjects()[key]
    return {
        t.caption: release.table(t.rows, t.columns).rename_axis(
            index=_column_label(subject, t.rows), columns=_column_label(subject, t.columns)
        )
        for t in subject.tables
    }


def _counted(county: County, subject: Subject, year: int | None) -> pd.DataFrame:
    """The rows of the group in the year, with its columns and the count; schools by their names."""
    table = county.tables[subject.table]
    for column, code in subject.where.items():
        table = table[table[column] == code]
    if "year" in table:
        table = table[table["year"] == year]
    if table.empty:
        asked = f"{year}年的" if year else ""
        raise Lacking(f"{named(subject.table)}里没有{asked}“{subject.label}”：要公布，先填上；没有人的写0。")
    if table[subject.count].isna().any():
        raise Lacking(
            f"{named(subject.table)}里“{subject.label}”有空着的人数。空着不知道有没有人，不能公布：填上，没有人的写0。"
        )
    if subject.table in KNOWN:
        _need_rows(county, subject, table, year)
        table = _with_schools(county, _stages_there(county, table, subject.count))
    return table[subject.columns].assign(children=table[subject.count])


def _need_rows(county: County, subject: Subject, table: pd.DataFrame, year: int | None) -> None:
    """Refuse a school that has pupils and no row of the group: it is not known to be 0, and where such rows are left out, the others tell that there is one."""
    rows = county.tables[subject.table]
    every = rows[(rows["group"] == "all") & (rows["year"] == year) & (rows["pupils"] > 0)]
    columns = ["school_id", "stage"]
    there = set(table[columns].itertuples(index=False, name=None))
    missing = [row for row in every[columns].itertuples(index=False, name=None) if row not in there]
    if missing:
        school, stage = missing[0]
        name = _names(county.schools.set_index("school_id")).get(school, school)
        raise Lacking(
            f"{named(subject.table)}里，{name}{schema().stages[stage]}{year}年有“全体”，没有“{subject.label}”的一行，"
            f"这样的一共{len(missing)}处。没有这一行不等于没有人：补上再公布，没有人的写0。"
        )


def _stages_there(county: County, table: pd.DataFrame, count: str) -> pd.DataFrame:
    """Give each school a row a stage that it has, 0 where nobody is counted, and no row of 0 for others: no 0 of these can protect, all know it."""
    kinds, known = county.schools.set_index("school_id").get("kind", pd.Series(dtype=object)), schema()
    stages = list(known.table("group_pupils").column("stage").codes)
    rows = []
    for school, own in table.groupby("school_id", sort=False):
        kind = known.kinds.get(kinds.get(school))
        if kind is None:
            raise Lacking(
                f"“学校”表里{school}没有填办学类型，不知道它有没有小学、初中，哪些格子藏得住就算不对：填上再公布。"
            )
        there = stages if kind.any_stage else kind.stages
        counts = own.groupby("stage")[count].sum()
        rows += [(school, s, counts.get(s, 0.0)) for s in stages if s in there or counts.get(s, 0) > 0]
    return pd.DataFrame(rows, columns=["school_id", "stage", count])


def _with_schools(county: County, table: pd.DataFrame) -> pd.DataFrame:
    """Give each school's rows its township, and its name in place of its id."""
    schools = county.schools.set_index("school_id")
    blank = pd.Series(index=schools.index, dtype=object)
    townships = table["school_id"].map(schools.get("township", blank))
    if townships.isna().any():
        first = table.loc[townships.isna(), "school_id"].iloc[0]
        raise Lacking(f"“学校”表里{first}没有填乡镇，按乡镇的表做不出来：填上再公布。")
    return table.assign(township=townships, school_id=table["school_id"].map(_names(schools)))


def _names(schools: pd.DataFrame) -> pd.Series:
    """Names by id; what two schools are called, or none, stands with the id."""
    names = schools["name"].fillna("").str.strip()
    unclear = names.eq("") | names.duplicated(keep=False)
    return names.mask(unclear, names + "（" + schools.index + "）")


def _in_order(county: County, subject: Subject, column: str, present: pd.Series) -> list[str]:
    """All values of a column in the order in which a reader expects them: codes as in the schema, places as in the table of schools."""
    if column not in BY_PLACE:
        return list(_labels(subject.table, column).values())
    schools = county.schools.set_index("school_id")
    known = _names(schools) if column == "school_id" else schools.get("township", pd.Series(dtype=object))
    # All townships: where only those with children had a row, a mark in the row would tell that there is one.
    kept = [v for v in dict.fromkeys(known.dropna()) if column == "township" or v in set(present)]
    return [*kept, *sorted(set(present) - set(known))]


def _labels(table: str, column: str) -> dict[object, str]:
    """Of a column of codes, their Chinese names in the schema's order."""
    if column == "level":
        return LEVELS
    known = schema().table(table)
    names = {c.name for c in known.columns}
    return dict(known.column(column).codes or {}) if column in names else {}


def _column_label(subject: Subject, column: str) -> str:
    if column == "school_id":
        return "学校"
    names = {c.name for c in schema().table(subject.table).columns}
    return schema().table(subject.table if column in names else "schools").column(column).label
