"""What is not a column of numbers is refused, everywhere with the same words; and tables of many groups."""

import subprocess
import sys
from functools import partial

import numpy as np
import pandas as pd
import pytest

from balancelib import measures as m
from balancelib.measures.terms import terms

OF_ONE = {
    "cv": m.cv,
    "hoover": m.hoover,
    "gini": m.gini,
    "theil_t": m.theil_t,
    "theil_l": m.theil_l,
    "generalised_entropy": partial(m.generalised_entropy, alpha=0.5),
    "atkinson": partial(m.atkinson, epsilon=2),
    "lorenz": m.lorenz,
    "quantile": partial(m.quantile, q=0.5),
    "percentile_ratio": m.percentile_ratio,
    "range_ratio": m.range_ratio,
    "restricted_range": m.restricted_range,
    "federal_range_ratio": m.federal_range_ratio,
    "mcloone": m.mcloone,
    "verstegen": m.verstegen,
    "palma": m.palma,
    "quintile_share_ratio": m.quintile_share_ratio,
    "top_share": partial(m.top_share, p=0.1),
    "contribution": m.contribution,
    "concentration_index": lambda x, weights=None, **o: m.concentration_index(
        x, np.arange(len(x)), weights, **o
    ),
}
each = pytest.mark.parametrize("name", list(OF_ONE))
BAD = [
    (([],), "没有数据"),
    (([1, 2], [1]), "同样长"),
    (([[1, 2]],), "同样长"),
    (([1, np.nan],), "空值"),
    (([1, np.inf],), "无穷大"),
    (([1, -np.inf],), "无穷大"),
    (([1, 2], [1, np.nan]), "空值"),
    (([1, 2], [1, -1]), "负数"),
    (([1, 2], [0, 0]), "全是0"),
]


@each
@pytest.mark.parametrize(("arguments", "message"), BAD)
def test_bad_columns(name, arguments, message):
    x, *weights = arguments
    with pytest.raises(ValueError, match=message):
        OF_ONE[name](x, weights=weights[0] if weights else None)


@each
def test_missing_rows_are_counted_where_they_are_left_out(name):
    x, w = [1, np.nan, 3, 4, 5], [1, 2, np.nan, 4, 5]
    kept = OF_ONE[name]([1, 4, 5], weights=[1, 4, 5])
    found = OF_ONE[name](x, weights=w, nan_policy="omit")
    assert found.omitted == 2
    assert np.asarray(found.value) == pytest.approx(np.asarray(kept))
    value, omitted = OF_ONE[name]([1, 2, 3], nan_policy="omit")
    assert omitted == 0 and np.asarray(value) == pytest.approx(np.asarray(OF_ONE[name]([1, 2, 3])))
    with pytest.raises(ValueError, match="nan_policy"):
        OF_ONE[name](x, nan_policy="drop")
    with pytest.raises(ValueError, match="没有数据"):
        OF_ONE[name]([np.nan], nan_policy="omit")


UNDEFINED = {
    "cv": [[0, 0], [1, -1]],
    "hoover": [[0, 0], [1, -1], [-1, -2]],
    "gini": [[0, 0], [1, -1], [-1, -2]],
    "lorenz": [[0, 0], [-1, -2]],
    "theil_t": [[0, 0], [3, -1]],
    "theil_l": [[0, 0], [3, -1]],
    "generalised_entropy": [[0, 0], [3, -1]],
    "atkinson": [[0, 0], [3, -1]],
    "palma": [[0, 0], [3, -1], [0, 0, 0, 0, 0, 1]],
    "quintile_share_ratio": [[0, 0], [3, -1], [0, 0, 0, 0, 0, 1]],
    "top_share": [[0, 0], [3, -1]],
    "percentile_ratio": [[0, 1]],
    "range_ratio": [[0, 1], [-1, 1]],
    "federal_range_ratio": [[0, 1]],
    "mcloone": [[0, 0, 1], [-2, -1, 3]],
    "verstegen": [[0, 0, 1]],
    "contribution": [[1, -1]],
    "concentration_index": [[0, 0], [1, -2]],
}


