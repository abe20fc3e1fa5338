"""The files of a folder of returned work, those in zip archives too: read as what strangers sent, and nothing is written.

Links are not followed. An archive is opened in memory, within bounds of size, number and depth; the names in it serve to see whose it is
and never as paths.
"""

import errno
import io
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from balancelib.bounded import regular_bytes
from balancelib.text import shown_path, why

LARGEST = 2**26  # bytes of a notebook with its outputs, or of an archive
MOST_OPENED = 2**28  # bytes that come out of one archive, those within it included
MOST_FILES, DEEPEST, NESTED = 5_000, 16, 3
NOTEBOOKS = (".ipynb", ".ipynb.txt", ".ipynb.json")  # telephones and mail programs add an ending
ZIP, OTHER_ARCHIVES = ".zip", (".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")
UTF8_NAME, ENCRYPTED = 0x800, 0x1  # flags of a member
DAMAGED = (zipfile.BadZipFile, zlib.error, ValueError, LookupError, OSError, EOFError, NotImplementedError, RuntimeError)  # fmt: skip
ARCHIVES = (ZIP, *OTHER_ARCHIVES)
EXPLORERS = ("__MACOSX", "desktop.ini", "thumbs.db")
REPACK = "请让他直接交笔记本，或者改打成不加密码的.zip"


class Remark(NamedTuple):
    """Something that the trainer should look at: where, and what."""

    where: str
    what: str


class Found(NamedTuple):
    """A file: its path as people see it, archives counting as folders, and how its bytes are had (`OSError` or `Refused` where they cannot be)."""

    path: PurePosixPath
    read: Callable[[], bytes]


class Refused(Exception):  # noqa: N818  said to the trainer
    """A file cannot be marked; says why and what to do."""


class Full(Exception):  # noqa: N818  said to the trainer
    """There are too many files."""


@dataclass
class Room:
    """How many bytes may still come out of an archive, those within it included, and how many files."""

    left: int = MOST_OPENED
    files: int = MOST_FILES

    def one_more(self) -> None:
        """Count a file."""
        self.files -= 1
        if self.files < 0:
            raise Full


@dataclass
class Looking:
    """What has been seen so far: how many files, and what is odd."""

    remarks: list[Remark] = field(default_factory=list)
    count: int = 0

    def one_more(self) -> None:
        """Count a file."""
        self.count += 1
        if self.count > MOST_FILES:
            raise Full

    def odd(self, path: PurePosixPath, what: str) -> None:
        """Note what the trainer should look at."""
        self.remarks.append(Remark(shown_path(path), what))


def files(folder: Path, remarks: list[Remark]) -> Iterator[Found]:
    """Give all files under a folder in a fixed order, hidden ones not; of an archive what is in it."""
    looking = Looking(remarks)
    try:
        for where, names in _folders(folder, looking):
            for name in names:
                looking.one_more()
                path = _seen(folder, where / name)
                read = partial(regular_bytes, where / name, LARGEST)
                yield from _within(Found(path, read), 0, Room())
    except Full:
        remarks.append(
            Remark(shown_path(folder.name), f"文件多于{MOST_FILES}个，其余的没有看。请只放学员交的笔记本。")
        )


def _folders(folder: Path, looking: Looking) -> Iterator[tuple[Path, list[str]]]:
    """Give the folders under a folder in a fixed order, each with the names of its files; links are said, and not followed."""

    def unlisted(error: OSError) -> None:
        looking.odd(_seen(folder, Path(error.filename)), f"打不开：{why(error)}。里面的没有判。")

    for here, folders, names in os.walk(folder, onerror=unlisted):
        where = Path(here)
        linked = {name for name in (*folders, *names) if (where / name).is_symlink()}
        for name in sorted(linked):
            looking.odd(_seen(folder, where / name), "是一个链接，没有打开。")
        folders[:] = sorted(name for name in folders if not _passed_over(name) and name not in linked)
        if folders and len(where.relative_to(folder).parts) >= DEEPEST:
            looking.odd(_seen(folder, where), "里面的文件夹套得太深，没有看。请把笔记本移到外面。")
            folders.clear()
        yield where, sorted(name for name in set(names) - linked if not _passed_over(name))


