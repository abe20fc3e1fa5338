"""Counts of children that leave their wrapping only through what may be published, or for a purpose that is written down."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NoReturn

import numpy as np
import pandas as pd

from balancelib.disclosure.layout import TOTAL, Key, Layout
from balancelib.disclosure.policy import Policy, Refused, checked, purposes
from balancelib.disclosure.protect import Counts, protect
from balancelib.disclosure.release import HIDDEN, Release

LARGEST = 10**8  # children: more are no count of a county, nor would the solver's tolerance hold them apart
HIDES = "保密数据，不能直接显示或导出。要公布的表用 .publish(…)；确实要用准确数，用 .exact(用途)，用途须先写进policy.toml"


class Confidential:
    """A table of counts that cannot be shown, written, copied or gone through by accident (保密的人数表).

    Parameters
    ----------
    frame : DataFrame
        A row a group of children: columns that say which, and one column of counts. Rows of the same group are added up. A combination that has
        no row has no child; a row whose count is unknown is refused.
    count : str
        The column of counts.
    known : sequence of tuple of str
        Columns of which the public knows which combinations there are, as a township and its area. Rows with 0 count as possible.
    values : mapping of str to sequence, optional
        All values that a column can have, in their order, where some may have no row.
    of : str, optional
        Who is counted; by default the column of counts. Releases about the same are protected and attacked together.

    Raises
    ------
    Refused
        A count is unknown, negative, broken or too large; a label is blank, unprintable, or looks like a total or a hidden cell.

    Notes
    -----
    Against mistakes, not against malice: whoever runs Python on the office's computer can read its memory.
    """

    __slots__ = ("_layout", "_open")

    def __init__(
        self,
        frame: pd.DataFrame,
        count: str = "children",
        *,
        known: Sequence[Key] = (),
        values: Mapping[str, Sequence[object]] | None = None,
        of: str | None = None,
    ) -> None:
        base = _clean(frame, count)
        columns = [d for d in base.columns if d != count]
        all_values = {d: _all_values(base[d], d, (values or {}).get(d)) for d in columns}
        possible = tuple(
            (tuple(pair), frozenset(map(tuple, _named(base, pair).itertuples(index=False)))) for pair in known
        )
        summed = base.groupby(columns, sort=False)[count].sum() if columns else base[[count]].sum()
        self._open: Callable[[], pd.Series] = lambda: summed
        self._layout = Layout(of or count, all_values, possible, {}, ())

    def only(self, **scope: Sequence[object]) -> "Confidential":
        """Return the part with these values, known to be a part: ``only(week=[1, 2, 3])``. Its tables are protected against those of the whole.

        Raises
        ------
        Refused
            There is no such column or value.
        """
        part = Confidential.__new__(Confidential)
        wanted = {d: tuple(_text(v) for v in values) for d, values in scope.items()}
        for column, values in wanted.items():
            missing = [v for v in values if v not in self._values(column)]
            if missing or not values:
                raise Refused(f"“{column}”里没有“{'、'.join(missing)}”。请从这些里选：{self._list(column)}")
            if column in self._layout.scope:
                raise Refused(f"“{column}”已经选过一次了，请从全部数据重新选")
        whole = self._layout
        part._layout = Layout(whole.of, whole.values, whole.known, {**whole.scope, **wanted}, ())
        part._open = self._open
        return part

    def publish(
        self,
        tables: Sequence[Sequence[str]],
        policy: Policy | None = None,
        beside: Sequence[Release] = (),
    ) -> Release:
        """Return what may be shown of tables with all their totals, so that no reader can find a small count.

        Parameters
        ----------
        tables
            The columns of each table. A table of two columns is published with the totals of both, and the total of all.
        policy
            What may be shown; by default the project's `policy.toml`.
        beside
            What was published before, or will be, about the same children.

        Raises
        ------
        Refused
            A column does not exist; what is beside does not agree with these counts, or tells too much already.
        """
        asked = tuple(dict.fromkeys(tuple(t) for t in _tables(tables)))
        for column in {d for t in asked for d in t}:
            self._values(column)
        old = self._layout
        layout = Layout(old.of, old.values, old.known, old.scope, asked)
        return protect(Counts(layout, self._open()), checked(policy), list(beside))

    def exact(self, purpose: str) -> pd.DataFrame:
        """Return the exact counts, for a purpose that `policy.toml` lists.

        Raises
        ------
        Refused
            The purpose is not listed.
        """
        listed = [p.purpose for p in purposes()]
        if purpose not in listed:
            raise Refused(f"用途“{purpose}”没有写在policy.toml的[[exact]]里。已有的用途：{'、'.join(listed)}")
        frame = self._open().rename("count").reset_index()
        for column, values in self._layout.scope.items():
            frame = frame[frame[column].isin(values)]
        return frame.reset_index(drop=True)

    def _values(self, column: str) -> Key:
        if column not in self._layout.values:
            raise Refused(f"没有“{column}”这一列。可以用的列：{'、'.join(self._layout.values)}")
        return self._layout.values[column]

    def _list(self, column: str) -> str:
        values = self._values(column)
        return "、".join(values[:20]) + ("……" if len(values) > 20 else "")

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise Refused(HIDES)

    def __repr__(self) -> str:
        return f"保密的人数表（{self._layout.of}；列：{'、'.join(self._layout.values)}）"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("_"):  # what Python and notebooks look for: as if it were not there
            raise AttributeError(name)
        raise AttributeError(f"“{name}”：{HIDES}")

    __iter__ = __len__ = __getitem__ = __contains__ = _refuse
    __reduce__ = __reduce_ex__ = __copy__ = __deepcopy__ = __getstate__ = _refuse
    __array__ = __dataframe__ = __arrow_c_stream__ = _refuse
    __int__ = __float__ = __bool__ = __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _refuse
    __lt__ = __le__ = __gt__ = __ge__ = _refuse


def cumulative(
    frames: Mapping[object, pd.DataFrame], count: str = "children", period: str = "period"
) -> pd.DataFrame:
    """Turn counts that only grow, one table a date, into what each date added: a tidy table with the column ``period``.

    A table of this week minus that of last week tells who came. As one `Confidential`, whose releases are of ``only(period=[…])``, both are
    protected together.

    Raises
    ------
    Refused
        A count fell: then these are no cumulative counts; or a table has a column ``period`` already.
    """
    parts, before = [], None
    for date, frame in frames.items():
        if period in frame.columns:
            raise Refused(f"“{date}”的表里已有“{period}”这一列，写时间会把它盖掉：请用period=…另取一个列名")
        columns = [d for d in frame.columns if d != count]
        now = _clean(frame, count).groupby(columns)[count].sum()
        added = now if before is None else now.sub(before, fill_value=0)
        if (added < 0).any():
            names = "、".join(map(str, np.atleast_1d(added.index[added < 0][0])))
            raise Refused(
                f"“{date}”的“{names}”比上一次少了：累计数只会增加，请核对，或把两次当作不同的儿童（of=…）"
            )
        parts.append(added.rename(count).reset_index().assign(**{period: _text(date)}))
        before = now if before is None else before.add(added, fill_value=0)
    return pd.concat(parts, ignore_index=True)


def _clean(frame: pd.DataFrame, count: str) -> pd.DataFrame:
    """Labels as text, counts as whole numbers; refuse what is neither."""
    if count not in frame.columns or frame.columns.duplicated().any():
        raise Refused(f"表里要有且只有一列“{count}”（人数），列名不能重复")
    counts = pd.to_numeric(frame[count], errors="coerce").astype(float)
    for wrong, why in (
        (counts.isna(), "人数不明（空着或不是数）。不明不等于0：请补上，或去掉这一组并另作说明"),
        ((counts < 0) | (counts > LARGEST), f"人数应在0到{LARGEST}之间"),
        (counts % 1 != 0, "人数应是整数"),
    ):
        if wrong.any():
            raise Refused(f"“{count}”第{int(np.argmax(wrong)) + 1}行：{why}")
    labels = {d: _labels(frame[d], str(d)) for d in frame.columns if d != count}
    return pd.DataFrame({**labels, count: counts.astype("int64").to_numpy()})


def _labels(column: pd.Series, name: str) -> np.ndarray:
    if column.isna().any():
        raise Refused(f"“{name}”第{int(np.argmax(column.isna())) + 1}行是空的：不知道是哪一组，请补上")
    texts = [_text(v) for v in column]
    for n, text in enumerate(texts, 1):
        if not text.strip() or not text.isprintable() or len(text) > 1000:
            raise Refused(f"“{name}”第{n}行：类别名是空的、太长，或有不能显示的字符")
        if text in (TOTAL, HIDDEN):
            raise Refused(f"“{name}”第{n}行：类别名不能是“{text}”（合计由程序来算）")
    return np.array(texts, dtype=object)


def _text(value: Any) -> str:
    """A label as text; whole numbers without a point, however the file was read."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value)


def _all_values(column: pd.Series, name: str, given: Iterable[object] | None) -> Key:
    present = sorted(set(column))
    if given is None:
        return tuple(present)
    listed = tuple(dict.fromkeys(_labels(pd.Series(list(given), dtype=object), name)))
    if missing := [v for v in present if v not in listed]:
        raise Refused(f"“{name}”里有没列出的类别“{missing[0]}”")
    return listed


def _named(base: pd.DataFrame, columns: Key) -> pd.DataFrame:
    for column in columns:
        if column not in base.columns:
            raise Refused(f"known里的“{column}”不是表里的列")
    return base[list(columns)]


def _tables(tables: Sequence[Sequence[str]]) -> Sequence[Sequence[str]]:
    if isinstance(tables, str) or not tables or any(isinstance(t, str) for t in tables):
        raise Refused('tables要写成列名的组，例如[("township", "kind"), ("township",)]')
    if doubled := next((t for t in tables if len(set(t)) < len(tuple(t))), None):
        raise Refused(f"表{tuple(doubled)}里有一列写了两次")
    return tables
