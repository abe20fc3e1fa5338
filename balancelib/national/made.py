"""A made-up country (合成的全国) for trying the national job: as many counties, schools and pupils as asked for, alike for the same seed."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from balancelib.county import sample_county
from balancelib.county.files import whole_or_absent

if TYPE_CHECKING:
    import pyarrow as pa

COUNTIES = 2_900
SCHOOLS = 210_000
PROVINCES = 31
FIRST_COUNTY = 990_001  # no province's code begins with 99
MODELS = 8  # sample counties whose schools are drawn again and again
MODEL_SCHOOLS = 100
SCALED = ("teaching_area", "sports_ground_area", "equipment_value", "computers", "books")
EVEN_EVERY = 3  # each third county gives its schools about alike, and above the standard
PER_PUPIL = {"teaching_area": 8, "sports_ground_area": 12, "equipment_value": 0.35}  # there
COUNTS_PER_PUPIL = {"multimedia_rooms": 0.03, "computers": 0.2, "books": 30}
STAFF_PER_PUPIL = {"qualified": 0.07, "backbone": 0.015, "pe_arts": 0.012}
ROWS_TOGETHER = 1_000_000  # of a row group, and held in memory at a time
SUBJECT = "math"
BETWEEN_COUNTIES, BETWEEN_SCHOOLS, WITHIN = 25.0, 35.0, 90.0  # standard deviations of scores, points
MEAN = 500.0


def schools(counties: int = COUNTIES, schools: int = SCHOOLS, seed: int = 7) -> pd.DataFrame:
    """Make the schools of a country: rows of table ``schools``, with ``province`` and ``county_id``.

    Each county draws its schools from one of `MODELS` sample counties; areas, equipment, computers and books are then scaled, by one lot of the county and
    one of the school, and counties differ in how far their schools differ. Each third county instead gives about alike, and enough for the standard. All of it is synthetic (合成): nothing follows from it for a real place.

    Parameters
    ----------
    counties, schools : int
        How many; schools at least as many as counties.
    seed : int

    Returns
    -------
    DataFrame
        In the order of ``school_id``, whose first six digits are the county's.

    Raises
    ------
    ValueError
        Fewer schools than counties.
    """
    if not 1 <= counties <= schools:
        raise ValueError(f"至少一个县，学校不能比县少，现在是{counties}个县、{schools}所学校")
    rng = np.random.default_rng([seed, 0])
    sizes = 1 + rng.multinomial(schools - counties, rng.dirichlet(np.full(counties, 8.0)))
    county = np.repeat(np.arange(counties), sizes)
    model = rng.integers(0, MODELS, counties)[county]
    table = (
        _models().iloc[model * MODEL_SCHOOLS + rng.integers(0, MODEL_SCHOOLS, schools)].reset_index(drop=True)
    )
    table = _scaled(rng, _named(table, county, sizes), county)
    return _evened(rng, table, county % EVEN_EVERY == 0)


@cache
def _models() -> pd.DataFrame:
    return pd.concat([sample_county(seed, MODEL_SCHOOLS).tables["schools"] for seed in range(MODELS)])


def _named(table: pd.DataFrame, county: np.ndarray, sizes: np.ndarray) -> pd.DataFrame:
    code = (county + FIRST_COUNTY).astype(str)
    number = np.arange(county.size) - np.repeat(sizes.cumsum() - sizes, sizes) + 1
    school_id = pd.Series(code) + pd.Series(number).astype(str).str.zfill(5)
    place = {
        "county_id": code,
        "county": [f"第{i + 1}县（合成）" for i in county],
        "province": [f"第{i % PROVINCES + 1}省（合成）" for i in county],
    }
    return table.assign(school_id=school_id, name=table["name"] + school_id, **place)


def _scaled(rng: np.random.Generator, table: pd.DataFrame, county: np.ndarray) -> pd.DataFrame:
    """Scale what schools have; whole things stay whole."""
    counties = county.max() + 1
    spread = rng.uniform(0, 0.35, counties)[county]
    for name in SCALED:
        own = np.exp(rng.normal(0, 0.15, counties)[county] + spread * rng.normal(size=county.size))
        table[name] = (table[name] * own).round(0 if name in {"computers", "books"} else 2)
    return table


def _evened(rng: np.random.Generator, table: pd.DataFrame, where: np.ndarray) -> pd.DataFrame:
    """Give the schools of some counties about the same for each pupil."""
    even = table.copy()
    pupils = table[["pupils_primary", "pupils_junior", "pupils_senior"]].sum(axis=1)
    own = 1 + 0.2 * rng.random(len(table))
    even = even.assign(**{name: (pupils * rate * own).round(2) for name, rate in PER_PUPIL.items()})
    even = even.assign(**{name: np.ceil(pupils * rate * own) for name, rate in COUNTS_PER_PUPIL.items()})
    for stage in ("primary", "junior"):
        of_stage = table[f"pupils_{stage}"] * own
        for name, rate in STAFF_PER_PUPIL.items():
            even[f"{name}_{stage}"] = np.ceil(of_stage * rate)
        teachers = (f"teachers_{stage}", f"qualified_{stage}")
        even[teachers[0]] = even[list(teachers)].max(axis=1)
    return even.where(pd.Series(where), table)


def write_schools(path: str | Path, counties: int = COUNTIES, schools: int = SCHOOLS, seed: int = 7) -> None:
    """Write what `schools` makes as a Parquet file, whole or not at all."""
    import pyarrow as pa  # noqa: PLC0415  only who writes Parquet needs it
    import pyarrow.parquet as pq  # noqa: PLC0415

    table = pa.Table.from_pandas(_schools(counties, schools, seed), preserve_index=False)
    with whole_or_absent(Path(path)) as temporary:
        pq.write_table(table.replace_schema_metadata(), temporary)


def write_pupils(path: str | Path, pupils: int, schools: pd.DataFrame, seed: int = 7) -> None:
    """Write as many pupils' results of a monitoring as asked for, as a Parquet file, whole or not at all.

    Parameters
    ----------
    path : str or Path
    pupils : int
        Rows.
    schools : DataFrame
        As of `schools`: pupils are drawn from schools by their enrolment.
    seed : int

    Notes
    -----
    Columns ``county_id, school_id, grade`` (4), ``subject``, ``score``: normal, about the mean of the school, which is about that of its county, in tenths of a
    point; one in a hundred is blank. Rows are in no order of schools. Only `ROWS_TOGETHER` rows are in memory at a time.

    Raises
    ------
    ValueError
        No pupils.
    """
    import pyarrow.parquet as pq  # noqa: PLC0415  only who writes Parquet needs it

    if pupils < 1:
        raise ValueError(f"至少一名学生，现在是{pupils}名")
    with whole_or_absent(Path(path)) as temporary:
        writer = None
        for block in _pupils(pupils, schools, seed):
            writer = writer or pq.ParquetWriter(temporary, block.schema)
            writer.write_table(block)
        writer.close()


def _pupils(pupils: int, schools: pd.DataFrame, seed: int) -> Iterator["pa.Table"]:
    import pyarrow as pa  # noqa: PLC0415

    rng = np.random.default_rng([seed, 1])
    enrolled = schools[["pupils_primary", "pupils_junior"]].sum(axis=1).to_numpy().cumsum()
    _, county = np.unique(schools["county_id"], return_inverse=True)
    mean = MEAN + rng.normal(0, BETWEEN_COUNTIES, county.max() + 1)[county]
    mean += rng.normal(0, BETWEEN_SCHOOLS, county.size)
    columns = {name: pa.array(schools[name]) for name in ("county_id", "school_id")}
    for start in range(0, pupils, ROWS_TOGETHER):
        rows = min(ROWS_TOGETHER, pupils - start)
        at = np.searchsorted(enrolled, rng.uniform(0, enrolled[-1], rows), side="right")
        score = (mean[at] + rng.normal(0, WITHIN, at.size)).round(1)
        place = {name: column.take(pa.array(at)) for name, column in columns.items()}
        same = {"grade": pa.repeat(4, at.size), "subject": pa.repeat(SUBJECT, at.size)}
        yield pa.table(place | same | {"score": pa.array(score, mask=rng.random(at.size) < 0.01)})


_schools = schools  # `write_schools` has an argument of that name
