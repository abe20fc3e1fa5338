"""Many counties for the national job's tests, and what `balancelib.assess` says of them, in the form of the national tables."""

import numpy as np
import pandas as pd
import pyarrow as pa
from samples import sample_county

from balancelib.assess import assess
from balancelib.county import County, indicators
from balancelib.standards import load_standard

STAGES = ("primary", "junior")
COLUMNS = ["meeting", "failing", "undecided", "knife_edge"]
ALL = ("shared_pe_arts", "leased_grounds", "old_rooms", "large_old_schools")
SUMS = ["teaching_area", "qualified_primary", "multimedia_rooms", "books"]


def counties(seeds=range(1, 5)):
    """Counties of all sizes: drawn, with blanks, with equal values, at their limits, with no section at all."""
    tables = {name: [] for name in ("schools", "school_items")}
    for seed in seeds:
        drawn = sample_county(seed, 20 + 7 * seed).tables
        codes = {"schools": f"H{seed:02d}" + drawn["schools"]["school_id"], "school_items": f"H{seed:02d}" + drawn["school_items"]["school_id"]}  # fmt: skip
        for name, rows in tables.items():
            rows.append(drawn[name].assign(school_id=codes[name], **({"county_id": f"H{seed:02d}"} if name == "schools" else {})))  # fmt: skip
    schools = pd.concat([*tables["schools"], *special(tables["schools"][0])], ignore_index=True)
    rng = np.random.default_rng(0)
    for name in SUMS:  # blanks in two counties: of values that decide, and of values that do not
        here = (
            schools["county_id"].isin(["H02", "H03"])
            & schools[name].notna()
            & (rng.random(len(schools)) < 0.1)
        )
        schools.loc[here, name] = np.nan
    schools.loc[schools.index[::9], "operator"] = "private"
    return County({"schools": schools, "school_items": pd.concat(tables["school_items"], ignore_index=True)})


def special(schools):
    """Counties that rules have edges for: no section, one school, a coefficient at its limit, a threshold met to the last bit."""
    primary = schools[schools["kind"] == "primary"].iloc[:2]
    own = lambda frame, code, **values: frame.assign(  # noqa: E731
        county_id=code, school_id=[f"{code}-{i}" for i in range(len(frame))], **values
    )
    yield own(schools[schools["kind"] == "special"], "S01")
    yield own(primary.iloc[:1], "S02")
    for n, spread in enumerate((0.5, 0.5003, 0.65, 0.6503)):
        pupils = 100_000.0
        both = {name: [round(pupils * (1 + spread)), round(pupils * (1 - spread))] for name in (
            "teaching_area", "sports_ground_area", "equipment_value", "computers", "books", "teachers_primary",
            "qualified_primary", "senior_title_primary", "multimedia_rooms")}  # fmt: skip
        yield own(primary, f"S1{n}", pupils_primary=pupils, indoor_sports_area=0.0, **both)
    yield own(primary, "S20", pupils_primary=1000.0, pe_arts_primary=9.0, backbone_primary=0.0)
    yield own(primary, "S21", pupils_primary=100_000.0, pe_arts_primary=765.0, multimedia_rooms=2295.0)
    yield own(primary, "S22", pupils_primary=200_000.0, multimedia_rooms=8.0)  # none at all on the form


def table(frame):
    """An Arrow table of a pandas one, as the engines of the tests make their own from; lists of areas left out."""
    return pa.Table.from_pandas(
        frame.drop(columns=[c for c in frame if c.endswith("_areas")]), preserve_index=False
    )


def assessed(county, standard, relax=(), rounding="none"):
    """What `assess` says: stages of counties, and counties, as the national tables have them."""
    verdicts = assess(county, standard, relax, rounding)
    verdicts = verdicts if isinstance(verdicts, list) else [verdicts]
    stages = [row for v in verdicts for stage in STAGES if (row := of_stage(v, stage))]
    meets = {v.county_id: v.resources_meet for v in verdicts}
    return pd.DataFrame(stages).astype({"meets": object}), meets


def of_stage(verdict, stage):
    found = verdict.stages[stage]
    if not found.sections:
        return None
    sections = verdict.sections[verdict.sections["stage"] == stage]
    judged = verdict.ratios is not None
    row = {
        "county_id": verdict.county_id,
        "stage": stage,
        "pupils": sections["pupils"].sum(),
        "sections": found.sections,
    }
    row |= {"meeting": sum(m is True or m == True for m in sections["meets"])}  # noqa: E712  of numpy too
    row |= {"failing": sum(m is not None and m == False for m in sections["meets"])}  # noqa: E712
    row |= {"undecided": sum(m is None for m in sections["meets"]) if judged else 0}
    row |= {"knife_edge": int(sections["knife_edge"].sum())}
    row |= {f"mean_{k}": x for k, x in found.mean.items()} | {f"cv_{k}": x for k, x in found.cv.items()}
    row |= {f"cv_meets_{k}": x for k, x in (found.cv_meets or {}).items()}
    row |= {f"cv_knife_edge_{k}": x for k, x in found.cv_knife_edge.items()}
    own = {"composite_cv": found.composite_cv, "composite_knife_edge": found.composite_knife_edge}
    return row | own | {"meets": found.meets}


def plain(frame):
    """Rows of a table as plain objects, None for every kind of blank."""
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [{name: x.item() if isinstance(x, np.generic) else x for name, x in row.items()} for row in rows]


def same(found, expected, keys):
    """Compare two tables row by row: verdicts and counts the same, numbers within 1e-10 of their size."""
    found, expected = (
        sorted(plain(f), key=lambda row: [row[k] or "" for k in keys]) for f in (found, expected)
    )
    assert [[row[k] for k in keys] for row in found] == [[row[k] for k in keys] for row in expected]
    for one, other in zip(found, expected, strict=True):
        assert set(one) == set(other)
        for name, x in other.items():
            place = [*(one[k] for k in keys), name, one[name], x]
            if isinstance(x, float) and one[name] is not None:
                assert abs(one[name] - x) <= 1e-10 * max(1.0, abs(x)), place
            else:
                assert one[name] == x and (one[name] is None) == (x is None), place


def sections(county, standard, relax=()):
    """Indicators of sections as `balancelib.county` has them, without the schools' names."""
    return indicators(county, load_standard(standard), relax).drop(columns="name")