@pytest.mark.parametrize(("name", "x"), [(name, x) for name, many in UNDEFINED.items() for x in many])
def test_no_meaning_no_number(name, x):
    with pytest.raises(ValueError, match="有意义"):
        OF_ONE[name](x)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: m.quantile([1, 2], 1.1), "0到1"),
        (lambda: m.quantile([1, 2], [0.5, -0.1]), "0到1"),
        (lambda: m.top_share([1, 2], 2), "0到1"),
        (lambda: m.atkinson([1, 2], -1), "负数"),
        (lambda: m.cv([1, 2], [1, 1], 1), "不加权"),
        (lambda: m.cv([1], ddof=1), "至少要有2个"),
        (lambda: m.concentration_index([1, 2], [1, 2], kind="other"), "kind"),
        (lambda: m.concentration_index([0, 2], [1, 2], kind="wagstaff", limits=(0, 1)), "超出"),
        (lambda: m.concentration_index([-1, 1], [1, 2], kind="erreygers", limits=(0, 1)), "超出"),
        (lambda: m.concentration_index([0, 1], [1, 2], kind="erreygers", limits=(1, 0)), "小于"),
        (lambda: m.concentration_index([1, 1], [1, 2], kind="wagstaff", limits=(0, 1)), "没有意义"),
        (lambda: m.concentration_index([1, 2], [1, np.nan]), "空值"),
        (lambda: m.parity_index(1, 0), "b不能是0"),
        (lambda: m.parity_index(-1, 2), "负数"),
        (lambda: m.parity_index(np.nan, 2), "空值"),
        (lambda: m.dissimilarity([1, -1], [1, 1]), "负数"),
        (lambda: m.dissimilarity([1, 1], [0, 0]), "b一个人也没有"),
        (lambda: m.isolation([0, 0], [1, 1]), "a一个人也没有"),
        (lambda: m.exposure([1, 1], [0, 0]), "b一个人也没有"),
        (lambda: m.segregation_gini([1, 1], [1]), "同样长"),
        (lambda: m.theil_h([1, 2]), "两个群体"),
        (lambda: m.theil_h([1, 2], [1]), "同样长"),
        (lambda: m.theil_h([1, 2], [0, 0]), "第2个群体"),
        (lambda: m.wealth_neutrality([1, 2], [3, 3]), "都一样"),
        (lambda: m.two_step_fca([1], [1, 2], [[1, 2]], 3), "2行1列"),
        (lambda: m.two_step_fca([1], [1], [[-1]], 3), "负数"),
        (lambda: m.two_step_fca([1], [1], [[np.nan]], 3), "空值"),
        (lambda: m.two_step_fca([1], [1], [[1]], 0), "cutoff"),
        (lambda: m.two_step_fca([1], [1], [[1]], np.inf), "cutoff"),
        (lambda: m.two_step_fca([-1], [1], [[1]], 3), "supply"),
        (lambda: m.two_step_fca([1], [-1], [[1]], 3), "demand"),
    ],
)
def test_arguments_out_of_place(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_other_ends():
    assert m.theil_h([1, np.nan], [2, 3], nan_policy="omit").omitted == 1
    assert m.parity_index([1, 3], [2, 2], adjusted=True).tolist() == pytest.approx([0.5, 2 - 2 / 3])
    assert m.quantile([1, 2, 3, 4], [[0.25, 0.5], [0.75, 1]]).tolist() == [[1, 2], [3, 4]]
    assert np.isnan(m.wealth_neutrality([0, 2], [1, 3]).elasticity)
    assert np.isnan(m.wealth_neutrality([2, 3], [-1, 3]).elasticity)
    assert np.isnan(m.wealth_neutrality([2, 2], [1, 3]).correlation)
    assert m.wealth_neutrality([2, 2], [1, 3])[:2] == (0, 0)
    assert m.wealth_neutrality([2, 5, 11], [1, 2, 4], [3, 1, 1]) == pytest.approx(
        (np.polyfit(np.log([1, 2, 4]), np.log([2, 5, 11]), 1, w=np.sqrt([3, 1, 1]))[0], 3, 1)
    )
    assert m.two_step_fca([6], [2, 1], [[0.4], [0.6]], 0.5).tolist() == [3, 0]
    assert isinstance(m.gini([1, 2]), float) and isinstance(m.gini(np.array([1, 2], dtype=np.uint8)), float)
    for not_numbers in (["a", "b"], [1, "×"], [1, [2]], [{}, 1]):
        with pytest.raises(ValueError, match="不是数"):
            m.gini(not_numbers)


def test_rows_left_out_take_their_labels_with_them():
    x, groups = [1, np.nan, 3, 4, 9], ["a", "a", "a", "b", "b"]
    assert m.decompose(x, groups, nan_policy="omit").omitted == 1
    for measure in ("theil_t", "gini"):
        parts = m.decompose(x, groups, measure=measure, nan_policy="omit").value
        assert parts.within == m.decompose([1, 3, 4, 9], list("aabb"), measure=measure).within
    share = m.intraclass(x, groups, nan_policy="omit")
    assert share == (m.intraclass([1, 3, 4, 9], list("aabb")), 1)
    found = m.estimate(m.gini, x, strata=groups, nan_policy="omit")
    assert found == (m.estimate(m.gini, [1, 3, 4, 9], strata=list("aabb")), 1)
    for call in (m.decompose, m.intraclass):
        with pytest.raises(ValueError, match="空值"):
            call([1, 2, 3], ["a", "a", None])


def test_what_is_given_is_not_changed():
    x, w = np.array([3.0, 1, 2]), np.array([1.0, 0, 2])
    for name, measure in OF_ONE.items():
        if name != "concentration_index":
            measure(x, weights=w)
    m.decompose(x, [1, 2, 2], w)
    m.estimate(m.gini, [*x, 4], [*w, 1])
    assert x.tolist() == [3, 1, 2] and w.tolist() == [1, 0, 2]


def test_import_costs_no_more_than_numpy():
    """Nothing heavy comes along: the libraries that some functions need load when they are used."""
    heavy = "{'scipy', 'pandas', 'narwhals', 'matplotlib', 'statsmodels'}"
    code = f"import sys, balancelib.measures; print({heavy} & set(sys.modules))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "set()\n"


# Tables of many groups

ALL = {name: f for name, f in OF_ONE.items() if name not in {"lorenz", "contribution", "concentration_index"}}


def _frame(n=400, seed=5):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "county": rng.choice(["丙县", "甲县", "乙县"], n),
            "stage": rng.choice([1, 2], n),
            "books": rng.lognormal(3, 0.5, n),
            "rooms": rng.integers(1, 30, n),
            "pupils": rng.integers(0, 900, n),
        }
    )


