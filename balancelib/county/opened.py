"""The county that a lesson is run on: the sample, or the reader's own."""

import os
from collections.abc import Iterable
from pathlib import Path

from balancelib.county.lacking import Lacking
from balancelib.county.schema import schema
from balancelib.county.tables import County, read_county
from balancelib.text import shown, shown_path

VARIABLE = "BALANCELIB_COUNTY"


def own_path() -> Path | None:
    """Return the workbook or folder that the environment variable ``BALANCELIB_COUNTY`` names, None where it is not set."""
    named = os.environ.get(VARIABLE, "").strip().strip('"')
    return Path(named).expanduser() if named else None


def use_county(path: str | Path) -> None:
    """Run the lesson in which this stands on a county of one's own, as the variable ``BALANCELIB_COUNTY`` would.

    Parameters
    ----------
    path : str or Path
        Its workbook or folder of CSV; from the notebook's folder, so that its outputs name no folder of this computer.
    """
    os.environ[VARIABLE] = str(path)


def open_county(given: str | Path, needs: Iterable[str] = ()) -> County:
    """Read the county that a lesson runs on, and say which it is.

    Parameters
    ----------
    given : str or Path
        The lesson's own county, the synthetic one; read where the environment variable ``BALANCELIB_COUNTY`` names no other.
    needs : iterable of str
        Tables (``money``) and columns (``digital.classrooms``) without which the lesson says nothing. A table with a row a pupil or
        a lesson (``long`` in ``schema.toml``) takes time to read, and is read only where it is named here.

    Raises
    ------
    InputError
        The county's data are at fault.
    MissingTable
        A table or column that the lesson needs is not filled.
    Lacking
        Several counties at once: a lesson is about one.
    """
    own, needs = own_path(), list(needs)
    named = {name.partition(".")[0] for name in needs}
    county = read_county(
        own or given,
        only={table.name: () for table in schema().tables if not table.long or table.name in named},
    )
    print(_about(county, own))
    if own and county.several:
        raise Lacking("这份数据里有几个县，一课只说一个县：请把一个县的行单独存成一份，再从头运行。")
    county.tables.need(needs)
    return county


def county_name(county: County) -> str:
    """Return the name in the county's data, fit to be shown; empty where none is given."""
    names = county.schools["county"].dropna()
    return shown(names.iloc[0]) if len(names) else ""


def _about(county: County, own: Path | None) -> str:
    schools, name = len(county.schools), county_name(county)
    if own is None:
        return f"用的县：{name}，{schools}所学校。数据由程序生成，不对应任何真实的县。"
    file = shown_path(own)
    return (
        f"用的县：{name or file}，{schools}所学校，来自{file}。\n"
        "课文里写出的数说的是示例县（合成）；你们县的，看每一格的结果。"
    )
