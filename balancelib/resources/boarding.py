"""Living facilities of boarding schools, item by item against what the rules ask."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from msgspec import Meta, Struct

from balancelib.county import County
from balancelib.county.schema import STAGES, schema
from balancelib.toml import Key, Text, TomlError, convert, parse

STATUS = {"met": "达到", "not_met": "没达到", "missing": "缺数，不能判定", "no_standard": "没有标准数"}
CERTAINTY = {"read": "读到条文的转载", "secondary": "读自引用或介绍", "uncertain": "推断或凭记忆，要核对"}
ALMOST = 1e-9  # of a unit: 3.0 × 0.1 is not to ask for one more


class ChecklistError(TomlError):
    """A file of a checklist is malformed: ``file``, ``key`` and ``reason`` say where and why."""

    called = "清单文件"


class Document(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a requirement stands."""

    id: str
    title: Text
    number: Text
    year: int


class Item(Struct, frozen=True, forbid_unknown_fields=True):
    """One requirement on a boarding school.

    Parameters
    ----------
    key : str
        Column of the table ``boarding``.
    label, unit, requirement, note, todo
        Chinese texts; ``{short}`` in ``todo`` is how many units are short.
    count, each, amount
        For ``each`` boarders, or pupils of the school, ``amount`` units are asked.
    least : float
        Asked however few they are.
    answer : bool
        Asked is the answer yes.
    source, certainty
        The document, and how it was read: one of `CERTAINTY`.
    """

    key: Key
    label: Text
    requirement: Text
    certainty: Literal["read", "secondary", "uncertain"]
    unit: str = ""
    count: Literal["boarders", "pupils"] | None = None
    each: Annotated[float, Meta(gt=0)] = 1.0
    amount: Annotated[float, Meta(gt=0)] = 1.0
    least: Annotated[float, Meta(ge=0)] = 0.0
    answer: bool = False
    source: str | None = None
    note: str = ""
    todo: str = "按要求补上"

    @property
    def asks(self) -> bool:
        """Whether there is something to compare with."""
        return bool(self.count or self.least or self.answer)


class Checklist(Struct, frozen=True, forbid_unknown_fields=True):
    """The requirements and their documents."""

    documents: tuple[Document, ...]
    items: Annotated[tuple[Item, ...], Meta(min_length=1)]

    def table(self) -> pd.DataFrame:
        """Return the requirements as a table for officials: what is asked, where it stands, how sure it is."""
        documents = {d.id: f"{d.title}（{d.number}）" for d in self.documents}
        return pd.DataFrame(
            {
                "项目": [i.label for i in self.items],
                "要求": [i.requirement for i in self.items],
                "出处": [documents.get(i.source, "—") for i in self.items],
                "把握": [CERTAINTY[i.certainty] if i.asks else "—" for i in self.items],
                "说明": [i.note for i in self.items],
            }
        )


def load_checklist(path: str | Path) -> Checklist:
    """Load a checklist from a TOML file, in the form of ``boarding.toml``.

    Raises
    ------
    ChecklistError
        The file is missing or malformed; a column that the table ``boarding`` has not; a document that the file has not.
    """
    path = Path(path)
    checklist = convert(parse(path, ChecklistError, "找不到这个文件"), Checklist, path.name, ChecklistError)
    for key, reason in _faults(checklist):
        raise ChecklistError(path.name, key, reason)
    return checklist


def _faults(checklist: Checklist) -> Iterator[tuple[str, str]]:
    columns = {c.name: c.type for c in schema().table("boarding").columns}
    documents = {d.id for d in checklist.documents}
    for item in checklist.items:
        key = f"items.{item.key}"
        if item.key not in columns:
            yield key, f"寄宿条件表里没有{item.key}这一列"
        elif item.answer != (columns[item.key] == "yes_no") and item.asks:
            yield key, "填是、否的列用answer，填数的列用count或least"
        if item.asks and item.source not in documents:
            yield f"{key}.source", "有要求就要写出处，出处要在documents里"


CHECKLIST = load_checklist(Path(__file__).with_name("boarding.toml"))
"""The requirements of ``boarding.toml``: read in transcriptions or quotations, each marked; check the original before you act on them."""


