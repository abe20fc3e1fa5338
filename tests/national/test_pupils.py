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


@pytest.mark.parametrize("name", LOCAL)
def test_published_ratings(name):
    """Shrout and Fleiss (1979), table 2: mean squares of 11.24 between targets and 6.26 within them."""
    ratings = [9, 2, 5, 8, 6, 1, 3, 2, 8, 4, 6, 8, 7, 1, 2, 6, 10, 5, 6, 9, 6, 2, 4, 7]
    table = pa.table(
        {"county_id": ["a"] * 24, "school_id": [str(n // 4) for n in range(24)], "score": ratings}
    )
    found = rows(LOCAL[name], pupils.county_results(pupils.school_sums(LOCAL[name].make(table))), "county_id")
    assert found["anova"].item() == pytest.approx((11.24 - 6.26) / (11.24 + 3 * 6.26), abs=5e-4)
    assert found["eta2"].item() == pytest.approx(5 * 11.24 / (5 * 11.24 + 18 * 6.26), abs=5e-4)


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


def sums_of(sizes, means, county="a"):
    """Schools' sums as `school_sums` gives them, each school with scores that differ by 10 a step."""
    steps = {name: 10 * (np.arange(n) - (n - 1) / 2) for name, n in sizes.items()}
    rows = [(county, name, means[name] + x) for name in sizes for x in steps[name]]
    return pupils.school_sums(pd.DataFrame(rows, columns=["county_id", "school_id", "score"]))


def told(sums):
    """All that readers see: results of counties and schools, as plain numbers."""
    of_schools = pupils.school_results(sums).sort_values("school_id")[["pupils", "mean", "sd"]]
    of_counties = pupils.county_results(sums).drop(columns="county_id")
    return [np.asarray(part.to_numpy(float, na_value=np.nan)) for part in (of_counties, of_schools)]


def test_another_score_of_the_only_pupil_would_give_the_same_results():
    """Hidden schools' sums and sums of squares follow from what is told: with two of them the one pupil's score would too."""
    sizes = {"one": 1, "p": 21, "q": 22, "r": 23, "s": 24, "t": 40, "u": 60}
    means = {"one": 95.0, "p": 70.0, "q": 64.0, "r": 72.0, "s": 69.0, "t": 80.0, "u": 66.0}
    hidden = list(sizes)[:5]
    root = np.sqrt([sizes[name] for name in hidden])
    pool = root**2 @ [means[name] for name in hidden] / (root @ root)
    apart = root * ([means[name] for name in hidden] - pool)
    aside = np.array([1.0, 0, 0, -1 / root[3], 0])  # at right angles to `root`: the pool's mean stays
    mirrored = apart - 2 * (apart @ aside) / (aside @ aside) * aside  # and so does the sum of squares
    others = means | dict(zip(hidden, pool + mirrored / root, strict=True))
    assert abs(others["one"] - means["one"]) > 20
    for one, other in zip(told(sums_of(sizes, means)), told(sums_of(sizes, others)), strict=True):
        np.testing.assert_allclose(one, other, 1e-9)


def test_shares_of_few_schools_do_not_tell_of_a_small_one():
    """The sum of squared sizes follows from ``eta2`` and ``anova``: with the sum of sizes it would give those of two schools, and then their means."""
    two, means = {"one": 1, "all": 30}, {"one": 95.0, "all": 70.0}
    found = pupils.county_results(sums_of(two, means))
    assert found[["eta2", "anova"]].isna().all(axis=None) and found["pupils"].item() == 31
    large = pupils.county_results(sums_of({"ten": 10, "all": 30}, {"ten": 95.0, "all": 70.0}))
    assert large[["eta2", "anova"]].notna().all(axis=None)
    many = {"one": 1} | {f"s{n}": 20 + n for n in range(4)}
    assert pupils.county_results(sums_of(many, dict.fromkeys(many, 70.0) | means))["eta2"].notna().all()


@pytest.mark.parametrize("name", LOCAL)
def test_without_differences_there_is_no_share(name):
    """0.1 is no binary fraction: what engines add up differs in the last digits, and is no variance."""
    same = pa.table({"county_id": ["a"] * 1200, "school_id": ["1", "2", "2"] * 400, "score": [0.1] * 1200})
    found = rows(LOCAL[name], pupils.county_results(pupils.school_sums(LOCAL[name].make(same))), "county_id")
    assert found[["eta2", "anova"]].isna().all(axis=None)
    assert found["sd"].item() == pytest.approx(0, abs=1e-12)


NUMBERED = [1, 1, 2, 2, None]


@pytest.mark.parametrize(
    "schools", [pa.array(NUMBERED), pa.array(map(str, NUMBERED[:4])).dictionary_encode()]
)
@pytest.mark.parametrize("name", LOCAL)
def test_numbers_and_categories_of_schools_may_be_blank(name, schools):
    schools = schools if len(schools) == 5 else pa.concat_arrays([schools, pa.nulls(1, schools.type)])
    table = pa.table({"county_id": ["a"] * 5, "school_id": schools, "score": [1, 3, 5, 7, 100]})
    sums = pupils.school_sums(LOCAL[name].make(table))
    assert sorted(rows(LOCAL[name], sums, "pupils")["pupils"]) == [0, 2, 2]
    found = rows(LOCAL[name], pupils.county_results(sums), "county_id")
    assert found["schools"].tolist() == [2]
    assert len(rows(LOCAL[name], pupils.school_results(sums), "school_id")) == 2


def test_a_school_of_several_grades_is_one(engine):
    """Of a county without its grades: as if they had not been told apart."""
    frame = scores().assign(grade=lambda t: np.arange(len(t)) % 2 * 4 + 4)
    of_grades = pupils.school_sums(engine.make(arrow(frame)), by=["county_id", "grade"], level=LEVEL)
    found, wanted = rows(engine, pupils.county_results(of_grades), "county_id"), right(frame)
    assert_same(found[:3], wanted, ["schools", "pupils", "mean", "sd", "eta2", "anova", "below"])
    of_schools = rows(engine, pupils.school_results(of_grades), "county_id", "school_id")
    assert not of_schools.duplicated(["county_id", "school_id"]).any()


@pytest.mark.parametrize("name", [name for name in LOCAL if not name.startswith("pandas")])
def test_decimals_are_numbers(name):
    """As databases keep scores with one digit after the point; pandas has no such column."""
    score = pa.array([60, 80, 90], pa.int64()).cast(pa.decimal128(19, 0)).cast(pa.decimal128(20, 1))
    table = pa.table({"county_id": list("aaa"), "school_id": list("112"), "score": score})
    found = rows(LOCAL[name], pupils.school_sums(LOCAL[name].make(table)), "school_id")
    assert found[["mean", "squares"]].to_numpy().tolist() == [[70, 200], [90, 0]]


def test_one_school_by_itself():
    frame = pd.DataFrame({"school_id": ["1"] * 12, "score": range(12)})
    found = pupils.county_results(pupils.school_sums(frame, by="school_id"), "school_id")
    assert found[["schools", "pupils", "mean"]].to_numpy().tolist() == [[1, 12, 5.5]]
    assert found[["eta2", "anova"]].isna().all(axis=None)


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


def test_without_pupils_nothing_is_made(tmp_path):
    with pytest.raises(ValueError, match="至少一名学生，现在是0名"):
        made.write_pupils(tmp_path / "pupils.parquet", 0, made.schools(1, 1))
    assert not list(tmp_path.iterdir())
