"""Many counties on every engine: sections, means, coefficients and verdicts are those of `balancelib.assess`."""

import by_hand
import duckdb
import many
import narwhals as nw
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from engines import LOCAL
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import sample_county

from balancelib import national
from balancelib.assess import assess
from balancelib.county import County
from balancelib.county.lacking import Lacking

CASES = [
    ("quality-2017", (), "none"),
    ("quality-2017", many.ALL, "form"),
    ("basic-2012", (), "none"),
    ("basic-2012", (), "form"),
]
POLARS = LOCAL["polars-lazy"]


@pytest.fixture(scope="module")
def county():
    return many.counties()


@pytest.fixture(scope="module")
def said(county):
    """What `assess` says in each case."""
    return {case: many.assessed(county, *case) for case in CASES}


def made(engine, county):
    schools, items = (engine.make(many.table(county.tables[name])) for name in ("schools", "school_items"))
    return {"schools": schools, "items": items}


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c[0]}-{c[2]}")
def test_counties_are_judged_as_assess_judges_them(engine, county, said, case):
    standard, relax, rounding = case
    stages, meets = said[case]
    found = national.counties(**made(engine, county), standard=standard, relax=relax, rounding=rounding)
    wide = engine.table(found)
    assert {row["county_id"]: row["meets"] for row in wide.to_pylist()} == meets
    for stage in many.STAGES:
        names = {name: f"{name}_{stage}" for name in stages if name not in ("county_id", "stage")}
        own = wide.to_pandas()[["county_id", *names.values()]].rename(
            columns={v: k for k, v in names.items()}
        )
        many.same(
            own[own["sections"] > 0], stages[stages["stage"] == stage].drop(columns="stage"), ["county_id"]
        )


def test_stages_of_counties_are_judged_as_assess_judges_them(engine, county, said):
    standard, relax, rounding = CASES[1]
    found = national.county_stages(**made(engine, county), standard=standard, relax=relax, rounding=rounding)
    many.same(engine.table(found).to_pandas(), said[CASES[1]][0], ["county_id", "stage"])


def test_a_lazy_table_gives_a_lazy_table_of_its_own_kind(engine, county):
    schools = made(engine, county)["schools"]
    found = national.counties(schools)
    assert type(found) is type(schools)
    assert isinstance(nw.from_native(found), nw.LazyFrame) is engine.lazy


def test_sections_and_their_verdicts_are_those_of_one_county(engine, county):
    tables = made(engine, county)
    expected = many.sections(county, "quality-2017", many.ALL)
    found = engine.table(national.indicators(**tables, relax=many.ALL)).to_pandas()
    many.same(found, expected, ["school_id", "stage"])
    judged = pd.concat([v.sections for v in assess(county, "quality-2017", many.ALL)], ignore_index=True)
    verdicts = engine.table(national.section_verdicts(**tables, relax=many.ALL)).to_pandas()
    names = ["county_id", "school_id", "stage", "pupils", "met", "meets", "knife_edge"]
    many.same(verdicts[names], judged[names], ["school_id", "stage"])


def test_the_data_have_what_the_rules_have_edges_for(said):
    """The comparison would say little of data in which nothing is blank, hangs on rounding or lies at a limit."""
    stages, meets = said[CASES[0]]
    assert {None, True, False} == set(meets.values())
    assert (stages["undecided"] > 0).any() and (stages["knife_edge"] > 0).any() and stages["cv_books" if "cv_books" in stages else "cv_teaching_area"].isna().any()  # fmt: skip
    assert any(stages[name].any() for name in stages if name.startswith("cv_knife_edge_"))
    basic, _ = said[CASES[2]]
    assert basic["composite_knife_edge"].any() and np.isclose(basic["composite_cv"], 0.65, rtol=1e-12).any()
    assert meets["S01"] is None


@pytest.mark.parametrize("standard", by_hand.CV_LIMITS)
def test_values_agree_with_fractions(standard, tmp_path):
    """Against exact fractions that share no line with the library."""
    schools = sample_county(7).schools
    schools.to_csv(tmp_path / "schools.csv", index=False)
    expected = list(by_hand.sections(by_hand.read_schools(tmp_path), standard))
    found = POLARS.table(national.indicators(POLARS.make(many.table(schools)), standard)).to_pylist()
    found = {(row["stage"], row["school_id"]): row for row in found}
    assert found.keys() == {(stage, school) for stage, school, _, _ in expected}
    for stage, school, _, values in expected:
        for key, exact in values.items():
            assert found[stage, school][key] == pytest.approx(float(exact), rel=1e-10)
    stages = POLARS.table(national.county_stages(POLARS.make(many.table(schools)), standard)).to_pylist()
    for row in stages:
        here = [(pupils, values) for stage, _, pupils, values in expected if stage == row["stage"]]
        for key in here[0][1]:
            mean, square, _ = by_hand.squared_cv([p for p, _ in here], [v[key] for _, v in here])
            assert row[f"mean_{key}"] == pytest.approx(float(mean), rel=1e-10)
            assert row[f"cv_{key}"] == pytest.approx(by_hand.root(square), rel=1e-10)