@pytest.mark.parametrize("weights", [None, "pupils"])
@pytest.mark.parametrize("make", ["pandas", "polars", "pyarrow"])
def test_each_group_as_if_alone(make, weights):
    frame = _frame()
    native = {
        "pandas": lambda: frame,
        "polars": lambda: pytest.importorskip("polars").from_pandas(frame),
        "pyarrow": lambda: pytest.importorskip("pyarrow").Table.from_pandas(frame),
    }[make]()
    table = m.summarise(native, ["books", "rooms"], weights, ["county", "stage"], ALL)
    assert type(table) is type(native)
    rows = table.to_pylist() if make == "pyarrow" else list(map(dict, _rows(table)))
    first = list(dict.fromkeys(zip(frame["county"], frame["stage"], strict=True)))
    assert [(row["county"], row["stage"], row["column"]) for row in rows] == [
        (*key, column) for column in ("books", "rooms") for key in first
    ]
    for row in rows:
        own = frame[(frame["county"] == row["county"]) & (frame["stage"] == row["stage"])]
        w = None if weights is None else own[weights].to_numpy()
        assert row["n"] == (len(own) if w is None else (w > 0).sum())
        for name, measure in ALL.items():
            assert row[name] == pytest.approx(measure(own[row["column"]].to_numpy(), weights=w)), name


