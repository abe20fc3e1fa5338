"""Zips that are the same each time."""

import zipfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import BinaryIO

LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the first date that a zip can hold
PACKED = {
    ".whl",
    ".zip",
    ".png",
    ".woff2",
    ".xlsx",
    ".docx",
}  # already: to pack them once more only takes time
LINUX, READABLE = 3, 0o644 << 16  # as if made on Linux, whatever the system


def write_zip(target: Path | BinaryIO, contents: Iterable[tuple[str, bytes]]) -> None:
    """Write names and contents in their order, without the hours at which they were made.

    Names that are not ASCII are marked as UTF-8. An EPUB's `mimetype` is not packed, as its standard asks.
    """
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in contents:
            about = zipfile.ZipInfo(name, LONG_AGO)
            bare = name == "mimetype" or PurePosixPath(name).suffix in PACKED
            about.compress_type = zipfile.ZIP_STORED if bare else zipfile.ZIP_DEFLATED
            about.create_system, about.external_attr = LINUX, READABLE
            archive.writestr(about, content)


def zip_folder(folder: Path, target: Path | BinaryIO, top: str) -> None:
    """Write all files under a folder as if it were called ``top``; the same files make the same bytes."""
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    write_zip(target, ((f"{top}/{name}", files[name].read_bytes()) for name in sorted(files)))
