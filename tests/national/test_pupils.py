"""Results of pupils on every engine: those of `balancelib.measures`, to ten digits, and nothing told of a few children."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from engines import LOCAL

from balancelib.county import County
from balancelib.county.private import FEWEST
from balancelib.measures import cv, decompose, intraclass
from balancelib.national import made, pupils
from balancelib.quality.between import school_shares

LEVEL = 60


def scores(seed=1, rows=3_000, mean=70.0, sd=15.0):
    """Pupils of three counties, some without a score, a school or a county; one school of few pupils, one of one, one of none with a score."""
    rng = np.random.default_rng(seed)
    number = rng.integers(1, 31, rows)
    frame = pd.DataFrame(
        {"county_id": np.array(["a", "b", "c"])[number % 3], "school_id": [f"s{n:02d}" for n in number]}
    )
    frame["score"] = mean + rng.normal(0, sd / 2, 31)[number] + rng.normal(0, sd, rows)
    frame["weight"] = rng.uniform(0.5, 3, rows).round(2)
    frame.loc[rng.choice(rows, 60, replace=False), "score"] = None
    frame.loc[rng.choice(rows, 5, replace=False), "school_id"] = None
    frame.loc[rng.choice(rows, 7, replace=False), "county_id"] = None
    extra = [("a", "few", mean + 1.25 * n, 1.0) for n in range(7)] + [
        ("a", "one", mean, 1.0),
        ("b", "none", None, 1.0),
    ]
    return pd.concat([frame, pd.DataFrame(extra, columns=frame.columns)], ignore_index=True)


def arrow(frame):
    return pa.Table.from_pandas(frame, preserve_index=False)


def rows(engine, result, *keys):
    return (
        engine.table(result)
        .replace_schema_metadata()
        .to_pandas()
        .sort_values(list(keys), na_position="last", ignore_index=True)
    )


def by_county(frame):
    """Pupils who count, of each county that has a code."""
    return frame.dropna().groupby("county_id")


def right(frame):
    """What `balancelib.measures` finds for each county."""
    return pd.DataFrame(
        {
            "schools": by_county(frame)["school_id"].nunique(),
            "pupils": by_county(frame).size(),
            "mean": by_county(frame)["score"].mean(),
            "sd": by_county(frame)["score"].std(ddof=0),
            "eta2": by_county(frame).apply(
                lambda part: float(intraclass(part["score"], part["school_id"], "eta2"))
            ),
            "anova": by_county(frame).apply(lambda part: float(intraclass(part["score"], part["school_id"]))),
            "below": by_county(frame)["score"].apply(lambda part: (part < LEVEL).mean()),
        }
    ).reset_index()


def assert_same(found, wanted, names, rtol=1e-10):
    for name in names:
        np.testing.assert_allclose(
            found[name].to_numpy(float), wanted[name].to_numpy(float), rtol, err_msg=name
        )


def test_each_engine_finds_what_measures_find(engine):
    frame = scores()
    sums = pupils.school_sums(engine.make(arrow(frame)), level=LEVEL)
    assert type(sums) is type(engine.make(arrow(frame)))
    found, wanted = rows(engine, pupils.county_results(sums), "county_id"), right(frame)
    assert found["county_id"].fillna("none").tolist() == [*wanted["county_id"], "none"]
    assert_same(found[:3], wanted, ["schools", "pupils", "mean", "sd", "eta2", "anova", "below"])


@pytest.mark.parametrize("name", LOCAL)
def test_weighted_is_the_decomposition_of_the_squared_cv(name):
    frame = scores()
    sums = pupils.school_sums(LOCAL[name].make(arrow(frame)), weights="weight", level=LEVEL)
    found = rows(LOCAL[name], pupils.county_results(sums), "county_id")
    for n, (_, part) in enumerate(by_county(frame)):
        parts = decompose(
            part["score"].to_numpy(), part["school_id"].to_numpy(), part["weight"].to_numpy(), "cv"
        )
        mean = np.average(part["score"], weights=part["weight"])
        share = np.average(part["score"] < LEVEL, weights=part["weight"])
        wanted = [mean, cv(part["score"], part["weight"]) * mean, parts.between / parts.total, share]
        assert found.loc[n, ["mean", "sd", "eta2", "below"]].tolist() == pytest.approx(wanted, rel=1e-10)
    assert found["anova"].isna().all()


@pytest.mark.parametrize("weights", [None, "weight"])
@pytest.mark.parametrize("name", LOCAL)
def test_a_small_spread_about_a_large_mean_keeps_its_digits(name, weights):
    frame = scores(mean=1e5, sd=0.1).assign(weight=1.0)
    sums = pupils.school_sums(LOCAL[name].make(arrow(frame)), weights=weights)
    found, wanted = rows(LOCAL[name], pupils.county_results(sums), "county_id"), right(frame)
    assert_same(found[:3], wanted, ["mean", "sd", "eta2", "anova"], 1e-9)
    of_a = by_county(frame).get_group("a")["score"]
    naive = np.sqrt((of_a**2).sum() / len(of_a) - of_a.mean() ** 2)  # Σx² as it stands
    assert abs(naive / wanted["sd"][0] - 1) > 1e-7


def test_quality_finds_the_same():
    frame = scores().assign(year=2025, grade=4, subject="math").query("county_id == 'a'").dropna()
    found = pupils.county_results(
        pupils.school_sums(frame, by=["year", "grade", "subject"]), ["year", "grade", "subject"]
    )
    of_room = school_shares(County({"scores": frame}))
    assert found[["anova", "eta2"]].iloc[0].tolist() == pytest.approx(
        of_room[["anova", "eta2"]].iloc[0].tolist(), rel=1e-10
    )
    assert found["grade"].tolist() == [4]


def test_school_sums_by_hand(engine):
    table = pa.table(
        {"county_id": list("aaaab"), "school_id": ["1", "1", "1", None, "1"], "score": [60.0, 80, None, 1, 5]}
    )
    found = rows(engine, pupils.school_sums(engine.make(table), level=70), "county_id", "school_id")
    names = [
        "county_id",
        "school_id",
        "pupils",
        "blank",
        "weight",
        "mean",
        "squares",
        "below",
        "weight_below",
    ]
    assert list(found.columns) == names
    assert found.drop(columns="mean").fillna("none").to_numpy().tolist() == [
        ["a", "1", 2, 1, 2.0, 200.0, 1, 1.0],
        ["a", "none", 0, 1, 0.0, 0.0, 0, 0.0],
        ["b", "1", 1, 0, 1.0, 0.0, 1, 1.0],
    ]
    np.testing.assert_array_equal(found["mean"].to_numpy(float), [70, np.nan, 5])


def test_few_children_are_not_told_of():
    few = {
        "nine": [50.0] * 9,
        "three": [50.0] * 3,
        "low": [50.0] * 4 + [90.0] * 40,
        "ten": [50.0] * 5 + [90.0] * 5,
    }
    frame = pd.DataFrame(
        [(c, "s", x) for c, xs in few.items() for x in xs], columns=["county_id", "school_id", "score"]
    )
    found = pupils.county_results(pupils.school_sums(frame, level=LEVEL)).set_index("county_id")
    assert found.loc["nine", ["mean", "sd", "below"]].isna().all() and found.loc["nine", "pupils"] == 9
    assert found.loc["three", ["pupils", "mean", "sd", "below"]].isna().all()
    assert found.loc["low", "below"] is pd.NA and found.loc["low", "mean"] > 80
    assert found.loc["ten", "below"] == 0.5


def test_hidden_schools_cannot_be_worked_out(engine):
    found = rows(
        engine,
        pupils.school_results(pupils.school_sums(engine.make(arrow(scores())))),
        "county_id",
        "school_id",
    )
    size = scores().dropna().groupby(["county_id", "school_id"]).size()
    hidden = found.set_index(["county_id", "school_id"])["pupils"].isna()
    hidden = hidden[hidden].index
    assert set(size[size < FEWEST].index) < set(hidden)
    for _, own in size[size.index.isin(hidden)].groupby("county_id"):
        assert len(own) >= 2 and own.sum() >= FEWEST
    assert found["mean"].isna().equals(found["pupils"].isna() | (found["pupils"] == 0))


def test_the_whole_country_at_once():
    frame = scores().dropna()
    found = pupils.county_results(pupils.school_sums(frame), by=[])
    labels = (frame["county_id"] + frame["school_id"]).to_numpy()
    assert list(found.columns) == ["schools", "pupils", "blank", "mean", "sd", "eta2", "anova"]
    assert found["anova"].item() == pytest.approx(float(intraclass(frame["score"], labels)), rel=1e-10)


def test_what_is_made_is_what_was_asked_for(tmp_path):
    schools = made.schools(3, 30, seed=5)
    made.write_pupils(tmp_path / "pupils.parquet", 5_000, schools, seed=5)
    frame = pd.read_parquet(tmp_path / "pupils.parquet")
    assert len(frame) == 5_000 and frame["score"].isna().mean() == pytest.approx(0.01, abs=0.005)
    assert set(frame["school_id"]) <= set(schools["school_id"]) and schools["county_id"].nunique() == 3
    found = pupils.county_results(pupils.school_sums(frame))
    share = made.BETWEEN_SCHOOLS**2 / (made.BETWEEN_SCHOOLS**2 + made.WITHIN**2)
    assert found["anova"].mean() == pytest.approx(share, abs=0.08)
