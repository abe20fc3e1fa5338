"""What a rule's formula may name: the columns of a table's rows, what follows from them, and a few functions."""

import ast
import functools
import re
from collections.abc import Callable, Mapping
from types import CodeType
from typing import Any

import numpy as np
import pandas as pd

from balancelib.county.parsed import Parsed, by_school
from balancelib.county.schema import STAGES, schema

FEWEST = 5  # numbers that a median is taken of


class View(dict):
    """The names that formulas use, each an array with a value a row, made when it is asked for.

    Parameters
    ----------
    frame
        The table.
    counties
        The county of each row; None where there is only one.
    others
        More names, other views among them.
    """

    def __init__(self, frame: pd.DataFrame, counties: np.ndarray | None = None, **others: Any) -> None:
        self.frame = frame
        self.counties = np.full(len(frame), "") if counties is None else counties
        super().__init__(FUNCTIONS, median=functools.partial(_median, self.counties), **others)

    def __missing__(self, name: str) -> Any:
        column = name.removesuffix("_")  # of a Python keyword: see `_compiled`
        self[name] = self.frame[column].to_numpy() if column in self.frame else self._derived(name)
        return self[name]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return self[name]

    def _derived(self, name: str) -> np.ndarray:
        if name in DERIVED:
            return DERIVED[name](self)
        what, _, stage = name.partition("_")
        return BY_STAGE[what](self, stage)

    def copy_with(self, **names: Any) -> "View":
        """Return a view of the same rows that has more names."""
        view = View(self.frame, self.counties)
        view.update(self, **names)
        return view

    def value(self, formula: str) -> Any:
        """Work out a formula for all rows at once; what cannot be worked out of a blank is blank or false."""
        with np.errstate(all="ignore"):
            return eval(_compiled(formula), {"__builtins__": {}}, self)


class _Elementwise(ast.NodeTransformer):
    """Let ``and``, ``or`` and ``not`` work on arrays."""

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        self.generic_visit(node)
        operator = ast.BitAnd() if isinstance(node.op, ast.And) else ast.BitOr()
        return functools.reduce(lambda left, right: ast.BinOp(left, operator, right), node.values)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        return ast.UnaryOp(ast.Invert(), node.operand) if isinstance(node.op, ast.Not) else node


@functools.cache
def _compiled(formula: str) -> CodeType:
    named = re.sub(r"\bclass\b", "class_", formula)  # a column's name that Python keeps for itself
    tree = _Elementwise().visit(ast.parse(named, mode="eval"))
    return compile(ast.fix_missing_locations(tree), "rules.toml", "eval")


def _blank(x: np.ndarray) -> np.ndarray:
    return pd.isna(x)


def _twice(*columns: np.ndarray) -> np.ndarray:
    return pd.DataFrame(dict(enumerate(columns))).duplicated(keep=False).to_numpy()


def _any_given(x: np.ndarray) -> np.ndarray:
    return np.full(len(x), bool(pd.notna(x).any()))


def _added(*columns: np.ndarray) -> np.ndarray:
    """Add up what is not blank."""
    return pd.DataFrame(dict(enumerate(columns))).sum(axis=1, min_count=1).to_numpy()


