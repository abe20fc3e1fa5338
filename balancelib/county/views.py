"""What a rule's formula may name: the columns of a table's rows, what follows from them, and a few functions."""

import ast
import functools
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
        The county of each row, None where there is only one.
    others
        More names, other views among them.
    """

    def __init__(self, frame: pd.DataFrame, counties: np.ndarray | None = None, **others: Any) -> None:
        super().__init__(FUNCTIONS, median=functools.partial(_median, counties), **others)
        self._frame = frame

    def __missing__(self, name: str) -> Any:
        self[name] = self._frame[name].to_numpy() if name in self._frame else self._derived(name)
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
        view = View(self._frame)
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
    tree = _Elementwise().visit(ast.parse(formula, mode="eval"))
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


def _last(x: np.ndarray) -> float:
    return pd.Series(x).max()


def _median(counties: np.ndarray | None, x: np.ndarray) -> np.ndarray:
    """Return the median of each row's county; blank where that has but few numbers."""
    groups = pd.Series(x).replace(np.inf, np.nan).groupby(np.zeros(len(x)) if counties is None else counties)
    return groups.transform("median").where(groups.transform("count") >= FEWEST).to_numpy(dtype=float)


FUNCTIONS: Mapping[str, Callable] = {
    "abs": np.abs, "blank": _blank, "twice": _twice, "any_given": _any_given, "added": _added, "before_in_order": _in_order,
    "last": _last,
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
    """Whether a school has pupils, teachers and classes of 0 in its stages, and no more."""
    counts = [view[f"{what}_{stage}"] for what in ("classes", "teachers") for stage in STAGES]
    return _added(view["pupils"], *counts) == 0


BY_STAGE: Mapping[str, Callable] = {"has": _has, "lacks": _lacks, "attends": _attends}
DERIVED: Mapping[str, Callable] = {
    "any_stage": lambda view: _kinds(view, [key for key, kind in schema().kinds.items() if kind.any_stage]),
    "pupils": lambda view: _added(*(view[f"pupils_{stage}"] for stage in schema().stages)),
    "teachers": lambda view: _added(*(view[f"teachers_{stage}"] for stage in STAGES)),
    "nothing": _nothing,
}


class Sums:
    """The sums over a county's schools, for each of the rows of the items of counties: ``sums.schools.teachers``."""

    def __init__(self, view: View, rows: np.ndarray | None, counties: np.ndarray, asked: np.ndarray) -> None:
        self._view, self._rows, self._counties, self._asked = view, rows, counties, asked

    def __getattr__(self, name: str) -> np.ndarray:
        values = pd.Series(self._view[name])
        if self._rows is not None:
            values = values.where(self._rows)
        return values.groupby(self._counties).sum(min_count=1).reindex(self._asked).to_numpy(dtype=float)


def views(tables: Mapping[str, Parsed], before: pd.DataFrame | None = None) -> dict[str, View]:
    """Return what formulas may name of each table; ``before`` is the table of schools of an earlier year."""
    if "schools" not in tables:
        return {name: View(parsed.frame) for name, parsed in tables.items()}
    schools = tables["schools"].frame
    several = schools["county_id"].nunique() > 1
    found, counties = {}, {}
    for name, parsed in tables.items():
        others: dict[str, Any] = {}
        rows = schools if name == "schools" else None
        if "school_id" in parsed.frame and name != "schools":
            rows = by_school(schools, parsed.frame["school_id"])
            others["schools"] = View(rows)
        if rows is None and name != "county_items":
            found[name] = View(parsed.frame, **others)
            continue
        codes = parsed.frame["county_id"] if rows is None else rows["county_id"]
        counties[name] = codes.astype(object).to_numpy() if several else np.full(len(codes), "")
        if "county_items" in tables:
            others["county"] = _county(tables["county_items"].frame, counties[name], several)
        if name == "schools" and before is not None:
            others["before"] = View(by_school(before, schools["school_id"]))
        found[name] = View(parsed.frame, counties[name] if several else None, **others)
    if "county_items" in found:
        found["county_items"]["sums"] = _sums(found, counties)
    return found


def _county(items: pd.DataFrame, codes: np.ndarray, several: bool) -> View:
    """Return the items of each row's county; where there is only one, they are its."""
    if several:
        return View(items.drop_duplicates("county_id").set_index("county_id").reindex(codes))
    return View(
        items.iloc[np.zeros(len(codes), dtype=int)]
        if len(items) == 1
        else items.iloc[:0].reindex(range(len(codes)))
    )


def _sums(found: Mapping[str, View], counties: Mapping[str, np.ndarray]) -> View:
    asked = counties["county_items"]
    names = {"schools": Sums(found["schools"], None, counties["schools"], asked)}
    if "enrolment" in found:
        year = found["enrolment"]["year"]
        names["enrolment"] = Sums(found["enrolment"], year == _last(year), counties["enrolment"], asked)
    return View(pd.DataFrame(), **names)