def _rows(table):
    return table.to_dict("records") if isinstance(table, pd.DataFrame) else table.to_dicts()


def test_one_group_of_all_rows():
    frame = _frame()
    table = m.summarise(frame, "books", measures=[m.gini, "cv"])
    assert table.columns.tolist() == ["column", "n", "omitted", "gini", "cv"]
    assert table.loc[0, "gini"] == pytest.approx(m.gini(frame["books"]))


def test_groups_without_a_value():
    frame = pd.DataFrame(
        {"g": ["a", "a", "b", "b", "c"], "x": [0.0, 0, 1, 3, np.nan], "w": [1.0, 1, 1, 0, 2]}
    )
    with pytest.raises(ValueError, match=r"x：.*空值"):
        m.summarise(frame, "x", by="g")
    table = m.summarise(frame, "x", "w", "g", ["cv", "gini", "theil_t", "mcloone"], nan_policy="omit")
    assert table["g"].tolist() == ["a", "b", "c"]
    assert table["n"].tolist() == [2, 1, 0]
    assert table["omitted"].tolist() == [0, 0, 1]
    assert table["cv"].isna().tolist() == [True, False, True]
    assert table.loc[1, ["cv", "gini", "theil_t", "mcloone"]].tolist() == [0, 0, 0, 1]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"value": "paper"}, "没有paper这一列"),
        ({"value": "books", "by": "town"}, "没有town"),
        ({"value": "books", "weights": "w"}, "没有w"),
        ({"value": "books", "measures": ["meian"]}, "没有名为meian的度量"),
    ],
)
def test_tables_that_cannot_be_made(options, message):
    with pytest.raises(ValueError, match=message):
        m.summarise(_frame(), **options)


def test_a_group_without_a_name():
    frame = _frame().assign(county=[None, *["甲县"] * 399])
    with pytest.raises(ValueError, match="空值"):
        m.summarise(frame, "books", by="county")


@pytest.mark.parametrize(
    "blank",
    [pd.array(["甲", None], "string"), pd.array([1, None], "Int64"), pd.to_datetime(["2026-03-01", None])],
)
def test_a_blank_of_pandas_is_one(blank):
    """Its NA says neither yes nor no to being itself: it was a group of its own, or ended in English."""
    with pytest.raises(ValueError, match="空值"):
        m.summarise(pd.DataFrame({"county": blank, "books": [1.0, 2.0]}), "books", by="county")
    with pytest.raises(ValueError, match="空值"):
        m.decompose([1, 2], np.asarray(blank, dtype=object))
    with pytest.raises(ValueError, match="area1个"):
        terms({"area": np.asarray(blank, dtype=object)})


@pytest.mark.parametrize("groups", [1, 300])
def test_large_tables(groups):
    """Enough rows to be put in order by key, in groups that stand together or not."""
    rng = np.random.default_rng(9)
    n = 40_000
    codes = rng.integers(0, groups, n)
    for order in (np.argsort(codes, kind="stable"), np.arange(n)):
        frame = pd.DataFrame(
            {"g": codes[order], "x": rng.lognormal(size=n)[order], "w": rng.uniform(1, 9, n)}
        )
        table = m.summarise(frame, "x", "w", "g", ["gini", "mcloone", "palma"]).set_index("g")
        for g in (0, groups - 1):
            own = frame[frame["g"] == g]
            expected = [f(own["x"], own["w"]) for f in (m.gini, m.mcloone, m.palma)]
            assert table.loc[g, ["gini", "mcloone", "palma"]].tolist() == pytest.approx(expected, rel=1e-9)