@settings(max_examples=16)
@given(
    st.integers(0, 10**6),
    st.sampled_from(CASES),
    st.sampled_from([*sorted(LOCAL), "polars-lazy", "pandas", "polars-lazy"]),
)
def test_any_counties_are_judged_as_assess_judges_them(seed, case, name):
    county = drawn(seed)
    stages, meets = many.assessed(county, *case)
    engine, (standard, relax, rounding) = LOCAL[name], case
    found = engine.table(
        national.county_stages(**made(engine, county), standard=standard, relax=relax, rounding=rounding)
    )
    many.same(found.to_pandas(), stages, ["county_id", "stage"])
    wide = engine.table(
        national.counties(**made(engine, county), standard=standard, relax=relax, rounding=rounding)
    )
    assert dict(zip(wide["county_id"].to_pylist(), wide["meets"].to_pylist(), strict=True)) == meets


def drawn(seed):
    """Counties of one to nine schools, so small that everything happens: values near thresholds, zeros, blanks, stages of nobody."""
    rng = np.random.default_rng(seed)
    base = sample_county(7).tables
    pick = rng.integers(0, len(base["schools"]), 90)
    schools = base["schools"].iloc[pick].reset_index(drop=True)
    schools["county_id"] = rng.choice([f"{n:02d}" for n in range(25)], len(schools))
    schools["school_id"] = [f"{i:04d}" for i in range(len(schools))]
    for name in schools.select_dtypes("number"):
        values = schools[name] * rng.choice([0, 0.5, 0.8, 0.85, 1, 1, 1, 1.2], len(schools))
        blank = (rng.random(len(schools)) < 0.04) & ~np.isin(name, ["pupils_primary", "pupils_junior"])
        schools[name] = values.round().where(~blank)
    items = base["school_items"].set_index("school_id").reindex(base["schools"]["school_id"].iloc[pick])
    items = items.reset_index(drop=True).assign(school_id=schools["school_id"])[
        rng.random(len(schools)) < 0.8
    ]
    return County({"schools": schools, "school_items": items})


def test_a_table_without_codes_is_one_county(county):
    schools = county.schools[county.schools["county_id"] == "H04"].drop(columns="county_id")
    expected = assess(County({"schools": schools.assign(county_id=None)}))
    (row,) = POLARS.table(national.counties(POLARS.make(many.table(schools)))).to_pylist()
    assert (row["county_id"], row["meets"]) == (None, expected.resources_meet)
    assert row["sections_primary"] == expected.stages["primary"].sections


def test_numbers_as_codes_of_counties_stay_what_they_are(county):
    coded = county.schools.assign(county_id=county.schools["county_id"].factorize()[0] + 110101)
    found = LOCAL["pandas"].table(national.counties(coded)).to_pylist()
    assert sorted(row["county_id"] for row in found)[0] == "110101"


def test_codes_that_a_database_keeps_as_floats_are_codes(engine, county):
    """The tables must still be joined: else what schools share or lease would not be counted, and nobody told."""
    numbers = {code: i for i, code in enumerate(county.schools["school_id"])}
    as_numbers = lambda frame, add: frame.assign(school_id=frame["school_id"].map(numbers) + add)  # noqa: E731
    schools, items = county.schools, county.tables["school_items"]
    coded = as_numbers(schools, 3.14e9).assign(county_id=schools["county_id"].factorize()[0] + 110101.0)
    found = national.counties(
        engine.make(many.table(coded)),
        items=engine.make(many.table(as_numbers(items, 3.14e9))),
        relax=many.ALL,
    )
    _, meets = many.assessed(county, "quality-2017", many.ALL)
    expected = {str(110101 + i): meets[code] for i, code in enumerate(schools["county_id"].unique())}
    assert {row["county_id"]: row["meets"] for row in engine.table(found).to_pylist()} == expected


