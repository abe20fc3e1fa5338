"""Sign notebooks for Jupyter, but only those that a release's manifest names: ``python -m balancelib.course.trust FOLDER --manifest manifest.json``.

Jupyter shows stored scripts only of notebooks that are signed. Whoever signs all that lies in a folder (`jupyter trust *.ipynb`) signs
what a stranger put there too; here each is compared with the SHA-256 of the notebook as it was released.
"""

import argparse
from pathlib import Path
from typing import NamedTuple

import msgspec
import nbformat
from msgspec import Struct
from nbformat.sign import NotebookNotary

from balancelib.bounded import regular_bytes
from balancelib.course.release import sha256
from balancelib.text import shown_path, why

LARGEST = 2**24  # bytes: of a notebook, and of a manifest


class Manifest(Struct):
    """What of a release's manifest is asked: which files it has."""

    files: dict[str, dict[str, str | int]]


class Signed(NamedTuple):
    """Notebooks that are ours, now signed, and those that are not, left as they were."""

    ours: list[Path]
    others: list[Path]


class NotAManifestError(Exception):
    """The file is no manifest of a release; says why."""


def read_manifest(path: Path) -> frozenset[str]:
    """Return the SHA-256 of each notebook that a manifest names."""
    try:
        files = msgspec.json.decode(regular_bytes(path, LARGEST), type=Manifest).files
    except OSError as error:
        raise NotAManifestError(f"{shown_path(path)}读不出来：{why(error)}") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise NotAManifestError(f"{shown_path(path)}不是发布里的manifest.json，请重新下载") from None
    return frozenset(str(about.get("sha256")) for name, about in files.items() if name.endswith(".ipynb"))


def sign(folder: Path, manifest: Path, notary: NotebookNotary | None = None) -> Signed:
    """Sign the notebooks under a folder whose bytes are those of the release.

    Raises
    ------
    NotAManifestError
        There is nothing to compare them with; none is signed.
    """
    ours, signed, notary = read_manifest(manifest), Signed([], []), notary or NotebookNotary()
    for path in sorted(folder.rglob("*.ipynb")):
        content = _content(path)
        if content is None or sha256(content) not in ours:
            signed.others.append(path)
        else:
            notary.sign(nbformat.reads(content.decode("utf-8"), as_version=4))
            signed.ours.append(path)
    return signed


def _content(path: Path) -> bytes | None:
    """A notebook's bytes; None where it is a link, which may change afterwards, too large, or cannot be read."""
    try:
        return None if path.is_symlink() else regular_bytes(path, LARGEST)
    except OSError:
        return None


def main(arguments: list[str] | None = None) -> None:
    """Sign, and say what was not."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="放着笔记本的文件夹")
    parser.add_argument("--manifest", type=Path, required=True, help="发布里的manifest.json")
    options = parser.parse_args(arguments)
    try:
        signed = sign(options.folder, options.manifest)
    except NotAManifestError as error:
        raise SystemExit(str(error)) from None
    print(f"与发布的一样，签了名：{len(signed.ours)}个")
    print(f"不一样或不在清单里，没有签：{len(signed.others)}个", *map(shown_path, signed.others), sep="\n  ")


if __name__ == "__main__":
    main()