def _in_order(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Whether a text comes before another; a blank comes before all."""
    return (pd.Series(one).fillna("") < pd.Series(other).fillna("")).to_numpy()


def _among(x: np.ndarray, *codes: str) -> np.ndarray:
    """Return 1 where a code is one of these, 0 where it is another, blank where it is blank."""
    return np.where(pd.isna(x), np.nan, pd.Series(x).isin(codes))


def _last(x: np.ndarray) -> float:
    return pd.Series(x).max()


def _median(counties: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return the median of each row's county; blank where that has but few numbers."""
    groups = pd.Series(x).replace(np.inf, np.nan).groupby(counties)
    return groups.transform("median").where(groups.transform("count") >= FEWEST).to_numpy(dtype=float)


FUNCTIONS: Mapping[str, Callable] = {
    "abs": np.abs, "blank": _blank, "twice": _twice, "any_given": _any_given, "added": _added, "before_in_order": _in_order,
    "among": _among, "last": _last,
}  # fmt: skip


def _kinds(view: View, keys: list[str]) -> np.ndarray:
    return pd.Series(view["kind"]).isin(keys).to_numpy()


def _has(view: View, stage: str) -> np.ndarray:
    return _kinds(view, [key for key, kind in schema().kinds.items() if stage in kind.stages])


def _lacks(view: View, stage: str) -> np.ndarray:
    return ~_blank(view["kind"]) & ~_has(view, stage) & ~view["any_stage"]


def _attends(view: View, stage: str) -> np.ndarray:
    return view[f"has_{stage}"] & (view[f"pupils_{stage}"] != 0)


def _nothing(view: View) -> np.ndarray:
    """Whether a school has stages, and in each 0 pupils, 0 teachers and 0 classes: a blank is no 0."""
    has = np.array([view[f"has_{stage}"] for stage in schema().stages])
    zero = np.array([view[f"pupils_{stage}"] == 0 for stage in schema().stages])
    for k, stage in enumerate(STAGES):
        zero[k] &= (view[f"teachers_{stage}"] == 0) & (view[f"classes_{stage}"] == 0)
    return has.any(axis=0) & (~has | zero).all(axis=0)


BY_STAGE: Mapping[str, Callable] = {"has": _has, "lacks": _lacks, "attends": _attends}
DERIVED: Mapping[str, Callable] = {
    "any_stage": lambda view: _kinds(view, [key for key, kind in schema().kinds.items() if kind.any_stage]),
    "pupils": lambda view: _added(*(view[f"pupils_{stage}"] for stage in schema().stages)),
    "teachers": lambda view: _added(*(view[f"teachers_{stage}"] for stage in STAGES)),
    "nothing": _nothing,
}


class Sums:
    """The sums over a county's schools, for each row of the items of counties: ``sums.schools.teachers``."""

    def __init__(self, view: View, asked: np.ndarray) -> None:
        self._view, self._asked = view, asked

    def __getattr__(self, name: str) -> np.ndarray:
        values = pd.Series(self._view[name])
        if "year" in self._view.frame:
            values = values.where(self._view["year"] == _last(self._view["year"]))
        return values.groupby(self._view.counties).sum(min_count=1).reindex(self._asked).to_numpy(dtype=float)


def views(tables: Mapping[str, Parsed], before: pd.DataFrame | None = None) -> dict[str, View]:
    """Return what formulas may name of each table; ``before`` is the table of schools of an earlier year."""
    found = {name: _view(name, tables, before) for name in tables}
    if "schools" in tables and "county_items" in tables:
        items = found["county_items"]
        sums = {name: Sums(found[name], items.counties) for name in ("schools", "enrolment") if name in found}
        items["sums"] = View(items.frame, **sums)
    return found


def _view(name: str, tables: Mapping[str, Parsed], before: pd.DataFrame | None) -> View:
    """Return the names of a table: its own, and those of each row's school, of its county and of the year before."""
    frame = tables[name].frame
    if "schools" not in tables:
        return View(frame)
    own, schools = frame, tables["schools"].frame
    others: dict[str, Any] = {}
    if name == "schools" and before is not None:
        others["before"] = View(by_school(before, schools["school_id"]))
    if name != "schools" and "school_id" in frame:
        own = by_school(schools, frame["school_id"])
        others["schools"] = View(own)
    several = schools["county_id"].nunique() > 1
    counties = own["county_id"].to_numpy(dtype=object) if several and "county_id" in own else None
    if "county_items" in tables:
        others["county"] = View(_items(tables["county_items"].frame, len(frame), counties))
    return View(frame, counties, **others)


def _items(items: pd.DataFrame, rows: int, counties: np.ndarray | None) -> pd.DataFrame:
    """Return the items of each row's county; where there is only one, they are its."""
    if counties is not None:
        return items.drop_duplicates("county_id").set_index("county_id").reindex(counties)
    return items.iloc[np.zeros(rows, dtype=int)] if len(items) == 1 else items.iloc[:0].reindex(range(rows))
