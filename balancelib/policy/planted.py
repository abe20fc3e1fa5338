"""Faults planted in a return whose truth is known, to see what the doctor finds of them, and what a sample."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, NamedTuple

import pandas as pd
from msgspec import Meta, Struct

from balancelib.county import InputError, read_county
from balancelib.county.write import write_csv
from balancelib.policy.chances import chance_by_share
from balancelib.policy.field import FieldChecksError, Share, refuse_unknown
from balancelib.policy.verification import TOLERANCE, ticket
from balancelib.toml import Key, Text, convert, parse

FAULTS = Path(__file__).with_name("planted_faults.toml")


class PlantedFault(Struct, frozen=True, forbid_unknown_fields=True):
    """A fault to plant: what becomes of which columns, in which share of which kinds of school."""

    key: Key
    label: Text
    share: Share
    means: Text
    columns: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    times: Annotated[float, Meta(gt=0)] = 1.0
    plus: float = 0.0
    drop: bool = False


class _Faults(Struct, frozen=True, forbid_unknown_fields=True):
    faults: Annotated[tuple[PlantedFault, ...], Meta(min_length=1)]


class Planted(NamedTuple):
    """A return with faults: ``reported`` is the table of schools as handed in, ``faults`` says what was planted where."""

    reported: pd.DataFrame
    faults: pd.DataFrame


def load_faults(path: str | Path = FAULTS) -> tuple[PlantedFault, ...]:
    """Load the faults that `plant_faults` plants; errors as `load_checks`."""
    path = Path(path)
    faults = convert(
        parse(path, FieldChecksError, "找不到这个文件"), _Faults, path.name, FieldChecksError
    ).faults
    refuse_unknown(path, faults)
    return faults


def plant_faults(
    schools: pd.DataFrame, seed: int | str, faults: Sequence[PlantedFault] | None = None
) -> Planted:
    """Plant faults in a table of schools, to see which way of looking finds which; no school has two.

    Parameters
    ----------
    schools : DataFrame
        Table ``schools``, taken as the truth.
    seed : int or str
        Of which schools are chosen, whatever the order of the rows.
    faults : sequence of PlantedFault, optional
        From `load_faults`.

    Returns
    -------
    Planted
        ``reported`` and ``faults``: a row a fault with ``school_id, name, fault, label, means``.
    """
    reported, rows = schools.copy(), []
    tickets = [ticket(f"faults:{seed}", school) for school in schools["school_id"]]  # not those of the draw
    open_ = schools.assign(ticket=tickets).sort_values("ticket")
    for fault in load_faults() if faults is None else faults:
        fits = open_["kind"].isin(fault.kinds or open_["kind"])
        if fault.columns:
            fits &= (open_[[*fault.columns]] > 0).any(axis=1)
        chosen = open_[fits].head(math.ceil(fault.share * fits.sum() - TOLERANCE))
        open_ = open_.drop(chosen.index)
        _spoil(reported, chosen.index, fault)
        rows += [
            (row.school_id, row.name, fault.key, fault.label, fault.means)
            for row in chosen.itertuples(index=False)
        ]
        reported = reported.drop(chosen.index) if fault.drop else reported
    return Planted(
        reported.reset_index(drop=True),
        pd.DataFrame(rows, columns=["school_id", "name", "fault", "label", "means"]),
    )


def _spoil(reported: pd.DataFrame, chosen: pd.Index, fault: PlantedFault) -> None:
    """Change a fault's columns in the schools chosen, where they hold a number."""
    for name in fault.columns:
        true = reported.loc[chosen, name].astype(float)
        wrong = (true * fault.times + fault.plus).round(4).where(true > 0)
        reported[name] = reported[name].astype(float)
        reported.loc[chosen, name] = wrong.fillna(true)


def doctor_remarks(reported: pd.DataFrame, previous: pd.DataFrame | None = None) -> Counter[str]:
    """Count what the data doctor remarks on each school of a table (数据医生的错误和提醒), by ``school_id``.

    Parameters
    ----------
    reported : DataFrame
        Table ``schools`` as handed in.
    previous : DataFrame, optional
        That of the year before: a school that is gone is remarked on.
    """
    with TemporaryDirectory() as folder:
        now, before = Path(folder, "now"), Path(folder, "before")
        for place, table in ((now, reported), (before, previous)):
            if table is not None:
                place.mkdir()
                write_csv({"schools": table}, place)
        try:
            remarks = read_county(now, None if previous is None else before).warnings
        except InputError as error:
            remarks = error.faults
    return Counter(remark.school_id for remark in remarks if remark.school_id)


def what_finds_what(
    planted: Planted,
    remarks: Iterable[str],
    shares: Sequence[float] = (0.10, 0.30),
    strata: Sequence[str] = ("area",),
) -> pd.DataFrame:
    """Return for each kind of fault what the doctor finds, and the chance that a random sample holds a school with it.

    Parameters
    ----------
    planted : Planted
        Of `plant_faults`.
    remarks : iterable of str
        ``school_id`` of the schools on which `doctor_remarks` has something to say.
    shares, strata
        As of `draw_sample`, which draws from the schools reported.

    Returns
    -------
    DataFrame
        A row a fault: ``label, schools, doctor`` (schools with it that were remarked on) and a column for each share.
    """
    remarked = set(remarks)
    rows = []
    for label, ids in planted.faults.groupby("label", sort=False)["school_id"]:
        chances = chance_by_share(planted.reported, ids, shares, strata)
        rows.append((label, len(ids), len(remarked.intersection(ids)), *chances))
    return pd.DataFrame(rows, columns=["label", "schools", "doctor", *shares])
