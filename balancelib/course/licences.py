"""The licences of all that the locks name, and of what lies in this repository and is not ours, as a page: `make licences`.

They are read from the packages that are installed; what their records leave open stands in ``licences.toml``.
"""

import re
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from typing import NamedTuple

import msgspec
from msgspec import Struct
from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from packaging.utils import canonicalize_name

from balancelib.console import guarded
from balancelib.county.files import whole_or_absent
from balancelib.course.kit import locked
from balancelib.course.root import ROOT

PAGE = ROOT / "LICENCES.md"
LOCKS = {"requirements.txt": "book", "requirements-test.txt": "test", "binder/requirements.txt": "binder"}
HEAD = """# Licences of what this project uses

Made by `make licences` from the three locks and the packages' own records; do not edit. What those leave open, and which licences may
stand beside MIT, is in `balancelib/course/licences.toml`. No package is in this repository; `make kit` packs unchanged wheels, each with
its licence in it, and CPython for Windows (PSF-2.0). Binary wheels (NumPy, SciPy and others) bring compiled libraries whose licences are in the wheel as well, among
them GCC's libraries under the GPL with the exception for what is compiled with it.

Ours: code MIT (`LICENSE`), text and figures CC BY 4.0, sample data CC0. The built site carries what its packages bring: Bootstrap and clipboard.js
(MIT), and of Font Awesome Free the icons that it uses (fonts OFL-1.1, icons CC BY 4.0).

## In this repository

| What | Where | Licence |
|---|---|---|
"""


class Vendored(Struct, frozen=True, forbid_unknown_fields=True):
    """What lies in the repository and is others': where, what, under which licence, and where its text is."""

    path: str
    what: str
    licence: str
    text: str


class Rules(Struct, frozen=True, forbid_unknown_fields=True):
    """What ``licences.toml`` says."""

    allowed: frozenset[str]
    words: dict[str, str]
    packages: dict[str, tuple[str, str]]
    elsewhere: dict[str, str]
    vendored: tuple[Vendored, ...]


class Package(NamedTuple):
    """A locked package: its version, its licence in SPDX's words, and the locks that name it."""

    name: str
    version: str
    licence: str
    locks: tuple[str, ...]


class UnknownLicenceError(Exception):
    """A package does not say under which licence it is: it must be read, and written into ``licences.toml``."""


@cache
def rules() -> Rules:
    """Return what ``licences.toml`` says, read once."""
    return msgspec.toml.decode((ROOT / "balancelib/course/licences.toml").read_bytes(), type=Rules)


def packages() -> list[Package]:
    """Return every package that a lock names, by name."""
    found: dict[tuple[str, str], list[str]] = {}
    for file, lock in LOCKS.items():
        for requirement, _ in locked((ROOT / file).read_text(encoding="utf-8")):
            key = canonicalize_name(requirement.name), str(requirement.specifier).removeprefix("==")
            found.setdefault(key, []).append(lock)
    return [Package(*key, licence(key[0]), tuple(locks)) for key, locks in sorted(found.items())]


def licence(name: str) -> str:
    """Return the licence of a package in SPDX's words.

    Raises
    ------
    UnknownLicenceError
        Neither its records nor ``licences.toml`` say it, or it is not installed.
    """
    if name in rules().packages:
        return rules().packages[name][0]
    try:
        package = distribution(name)
    except PackageNotFoundError:
        if name in rules().elsewhere:
            return rules().elsewhere[name]
        raise UnknownLicenceError(f"{name} is not installed: see [elsewhere] in licences.toml") from None
    if (said := next(_said(package), None)) is None:
        raise UnknownLicenceError(f"{name}'s records do not say its licence: see [packages] in licences.toml")
    return said


def _said(package: Distribution) -> Iterator[str]:
    """The licence as the records have it, from the plainest of them on."""
    metadata = package.metadata
    yield from _spdx(metadata.get("License-Expression", ""))
    kinds = [line for line in metadata.get_all("Classifier", []) if line.startswith("License ::")]
    short = [metadata.get("License", ""), *{line.rpartition(" :: ")[2] for line in kinds if len(kinds) == 1}]
    for text in short:
        yield from _spdx(rules().words.get(text, text))
    if any(re.match(r"([23]-clause )?BSD\b", text, re.IGNORECASE) for text in short):
        clauses = re.search(r"[23](?=-clause)", " ".join(short), re.IGNORECASE)
        yield from [f"BSD-{clauses[0]}-Clause"] if clauses else _which_bsd(package)


def _spdx(text: str) -> Iterator[str]:
    try:
        yield canonicalize_license_expression(text)
    except InvalidLicenseExpression:
        return


def _which_bsd(package: Distribution) -> Iterator[str]:
    """Of the BSD licences, the one whose third clause is in the text, or is not."""
    texts = [
        str(package.locate_file(file))
        for file in package.files
        if re.search(r"(LICEN[CS]E|COPYING)[^/]*$", str(file))
    ]
    for path in texts[:1]:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123  of any distribution
            third = re.search(r"neither\s+the\s+names?|names?\s+of", file.read(), re.IGNORECASE)
        yield "BSD-3-Clause" if third else "BSD-2-Clause"


def may_stand_beside_mit(licence: str) -> bool:
    """Whether at least one side of each choice that a licence leaves is allowed."""
    return any(all(part in rules().allowed for part in way.split(" AND ")) for way in licence.split(" OR "))


def page() -> str:
    """Return the page of licences."""
    rows = [f"| {one.what} | `{one.path}` | {one.licence} |\n" for one in rules().vendored]
    rows += ["\n## Packages\n\n| Package | Version | Licence | Locks |\n|---|---|---|---|\n"]
    rows += [
        f"| {one.name} | {one.version} | {one.licence} | {', '.join(one.locks)} |\n" for one in packages()
    ]
    return HEAD + "".join(rows)


def main() -> None:
    """Write the page."""
    with whole_or_absent(PAGE) as temporary:
        temporary.write_text(page(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    sys.exit(guarded(main))
