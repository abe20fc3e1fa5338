"""What may be shown of small numbers of children: data, so that a province can set its own."""

from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from msgspec import Meta, Struct, field

from balancelib.toml import Text, TomlError, convert, parse

OURS = Path(__file__).with_name("policy.toml")


class Refused(ValueError):  # noqa: N818  it is no error of the program
    """What was asked would tell too much, or cannot be done with these counts: says in Chinese what, where and what to do."""

    def _render_traceback_(self) -> list[str]:
        """Show a notebook's reader the message alone: nothing is wrong with the program."""
        return [str(self)]


class PolicyError(TomlError):
    """A policy's file is malformed."""

    called = "公布规则文件"


class Policy(NamedTuple):
    """Rules of publication (公布规则).

    Attributes
    ----------
    least : int
        Counts of 1 … ``least`` − 1 are not shown.
    width : int
        A reader's least and greatest value of each hidden cell differ by this or more, and by 1 at any rate.
    base : int
        Of rounding.
    seconds : float
        The search for the cheapest pattern ends then, and says how far it may be from the best.
    zeros : {"free", "shown", "hidden"}
        0 is shown unless hiding it protects others; or always shown; or hidden as a small count is. Where it is always shown, the mark tells a reader that
        there is a child, and in a table of many small counts, which then are mostly 1, nearly all must be hidden.
    implied : int
        As ``width``, for small counts that no table shows but that all tables together may tell.
    rounds : int
        The search ends after so many rounds too.
    noise : float
        What hiding a cell costs is raised by a secret share, up to this.
    decoys : int
        Cells hidden though nothing asks for it, where anything is hidden.
    secret : str
        What these lots depend on, beside the counts. Never shown; blank in the file of the project (see `balancelib.disclosure.lot`).
    """

    least: int = 5
    width: int = 5
    base: int = 5
    seconds: float = 60.0
    zeros: str = "free"
    implied: int = 1
    rounds: int = 30
    noise: float = 0.25
    decoys: int = 1
    secret: str = ""

    def __repr__(self) -> str:
        """All but the secret."""
        shown = self._asdict() | {"secret": "（不显示）"}
        return f"Policy({', '.join(f'{key}={value!r}' for key, value in shown.items())})"

    __str__ = __repr__


class Purpose(Struct, forbid_unknown_fields=True):
    """A purpose for which exact counts may be had: what it is, why, and in which files of the repository."""

    purpose: Text
    why: Text
    files: list[Text]


class _File(Struct, forbid_unknown_fields=True):
    version: Text
    least: Annotated[int, Meta(ge=2, le=1000)] = 5
    width: Annotated[int, Meta(ge=1, le=1000)] = 5
    base: Annotated[int, Meta(ge=2, le=1000)] = 5
    seconds: Annotated[float, Meta(gt=0, le=86400)] = 60.0
    zeros: Literal["free", "shown", "hidden"] = "free"
    implied: Annotated[int, Meta(ge=1, le=1000)] = 1
    rounds: Annotated[int, Meta(ge=0, le=100_000)] = 30
    noise: Annotated[float, Meta(ge=0, le=10)] = 0.25
    decoys: Annotated[int, Meta(ge=0, le=100)] = 1
    secret: str = ""
    uses: list[Purpose] = field(default_factory=list, name="exact")


def load_policy(path: Path = OURS) -> Policy:
    """Read a policy; what the file leaves out is as in `Policy`.

    Raises
    ------
    PolicyError
        The file is missing or malformed.
    """
    read = _read(path)
    return Policy(**{key: getattr(read, key) for key in Policy._fields})


@cache
def purposes() -> tuple[Purpose, ...]:
    """Return the purposes for which `Confidential.exact` gives exact counts; only the project's own file says so."""
    return tuple(_read(OURS).uses)


def checked(policy: Policy | None) -> Policy:
    """Return a policy whose numbers are possible; by default the project's.

    Raises
    ------
    PolicyError
        A number is out of range.
    """
    if policy is None:
        return load_policy()
    data: dict[str, Any] = {"version": "own", **policy._asdict()}
    convert(data, _File, "Policy(…)", PolicyError)
    return policy


def _read(path: Path) -> _File:
    return convert(parse(path, PolicyError, "没有这个文件"), _File, path.name, PolicyError)