@pytest.mark.parametrize("name", LOCAL)
def test_counts_are_whole_numbers(name, county):
    found = LOCAL[name].table(national.counties(**made(LOCAL[name], county)))
    assert all(
        pa.types.is_integer(found.schema.field(f"{count}_primary").type)
        for count in ("sections", "undecided")
    )


@pytest.mark.parametrize("name", LOCAL)
def test_schools_without_code_or_county_are_said(name, county):
    schools = county.schools.copy()
    schools.loc[3, "school_id"], schools.loc[4, "county_id"] = None, None
    schools.loc[[5, 6], "school_id"] = "11010519491231002X"
    said = [str(broken) for broken in national.check_schools(LOCAL[name].make(many.table(schools)))]
    assert [s.partition("：")[0] for s in said] == [
        "学校标识码是空的",
        "county_id（县区代码）是空的，别的学校都填了",
        "学校标识码重复",
    ]
    assert "1所学校（空白）" in said[0] and "2所学校（一个像身份证号的，不显示）" in said[2]


def test_tables_that_cannot_be_joined_or_read_are_said(county):
    tables = made(POLARS, county)
    for function in (national.counties, national.section_verdicts):
        with pytest.raises(TypeError, match="items和schools要是同一种表"):
            function(tables["schools"], items=tables["items"].collect(), relax=many.ALL)
    with pytest.raises(TypeError, match="items和schools要是同一种表"):
        national.check_schools(county.schools, "quality-2017", many.ALL, tables["items"])
    with pytest.raises(Lacking, match="表里有同名的列"):
        national.counties(pd.concat([county.schools, county.schools[["books"]]], axis=1))


@pytest.mark.parametrize("name", LOCAL)
def test_what_is_missing_or_no_number_is_said(county, name):
    engine, table = LOCAL[name], many.table(county.schools)
    with pytest.raises(Lacking, match="multimedia_rooms（网络多媒体教室数）"):
        national.counties(engine.make(table.drop_columns(["multimedia_rooms", "kind"])))
    with pytest.raises(Lacking, match="不是数：multimedia_rooms"):
        national.counties(engine.make(many.table(county.schools.assign(multimedia_rooms="多"))))


def test_what_is_no_table_or_no_relaxation_is_said(county):
    with pytest.raises(TypeError, match="现在是list"):
        national.counties([1, 2])
    with pytest.raises(ValueError, match="没有放宽条款all"):
        national.counties(county.schools, relax=["all"])


def test_a_province_without_private_schools_and_with_its_own_thresholds(county, tmp_path):
    own = tmp_path / "own.toml"
    own.write_text(
        'extends = "basic-2012"\nkey = "own"\n[scope]\nprivate = false\nsource = "basic-2012"\n[school_rule]\nmet_at_least = 2\nfloor = 0.9\n'
        'source = "basic-2012"\n[[indicators]]\nkey = "books"\nthresholds = { primary = 20.0, junior = 25.0 }\nin_cv = false\nsource = "basic-2012"\n'
        '[[indicators]]\nkey = "computers"\nthresholds = { primary = 10.0, junior = 12.0 }\nsource = "basic-2012"\n',
        encoding="utf-8",
    )
    stages, meets = many.assessed(county, own)
    for name in ("pandas", "duckdb"):
        tables = made(LOCAL[name], county)
        many.same(
            LOCAL[name].table(national.county_stages(**tables, standard=own)).to_pandas(),
            stages,
            ["county_id", "stage"],
        )
        wide = LOCAL[name].table(national.counties(**tables, standard=own)).to_pylist()
        assert {row["county_id"]: row["meets"] for row in wide} == meets


def test_a_relation_of_a_connection_of_its_own_is_judged_and_leaves_nothing_there(county, said):
    connection = duckdb.connect()
    found = national.counties(connection.from_arrow(many.table(county.schools)))
    other = national.counties(
        connection.from_arrow(many.table(county.schools[county.schools["county_id"] == "H01"]))
    )
    assert len(other.fetchall()) == 1
    assert dict(found.select("county_id, meets").fetchall()) == said[CASES[0]][1]
    assert connection.sql("show all tables").fetchall() == []


def test_a_table_in_many_pieces_is_judged_as_one(county, said):
    """A join of pyarrow's keeps no order among pieces: a mean must not come to another county's row."""
    table = many.table(county.schools)
    pieces = pa.concat_tables([table.slice(start, 7) for start in range(0, len(table), 7)])
    for _ in range(5):
        found = national.county_stages(pieces)
        many.same(found.to_pandas(), said[CASES[0]][0], ["county_id", "stage"])