def boarding_checklist(county: County, checklist: Checklist = CHECKLIST) -> pd.DataFrame:
    r"""Hold each boarding school against each requirement (寄宿制学校生活设施清单).

    .. math:: n = \max\big(l, \lceil a\, p / e \rceil\big), \qquad \text{short} = \lceil n - y \rceil

    with ``a`` units asked for each ``e`` of ``p`` boarders or pupils, at least ``l``, and ``y`` there. An area is not rounded up before it is compared.

    Parameters
    ----------
    county : County
        With the table ``boarding``.
    checklist : Checklist
        What is asked.

    Returns
    -------
    DataFrame
        A row for each school with boarders and each item: ``school_id, name, boarders, item, label, unit, have, need, status`` (one of
        `STATUS`), ``short`` (whole units), ``certainty, todo``. A number that is missing never meets; where the boarders themselves are
        not known, nothing that is counted by them does.

    Raises
    ------
    ValueError
        A county without the table.

    Notes
    -----
    Unit of analysis: the school. Where a source is about usable area and the table holds floor area, the item's note says so. Sources: the
    documents of the checklist.

    Examples
    --------
    200 boarders of 1,150 pupils with 190 beds and one nurse.

    >>> schools = pd.DataFrame({"school_id": ["1"], "name": ["甲校"], "pupils_primary": np.nan, "pupils_junior": 1150.0, "pupils_senior": np.nan})
    >>> boarding = pd.DataFrame({"school_id": ["1"], "boarders_primary": np.nan, "boarders_junior": 200.0, "beds": 190.0, "health_staff": 1.0})
    >>> found = boarding_checklist(County({"schools": schools, "boarding": boarding})).set_index("item")
    >>> found.loc[["beds", "health_staff", "safe_water"], ["need", "status", "short"]].values.tolist()
    [[200.0, 'not_met', 10.0], [2.0, 'not_met', 1.0], [1.0, 'missing', nan]]
    """
    schools = _boarding_schools(county)
    frames = [_of_item(schools, item) for item in checklist.items]
    order = {item.key: place for place, item in enumerate(checklist.items)}
    frame = pd.concat(frames, ignore_index=True)
    frame = frame.sort_values(["place", "item"], key=lambda c: c.map(order) if c.name == "item" else c)
    return frame.drop(columns="place").reset_index(drop=True)


def boarding_table(found: pd.DataFrame) -> pd.DataFrame:
    """Return the checklist as a table for officials: a row a school, a column an item, in each cell the verdict."""
    words = found.assign(
        cell=[_cell(*row) for row in found[["status", "short", "unit"]].itertuples(index=False)]
    )
    labels = list(dict.fromkeys(found["label"]))
    table = words.pivot(index=["school_id", "name"], columns="label", values="cell")
    schools = list(dict.fromkeys(zip(found["school_id"], found["name"], strict=True)))
    return (
        table.loc[schools, labels]
        .reset_index(level="school_id", drop=True)
        .rename_axis(index="学校", columns=None)
    )


def boarding_shortages(found: pd.DataFrame) -> pd.DataFrame:
    """What the whole county is short of: by item, how many schools meet it, do not, or have no number, and the whole units wanted."""
    items = found.groupby(["label", "unit"], sort=False)
    count = lambda status: items["status"].agg(lambda s: int((s == status).sum()))  # noqa: E731
    return pd.DataFrame(
        {
            "met": count("met"),
            "not_met": count("not_met"),
            "missing": count("missing"),
            "short": items["short"].sum(),
        }
    )[items["status"].agg(lambda s: (s != "no_standard").any())].reset_index()


def _cell(status: str, short: float, unit: str) -> str:
    return f"差{short:g}{unit}" if status == "not_met" and unit else STATUS[status]


def _boarding_schools(county: County) -> pd.DataFrame:
    stages = [f"pupils_{stage}" for stage in schema().stages]
    frame = county.tables["boarding"].merge(
        county.schools[["school_id", "name", *stages]], on="school_id", how="left"
    )
    known = frame[stages].notna().any(axis=1)
    frame["pupils"] = frame[stages].sum(axis=1).where(known)
    boarders = frame[[f"boarders_{stage}" for stage in STAGES]]
    there = frame[[f"pupils_{stage}" for stage in STAGES]].gt(0).to_numpy()
    unknown = (boarders.isna().to_numpy() & there).any(axis=1) | boarders.isna().all(axis=1)
    frame["boarders"] = boarders.sum(axis=1).mask(unknown)
    return frame[frame["boarders"] != 0].reset_index(drop=True)


def _of_item(schools: pd.DataFrame, item: Item) -> pd.DataFrame:
    have = schools[item.key].astype(float) if item.key in schools else pd.Series(np.nan, schools.index)
    need = _need(schools, item)
    missing = have.isna() | need.isna()
    short = np.ceil(need - have - ALMOST).clip(lower=0).where(~missing)
    status = np.select([missing, short > 0], ["missing", "not_met"], "met")
    if not item.asks:
        status, short, need = np.full(len(schools), "no_standard"), np.nan, np.nan
    todo = [_todo(item, s, n) for s, n in zip(status, np.broadcast_to(short, len(schools)), strict=True)]
    return pd.DataFrame(
        {
            "place": schools.index, "school_id": schools["school_id"], "name": schools["name"], "boarders": schools["boarders"],
            "item": item.key, "label": item.label, "unit": item.unit, "have": have, "need": need, "status": status, "short": short,
            "certainty": item.certainty, "todo": todo,
        }
    )  # fmt: skip


def _need(schools: pd.DataFrame, item: Item) -> pd.Series:
    least = float(item.answer) or item.least
    if item.count is None:
        return pd.Series(least, schools.index)
    asked = schools[item.count] * item.amount / item.each
    whole = asked if item.amount != 1 else np.ceil(asked - ALMOST)
    return whole.clip(lower=least)


def _todo(item: Item, status: str, short: float) -> str:
    if status == "not_met":
        return item.todo.format(short=f"{short:g}")
    return f"补报“{item.label}”" if status == "missing" else ""
