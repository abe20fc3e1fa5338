"""A county's tables: read, understood, checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import numpy as np
import pandas as pd

from balancelib.county import doctor, returns
from balancelib.county.exceptions import Accepted, accept
from balancelib.county.faults import Fault, InputError, add_all
from balancelib.county.files import Only
from balancelib.county.lacking import Tables
from balancelib.county.parse import read_tables
from balancelib.county.parsed import Parsed
from balancelib.county.trace import Cell, Source
from balancelib.text import cleaned, file_name


@dataclass(frozen=True)
class County:
    """The data of a county, or of several, without faults.

    Attributes
    ----------
    tables : dict of str to DataFrame
        By machine name; columns by machine name; blank is NaN or None. A table that nobody filled is not there: asking for
        it raises `MissingTable`.
    warnings : list of Fault
        What was found odd and does not stop the calculation.
    sha256 : str
        Of the input; empty for data that was never a file.
    accepted : list of Accepted
        Warnings that were looked into and found true; they are not among ``warnings``.
    sources : mapping of str to Source
        Where each table's numbers stand; `trace` asks them.
    """

    tables: Tables
    warnings: list[Fault] = field(default_factory=list)
    sha256: str = ""
    accepted: list[Accepted] = field(default_factory=list)
    sources: Mapping[str, Source] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tables", Tables(self.tables))

    @property
    def schools(self) -> pd.DataFrame:
        """Table ``schools``: one row a school."""
        return self.tables["schools"]

    @property
    def several(self) -> bool:
        """Whether the schools are of more than one county."""
        return self.schools["county_id"].nunique() > 1

    @property
    def names(self) -> dict[str, str]:
        """The schools' names by their ids."""
        return _names(self.schools)

    def trace(self, school_id: str | None, column: str, table: str = "schools") -> tuple[Cell, ...]:
        """Return the cells that a school's number was read from; of a sum, all that were added up.

        Parameters
        ----------
        school_id : str or None
            The school; of a table without schools, such as ``county_items``, None.
        column : str
            The column's machine name.
        table : str
            The table's; where it has several rows of the school, the cells of all.

        Returns
        -------
        tuple of Cell
            Empty where nothing was recorded, or the county was never a file.
        """
        source, frame = self.sources.get(table), self.tables[table]
        if source is None:
            return ()
        own = np.arange(len(frame)) if school_id is None else np.flatnonzero(frame["school_id"] == school_id)
        return tuple(cell for i in own for cell in source.cells(int(i), column))


def _names(schools: pd.DataFrame) -> dict[str, str]:
    known = schools.dropna(subset=["school_id", "name"]).drop_duplicates("school_id")
    return dict(zip(known["school_id"], known["name"], strict=True))


def read_county(path: str | Path, previous: str | Path | None = None, *, only: Only = None) -> County:
    """Read and check a county's workbook, or its folder of CSV.

    Parameters
    ----------
    path : str or Path
        An ``.xlsx`` workbook, or a folder of CSV files named for their tables.
    previous : str or Path, optional
        The same for an earlier year; large jumps against it become warnings.
    only : mapping of str to tuple of str, optional
        The tables to read and check, each with the columns asked of it, an empty tuple for all. Of columns that are named only the key's must be there:
        who asks but for names wants no areas of rooms. Without it, every table.

    Raises
    ------
    InputError
        Everything that is wrong, at once.
    """
    path = Path(path)
    tables, faults, sha256 = _returned(path) if returns.are_in(path) else read_tables(path, only)
    later: list[Fault] = []
    before = None if previous is None else _earlier(Path(previous), later)
    add_all(faults, doctor.examine(tables, before))
    faults, accepted = accept(faults, tables.get("exceptions"), before is not None)
    add_all(faults, later)
    if any(fault.severity == "fault" for fault in faults):
        raise InputError(faults, _names(tables["schools"].frame) if "schools" in tables else {})
    filled = {name: p.frame for name, p in tables.items() if p.table.required or p.filled}
    return County(
        filled, faults, sha256, accepted, {name: p.source for name, p in tables.items() if p.source}
    )


def _returned(path: Path) -> tuple[dict[str, Parsed], list[Fault], str]:
    """Read national returns."""
    tables, faults, unfound, sha256 = returns.read_returns(path)
    return tables, [*faults, *unfound], sha256


def _earlier(previous: Path, faults: list[Fault]) -> pd.DataFrame | None:
    """Return the schools of an earlier year; list that year's own faults under the name of its file."""
    try:
        return read_county(previous).schools
    except InputError as error:
        name = file_name(previous.name or previous)
        for fault in error.faults:
            if fault.severity == "fault":
                place = f"上一年的{name}" + ("" if fault.sheet == cleaned(name) else f"，{fault.sheet}")
                faults.append(msgspec.structs.replace(fault, sheet=place))
        return None
