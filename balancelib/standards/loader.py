"""Read a standard from its TOML file and refuse what is malformed, with file, key and reason."""

from pathlib import Path

import msgspec

from balancelib.standards import checks, files
from balancelib.standards.files import StandardError
from balancelib.standards.model import Rules, Standard
from balancelib.toml import convert


def load_standard(name: str | Path) -> Standard:
    """Load a standard.

    Parameters
    ----------
    name : str or Path
        ``"quality-2017"``, ``"basic-2012"``, or the path of a TOML file. Such a file may say
        ``extends = "basic-2012"`` and then holds only what differs: tables are merged key by key, lists of
        records by their ``key`` or ``id`` (an empty list empties them), other lists are replaced. A record
        that changes one of the extended standard gives its own ``source``.

    Raises
    ------
    StandardError
        The file is missing, unreadable or malformed.
    """
    path = Path(name) if str(name).endswith(".toml") else files.FOLDER / f"{name}.toml"
    rules = convert(files.read(path), Rules, path.name, StandardError)
    for key, reason in checks.faults(rules):
        raise StandardError(path.name, key, reason)
    return Standard(**msgspec.structs.asdict(rules), file=path.name)