def _passed_over(name: str) -> bool:
    return name.startswith((".", "~$")) or name in EXPLORERS or name.lower() in EXPLORERS


def _seen(folder: Path, path: Path) -> PurePosixPath:
    """Return a path from a folder as people see it."""
    return PurePosixPath(*(decoded(os.fsencode(part)) for part in path.relative_to(folder).parts))


def decoded(name: bytes) -> str:
    """Return the name of a file that was written in UTF-8 or, as Chinese Windows packs it, in GB18030."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return name.decode(encoding)
        except UnicodeDecodeError:
            continue
    return name.decode("utf-8", "replace")


def unread(error: OSError) -> str:
    """Say why a file cannot be had, and what to do."""
    if error.errno == errno.EFBIG:
        return f"超过{LARGEST // 2**20}MB，或者压缩包展开后太大。请让他清空输出（Edit → Clear Outputs of All Cells），保存，再交。"
    if error.errno == errno.EIO:
        return f"坏了，或者加了密码。{REPACK}。"
    return f"{why(error)}。"


def _within(one: Found, depth: int, room: Room) -> Iterator[Found]:
    """Give a file, or where it is an archive what is in it."""
    name = one.path.name.lower()
    if name.endswith(OTHER_ARCHIVES):
        yield _refused(one, f"是打不开的压缩包（不是.zip）。{REPACK}，或者你解压以后再判一次。")
    elif not name.endswith(ZIP):
        yield one
    elif depth == NESTED:
        yield _refused(one, "压缩包里套压缩包，套得太深，没有打开。请解压以后再判一次。")
    else:
        yield from _opened(one, depth, room)


def _refused(one: Found, said: str) -> Found:
    """Return a file whose reading says why it cannot be marked."""

    def read() -> bytes:
        raise Refused(said)

    return Found(one.path, read)


def _opened(one: Found, depth: int, room: Room) -> Iterator[Found]:
    """Give what is in an archive; where it cannot be opened, or has too much in it, the others are looked at all the same."""
    empty = True
    try:
        with zipfile.ZipFile(io.BytesIO(_content(one, room))) as archive:
            for member in sorted(archive.infolist(), key=lambda member: member.filename):
                if (path := _inside(one.path, member)) is not None:
                    room.one_more()
                    empty = False
                    yield from _within(
                        Found(path, partial(_inflated, archive, member, room)), depth + 1, room
                    )
        if empty:
            yield _refused(one, "是空的压缩包。请让他再交。")
    except Full:
        if depth:
            raise  # it is the outer archive that is refused
        yield _refused(one, f"压缩包里的文件多于{MOST_FILES}个，其余的没有看。请让他只交做过的笔记本。")
    except OSError as error:
        yield _refused(one, f"压缩包读不出来：{unread(error)}")
    except DAMAGED:
        yield _refused(one, f"压缩包打不开：坏了，或者不是.zip。{REPACK}。")


def _content(one: Found, room: Room) -> bytes:
    """Return an archive that names no more files than are looked at."""
    content = one.read()
    if content.count(b"PK\x01\x02") > room.files:
        raise Full
    return content


def _inside(archive: PurePosixPath, member: zipfile.ZipInfo) -> PurePosixPath | None:
    """Return the path of a member as people see it, if it is a file to be looked at."""
    name = member.filename
    if not member.flag_bits & UTF8_NAME:
        name = decoded(name.encode("cp437", "replace"))
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    if member.is_dir() or not parts or len(parts) > DEEPEST or any(map(_passed_over, parts)):
        return None
    return archive.joinpath(*parts)


def _inflated(archive: zipfile.ZipFile, member: zipfile.ZipInfo, room: Room) -> bytes:
    """Return the bytes of a member, or raise `OSError`; what an archive says of its size is not believed."""
    most = min(LARGEST, room.left)
    try:
        if member.flag_bits & ENCRYPTED or member.compress_type not in (
            zipfile.ZIP_STORED,
            zipfile.ZIP_DEFLATED,
        ):
            raise zipfile.BadZipFile
        with archive.open(member) as file:
            content = file.read(most + 1)
    except DAMAGED:
        raise OSError(errno.EIO, "") from None
    room.left -= len(content)
    if len(content) > most:
        raise OSError(errno.EFBIG, "")
    return content
