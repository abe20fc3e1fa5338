"""Schools paired on paper: which pairs meet, whether the partner has what the school lacks, and better partners by road."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from balancelib.county import County, Lacking, road_matrix
from balancelib.county.schema import AREAS, STAGES
from balancelib.highs import minimise
from balancelib.standards.staffing import Curriculum, load_curriculum
from balancelib.teachers.need import blank_subjects, staff, staff_sections

STATES = {"in_name": "只有名义", "thin": "往来少", "active": "常来往", "unknown": "没有记录"}
OFTEN = 8.0  # meetings a year, one for each month of lessons: ours
SPARE = 2  # teachers of a subject from which a partner can lend one: ours
EQUAL = 1e-5  # km


def subject_teachers(county: County) -> pd.DataFrame:
    """Count the teachers of public schools of the ordinary curriculum by stage and subject (各校各科有几名教师).

    Returns
    -------
    DataFrame
        By ``school_id, stage``; a column a subject of the curriculum. Teachers whose subject is blank count in none.
    """
    teachers = staff(county)
    return pd.crosstab([teachers["school_id"], teachers["stage"]], teachers["subject"])


def lacking_subjects(county: County, curriculum: Curriculum | None = None) -> pd.Series:
    """Return the subjects that each school has to teach and has no teacher of its own for (没有专任教师的科目).

    Parameters
    ----------
    county : County
        With the table ``teachers``.
    curriculum : Curriculum, optional
        Says which subjects a stage has; subjects that anyone teaches are not asked for. The one of 2022 if left out.

    Returns
    -------
    Series
        By ``school_id, stage``, for public schools of the ordinary curriculum: a tuple of the subjects' keys, in the order of the curriculum. A section is not
        there where what it lacks is not known: of some teacher the subject is blank, or the table lists none of its teachers though it does not say that it has none.

    Raises
    ------
    Lacking
        As `balancelib.teachers.staff_sections`.
    """
    curriculum = curriculum or load_curriculum()
    own, blank = subject_teachers(county), blank_subjects(county)
    sections = pd.MultiIndex.from_frame(staff_sections(county)[["school_id", "stage"]])
    found = {}
    for school, stage in sections.intersection(blank.index[blank == 0], sort=False):
        row = own.loc[(school, stage)] if (school, stage) in own.index else {}
        asked = [s for s in curriculum.taught(stage) if not curriculum.subject(s).by_anyone]
        found[school, stage] = tuple(s for s in asked if not row.get(s, 0))
    index = pd.MultiIndex.from_tuples(found, names=["school_id", "stage"])
    return pd.Series(list(found.values()), index, dtype=object)


def pairing_status(county: County, often: float = OFTEN) -> pd.DataFrame:
    """Say of each pair whether it meets, and whether the partner teaches what the school lacks (结对是不是真在做).

    Parameters
    ----------
    county : County
        With the tables ``pairings`` and ``teachers``.
    often : float
        Lessons given or heard together in the year, online ones included, from which a pair is called active.

    Returns
    -------
    DataFrame
        A row a pair, by school: ``school_id, school, area, partner_id, partner, since, meetings`` (visits and online together), ``online, subjects``;
        ``state``, one of `STATES`; ``lacks``: the school's subjects without a teacher, as far as is known, and ``sure``: whether it is of all its stages; ``helped``: those of them for which the partner has at least
        `SPARE` teachers of the same stage; ``km`` by road, infinite where the table has no such pair, NaN without a table. A blank is unknown, not zero.
    """
    pairs = county.tables["pairings"].sort_values(["school_id", "partner_id"]).reset_index(drop=True)
    schools = county.schools.set_index("school_id")
    meetings = pairs["visits"] + pairs["online"]  # unknown where either is
    state = np.select(
        [meetings.isna(), meetings == 0, meetings < often], ["unknown", "in_name", "thin"], "active"
    )
    lacks, own = lacking_subjects(county), subject_teachers(county)
    unsure = _unsure(county, lacks)
    return pd.DataFrame(
        {
            "school_id": pairs["school_id"], "school": pairs["school_id"].map(schools["name"]), "area": pairs["school_id"].map(schools["area"]),
            "partner_id": pairs["partner_id"], "partner": pairs["partner_id"].map(schools["name"]), "since": pairs["since"],
            "meetings": meetings, "online": pairs["online"], "subjects": pairs["subjects"], "state": state,
            "lacks": [tuple(sorted({s for stage in STAGES for s in lacks.get((one, stage), ())})) for one in pairs["school_id"]],
            "sure": ~pairs["school_id"].isin(unsure),
            "helped": [_helped(one, partner, lacks, own) for one, partner in zip(pairs["school_id"], pairs["partner_id"], strict=True)],
            "km": _km(county, pairs),
        }
    )  # fmt: skip


def _unsure(county: County, lacks: pd.Series) -> pd.Index:
    """Return the schools with a section of which it is not known what it lacks."""
    sections = pd.MultiIndex.from_frame(staff_sections(county)[["school_id", "stage"]])
    return sections.difference(lacks.index).unique("school_id")


def _helped(school: str, partner: str, lacks: pd.Series, own: pd.DataFrame) -> tuple[str, ...]:
    """Subjects that a school lacks and for which a partner has teachers to lend, in alphabetical order."""
    return tuple(
        sorted(
            {
                subject
                for stage in STAGES
                if (partner, stage) in own.index
                for subject in lacks.get((school, stage), ())
                if subject in own and own.at[(partner, stage), subject] >= SPARE
            }
        )
    )


def _km(county: County, pairs: pd.DataFrame) -> list[float]:
    if "distances" not in county.tables:
        return [np.nan] * len(pairs)
    km = road_matrix(county.tables["distances"], county.schools["school_id"])
    return [km.at[one, other] for one, other in zip(pairs["school_id"], pairs["partner_id"], strict=True)]


@dataclass(frozen=True)
class Matching:
    """Partners chosen by what schools lack.

    Attributes
    ----------
    pairs : DataFrame
        By ``school_id``: ``school, partner_id, partner, helped`` (subjects), ``km``.
    without : tuple of str
        Names of schools that lack subjects and have no partner in reach who could help.
    subjects : int
        Subjects helped, over all schools.
    lacking : int
        Subjects lacking, over all schools.
    bound : float
        No matching that helps as many subjects has fewer kilometres.
    """

    pairs: pd.DataFrame
    without: tuple[str, ...]
    subjects: int
    lacking: int
    bound: float = field(repr=False)

    @property
    def km(self) -> float:
        """Kilometres from all schools to their partners, one way."""
        return float(self.pairs["km"].sum())

    @property
    def proven(self) -> bool:
        """Whether no matching that helps as many subjects is shorter."""
        return self.km - self.bound <= EQUAL


def match_partners(
    county: County, schools: Sequence[str] | None = None, *, within: float = 20.0, most: int = 2
) -> Matching:
    r"""Choose partners so that as many lacking subjects as can be are helped, then the fewest kilometres (按缺的科目配对).

    .. math::
        \max_x \sum_{ij} |L_i \cap H_j|\, x_{ij}, \quad \text{then} \quad \min_x \sum_{ij} \ell_{ij}\, x_{ij}, \qquad \sum_j x_{ij} \le 1, \quad \sum_i x_{ij} \le m

    with the subjects ``L`` that a school lacks, those ``H`` for which a partner has teachers to lend, the road ``ℓ`` and ``m`` schools for a partner at the most.

    Parameters
    ----------
    county : County
        With the tables ``teachers`` and ``distances``.
    schools : sequence of str, optional
        Those that want a partner; all town and rural schools that lack a subject if left out. Partners are public schools of the ordinary curriculum.
    within : float
        The longest distance, km.
    most : int
        How many schools a partner takes.

    Raises
    ------
    ValueError
        A limit without sense.
    Lacking
        No school is known to lack a subject.

    Notes
    -----
    Unit of analysis: the school. A partner that lacks subjects itself may help in others. How many periods can be lent is not asked: that is the shared pool's
    question. Solved by HiGHS, without a gap.
    """
    if not (within >= 0 and most >= 1):
        raise ValueError("最远的路程不能小于0公里，每所学校至少要带1所")
    arcs, lacks = _arcs(county, schools, within)
    known = county.names
    if arcs.empty:
        chosen, bound = arcs, 0.0
    else:
        chosen, bound = _matched(arcs, most)
    pairs = chosen.set_index("school_id")
    pairs = pairs.assign(
        school=[known[s] for s in pairs.index], partner=[known[p] for p in pairs["partner_id"]]
    )
    helped = int(pairs["helped"].map(len).sum())
    without = tuple(known[school] for school in lacks.index if school not in pairs.index)
    columns = ["school", "partner_id", "partner", "helped", "km"]
    return Matching(pairs[columns], without, helped, int(lacks.map(len).sum()), bound)


def _arcs(county: County, schools: Sequence[str] | None, within: float) -> tuple[pd.DataFrame, pd.Series]:
    """Pairs in reach in which the partner helps in at least one subject; and what each school lacks."""
    lacks, own = lacking_subjects(county), subject_teachers(county)
    areas = county.schools.set_index("school_id")["area"]
    all_lacking = lacks.groupby(level="school_id").sum().map(lambda s: tuple(sorted(set(s))))
    asked = areas.index[areas != AREAS[0]] if schools is None else schools
    wanting = all_lacking[all_lacking.index.isin(asked) & (all_lacking.map(len) > 0)].sort_index()
    if wanting.empty:
        if unsure := _unsure(county, lacks).isin(asked).sum():
            raise Lacking(
                f"有{unsure}所学校教师的任教学科没有填全，缺不缺科目说不准；别的学校各科都有自己的教师。先补齐，再配对。"
            )
        raise Lacking("这些学校各科都有自己的教师：不用按科目配对。")
    km = road_matrix(county.tables["distances"], sorted(areas.index))
    lenders = staff_sections(county)["school_id"]
    rows = [
        {"school_id": school, "partner_id": partner, "helped": helped, "km": km.at[school, partner]}
        for school in wanting.index
        for partner in km.columns[
            (km.loc[school] <= within) & (km.columns != school) & km.columns.isin(lenders)
        ]
        if (helped := _helped(school, partner, lacks, own))
    ]
    return pd.DataFrame(rows, columns=["school_id", "partner_id", "helped", "km"]), wanting


def _matched(arcs: pd.DataFrame, most: int) -> tuple[pd.DataFrame, float]:
    rows = [
        (arcs[end] == one).to_numpy() for end in ("school_id", "partner_id") for one in arcs[end].unique()
    ]
    rooms = [1] * arcs["school_id"].nunique() + [most] * arcs["partner_id"].nunique()
    worth = arcs["helped"].map(len).to_numpy(dtype=float)
    matrix, upper = np.vstack([*rows, worth]).astype(float), np.ones(len(arcs))
    low, high = np.full(len(matrix), -np.inf), np.array([*rooms, np.inf])
    low[-1] = round(-minimise(-worth, matrix, low, high, upper).value) - 0.5  # whole numbers
    found = minimise(arcs["km"].to_numpy(), matrix, low, high, upper)
    return arcs[found.x > 0.5], found.bound
