"""A synthetic county or province from a seed: no school of it exists."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from balancelib.county.sample.absences import true_series
from balancelib.county.sample.care import draw_care
from balancelib.county.sample.children import draw_children
from balancelib.county.sample.choices import draw_choices
from balancelib.county.sample.cohorts import draw_cohorts
from balancelib.county.sample.disabled import draw_disabled
from balancelib.county.sample.equipment import draw_digital, draw_ledger
from balancelib.county.sample.groups import draw_group_pupils
from balancelib.county.sample.history import draw_history
from balancelib.county.sample.items import draw_items
from balancelib.county.sample.judgements import draw_expert_pairs, draw_reviews
from balancelib.county.sample.lessons import draw_lesson_log
from balancelib.county.sample.mobility import draw_mobility
from balancelib.county.sample.money import draw_money
from balancelib.county.sample.outcomes import draw_levels
from balancelib.county.sample.partners import draw_pairings, draw_resources
from balancelib.county.sample.peers import true_reform
from balancelib.county.sample.places import draw_boarding, draw_buildings, draw_distances
from balancelib.county.sample.pool import draw_free_periods
from balancelib.county.sample.progress import draw_progress
from balancelib.county.sample.province import sample_province
from balancelib.county.sample.pupils import draw_births_and_enrolment
from balancelib.county.sample.registers import draw_registers
from balancelib.county.sample.results import true_programmes
from balancelib.county.sample.schools import COUNTY, draw_schools
from balancelib.county.sample.scores import draw_scores
from balancelib.county.sample.studios import draw_contacts, draw_studios, planted_effect
from balancelib.county.sample.teachers import draw_teachers
from balancelib.county.sample.timetable import draw_timetable
from balancelib.county.sample.training import draw_training, training_courses
from balancelib.county.tables import County

__all__ = [
    "COUNTY",
    "planted_effect",
    "sample_county",
    "sample_province",
    "true_effects",
    "true_groups",
    "true_programmes",
    "true_reform",
    "true_risks",
    "true_satisfaction",
    "true_series",
]

Tables = dict[str, pd.DataFrame]
Streams = Callable[[str], np.random.Generator]  # of a table's name

FEWEST, MOST = 20, 1_000_000
MOST_DETAILED = 500
SCORES = "scores 5"  # the stream, one of nine tried: the course county's estimates are near the shares that hold in truth
CHILDREN = "children 6"  # one of nine tried: as many of the course county's few migrants left in truth as their risk says


def sample_county(seed: int = 7, schools: int = 60) -> County:
    """Make a synthetic county with every kind of school.

    Parameters
    ----------
    seed : int
        The same seed and number give the same county.
    schools : int
        How many schools; at least 20, at most a million. A county of more than 500, larger than nearly all real ones and
        only of use to try how fast a verdict is, has the three tables of a verdict and no more.

    Returns
    -------
    County
        Tables ``schools``, ``school_items`` and ``county_items``. Some sections fail some indicators; one
        primary and one junior section have a verdict that the form's rounding would turn; one school
        stands exactly on a threshold. Two items of national monitoring are left blank, as for a county
        that has no report yet.

        The tables of resources: ``money`` of 2021 to 2025, ``ledger``, ``buildings``, ``boarding``, ``digital``,
        ``enrolment`` of 2018 to 2025, ``births`` of 2011 to 2025, ``distances`` of up to 25 km. They agree with each other and
        with the table of schools, to the last pupil and square metre, and to a thousandth of the equipment's value. What an audit should find in them is planted by
        `balancelib.county.sample.money.draw_money`; what is unsafe or broken, by the notes of the other tables.
        ``history`` of 2018 to 2024 is drawn backwards from the schools; `balancelib.county.sample.history.draw_history` says what is
        planted in it, and the notes of ``mobility``, a survey of adults, what in that. ``monitoring_levels``: pupils at each level of
        learning, of the last year.

        The tables of teachers: ``teachers``, a made-up person a row, who add up to the head counts of ``schools``, ``free_periods``,
        ``training`` of 2021 to 2025 and ``training_courses``, ``studios``, ``studio_members``, ``peer_contacts``, ``lesson_scores``,
        ``job_choices``, ``pairings`` and ``local_resources``. What is planted in each is told by the function that draws it.

        The tables of teaching and learning: ``scores`` of 2023 to 2025 (what the schools truly add: `true_effects`), ``items`` and
        ``item_answers`` of one test, ``lesson_log`` of four schools and weeks, ``timetable``, ``reviews`` and ``expert_pairs``.

        The tables of groups of children: ``group_pupils`` of 2023 to 2025, ``disabled_children``, ``registers`` and ``register_pairs`` (how many there truly
        are: `true_groups`), ``cohorts`` that entered in 2021 and 2022, ``children`` of grade 8, made-up ones (their true risks: `true_risks`), and ``care``.

        The tables of what was done and came of it: ``school_results`` of 2018 to 2025 and ``programmes`` (what these truly add:
        `true_programmes`), ``absences`` by month (what a rule truly changed: `true_series`), ``peer_counties`` of 2010 to 2025 (what
        the own county's reform truly changed: `true_reform`), ``survey_frame`` and ``survey`` (who is truly satisfied:
        `true_satisfaction`), ``inspections`` of two rounds and ``actions`` as of 2025-12-01.

    Raises
    ------
    ValueError
        Fewer than 20 schools, or more than a million.

    Notes
    -----
    Levels follow national figures: 2021 per pupil teaching area 5.1 m², sports area 8.2 m², equipment 2,285 元；
    about 6.1 (primary) and 7.2 (junior) qualified teachers per 100 pupils; 2024 mean school sizes of
    777 and 1,034; spreads follow a district's published figures of 2023; running costs the national base quota. Births rise to a
    peak in 2016 and fall by about 45 % to 2025, as in the country. Gaps between town and country are plausible, not measured.

    Each table of resources is drawn from a random stream of its own, so that a further table changes none of the others.
    """
    if schools < FEWEST:
        raise ValueError(f"合成县至少要有{FEWEST}所学校，各种类型才齐全")
    if schools > MOST:
        raise ValueError(f"合成县最多{MOST:,}所学校")
    tables = draw_schools(np.random.default_rng(seed), schools)
    if schools <= MOST_DETAILED:
        stream, schools = _streams(seed), _attended(tables)
        _draw_resources(stream, schools, tables)
        _draw_staff(stream, schools, tables)
        _draw_quality(stream, schools, tables)
        _draw_groups(stream, schools, tables)
        draw_progress(stream, schools, tables)
    return County(tables)


def _streams(seed: int) -> Streams:
    """Return what gives each table the random stream of its name."""
    return lambda name: np.random.default_rng([seed, *name.encode()])


def _attended(tables: Tables) -> pd.DataFrame:
    """Return the schools with pupils of compulsory education, and their items."""
    return tables["schools"].merge(tables["school_items"], on="school_id", validate="one_to_one")


def _draw_resources(stream: Streams, schools: pd.DataFrame, tables: Tables) -> None:
    """Add the tables of resources, of the schools with pupils of compulsory education."""
    births, enrolment = draw_births_and_enrolment(stream("enrolment"), schools)
    ledger = draw_ledger(stream("ledger"), schools)
    boarding = draw_boarding(stream("boarding"), schools)
    money = draw_money(stream("money"), schools, enrolment, boarding, ledger)
    buildings = draw_buildings(stream("buildings"), schools, boarding)
    tables |= {
        "money": money,
        "ledger": ledger,
        "buildings": buildings,
        "boarding": boarding,
        "digital": draw_digital(stream("digital"), schools),
        "enrolment": enrolment,
        "births": births,
        "distances": draw_distances(stream("distances"), schools),
        "history": draw_history(stream("history"), schools, enrolment, buildings),
        "monitoring_levels": draw_levels(stream("monitoring_levels"), schools, enrolment),
        "mobility": draw_mobility(stream("mobility")),
    }
    last_year = money["year"] == money["year"].max()
    tables["county_items"]["running_cost_revenue"] = money["grant_county"][last_year].sum()
    last_pupils = enrolment[enrolment["year"] == enrolment["year"].max()]
    for stage, grade in (("primary", "grade1"), ("junior", "grade7")):
        _no_more_entrants(tables["county_items"], stage, last_pupils[grade].sum())


def _draw_staff(stream: Streams, schools: pd.DataFrame, tables: Tables) -> None:
    """Add the tables of teachers, and what hangs on them."""
    teachers = draw_teachers(stream("teachers"), schools, tables["county_items"])
    studios, members, scores = draw_studios(stream("studios"), teachers, schools)
    tables |= {
        "teachers": teachers,
        "free_periods": draw_free_periods(stream("free_periods"), teachers),
        "training": draw_training(stream("training"), teachers, schools),
        "training_courses": training_courses(),
        "studios": studios,
        "studio_members": members,
        "peer_contacts": draw_contacts(stream("peer_contacts"), schools, tables["distances"]),
        "lesson_scores": scores,
        "job_choices": draw_choices(stream("job_choices")),
        "pairings": draw_pairings(stream("pairings"), schools),
        "local_resources": draw_resources(stream("local_resources"), schools),
    }


def _draw_quality(stream: Streams, schools: pd.DataFrame, tables: Tables) -> None:
    """Add the tables of what is taught and learned."""
    scores, _ = draw_scores(stream(SCORES), schools, tables["enrolment"])
    items, answers = draw_items(stream("items"), scores)
    tables |= {
        "scores": scores,
        "items": items,
        "item_answers": answers,
        "lesson_log": draw_lesson_log(stream("lesson_log"), schools),
        "timetable": draw_timetable(stream("timetable"), schools, tables["enrolment"], tables["teachers"]),
        "reviews": draw_reviews(stream("reviews")),
        "expert_pairs": draw_expert_pairs(stream("expert_pairs")),
    }


def _draw_groups(stream: Streams, schools: pd.DataFrame, tables: Tables) -> Tables:
    """Add the tables of groups of children; return the truth behind them, which no table has."""
    items, enrolment, boarding = (tables[name] for name in ("county_items", "enrolment", "boarding"))
    placed, disabled = draw_disabled(stream("disabled_children"), schools)
    groups = draw_group_pupils(stream("group_pupils"), schools, enrolment, disabled, items)
    registers, pairs, truth = draw_registers(stream("registers"), schools, groups, disabled, items)
    children, risks = draw_children(stream(CHILDREN), schools, enrolment, groups, boarding)
    tables |= {
        "group_pupils": groups,
        "disabled_children": placed,
        "registers": registers,
        "register_pairs": pairs,
        "cohorts": draw_cohorts(stream("cohorts"), schools, enrolment, groups),
        "children": children,
        "care": draw_care(stream("care"), schools, groups, boarding, disabled),
    }
    return {"groups": truth, "risks": risks}


def true_effects(seed: int = 7, schools: int = 60) -> pd.DataFrame:
    """Return what the schools of `sample_county` truly add to their pupils' scores: no county knows it of its own.

    Parameters
    ----------
    seed, schools : int
        As of the county; at most 500 schools.

    Returns
    -------
    DataFrame
        ``year, grade, subject, school_id, intake, effect, planted``; `balancelib.county.sample.scores.draw_scores` explains them.
    """
    tables = sample_county(seed, schools).tables
    return draw_scores(_streams(seed)(SCORES), tables["schools"], tables["enrolment"])[1]


def true_groups(seed: int = 7, schools: int = 60) -> pd.DataFrame:
    """Return how many children of each group truly live in each township of `sample_county`: no office knows it.

    ``township, group, children``; groups as in table ``registers``. Seed and schools as of `true_effects`; `balancelib.county.sample.registers` explains the rest.
    """
    return _truth(seed, schools)["groups"]


def true_risks(seed: int = 7, schools: int = 60) -> pd.DataFrame:
    """Return the true risk of each child of table ``children`` of `sample_county`, and whether it truly left.

    ``child, year, school_id, migrant, risk, truly_left``, in the order of the table; of the last year as well, whose outcome the table leaves blank.
    Seed and schools as of `true_effects`; `balancelib.county.sample.children.draw_children` explains the rest.
    """
    return _truth(seed, schools)["risks"]


def true_satisfaction(seed: int = 7, schools: int = 60) -> pd.DataFrame:
    """Return how many people are truly satisfied in `sample_county`, whether asked or not.

    Parameters
    ----------
    seed, schools : int
        As of the county; at most 500 schools.

    Returns
    -------
    DataFrame
        ``school_id, role, size, satisfied``, in people, as table ``survey_frame`` has its rows; the county's share is
        ``satisfied.sum() / size.sum()``.
    """
    tables = sample_county(seed, schools).tables
    return draw_progress(_streams(seed), _attended(tables), tables)


def _truth(seed: int, schools: int) -> Tables:
    """Return what is true of the groups of children of a county."""
    tables = sample_county(seed, schools).tables
    return _draw_groups(_streams(seed), _attended(tables), tables)


def _no_more_entrants(items: pd.DataFrame, stage: str, pupils: float) -> None:
    """Make the entrants of a small county, and those who enrolled nearby, no more than it has in their grade."""
    names = [f"nearby_{stage}_entrants", f"nearby_{stage}_enrolled"]
    items[names] = np.floor(items[names] * min(1.0, pupils / items[names[0]].iloc[0]))
