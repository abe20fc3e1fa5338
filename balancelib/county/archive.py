"""The parts of an Office file: inflated within bounds, parsed without definitions of their own, never unpacked to disk.

Whatever the archive says of itself, no more is inflated than `LARGEST_PARTS`; a part that is not asked for is not touched.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO
from xml.parsers import expat

from balancelib.county.faults import Unreadable

LARGEST_PARTS = 2**29  # bytes of XML in all: the workbook of 200,000 schools has 0.4 GB
LARGEST_SMALL_PART = 2**25  # bytes: up to it a part may be packed as tightly as deflate can, 1,030 to 1
TIGHTEST = 50  # bytes out of one: sheets of real counties have 5 to 15
MOST_MEMBERS = 10_000
MOST_ELEMENTS = 40_000_000
DEEPEST = 1_000
LONGEST_TOKEN = 2**20  # bytes of a tag or comment: older expat takes a time that grows with its square
CHUNK = 2**16

DAMAGED = (
    zipfile.BadZipFile, zlib.error, expat.ExpatError, ValueError, LookupError, OSError, EOFError, NotImplementedError,
)  # fmt: skip
_SAVE_AGAIN = "请用Excel或WPS打开后另存一份"
_SAVE_AS = "只改后缀不行，请用Excel或WPS打开后另存为.xlsx"
_STRANGE_NAME = re.compile(r"^/|^[A-Za-z]:|(^|/)\.\.(/|$)")


# What begins or holds these bytes is something else, in this order: bytes, how far to look, what it is, what to do.
_SOMETHING_ELSE = (
    ("EncryptedPackage".encode("utf-16-le"), None, "加了密码", "请用Excel或WPS打开，去掉密码后另存一份"),
    (b"\xd0\xcf\x11\xe0", 4, "其实是旧格式的.xls或.et", _SAVE_AS),
    (b"opendocument.spreadsheet", 200, "其实是.ods", _SAVE_AS),
    (b"xl/workbook.bin", None, "其实是.xlsb", _SAVE_AS),
    (b"word/document.xml", None, "其实是Word文档", "请检查是不是选错了文件"),
    (b"%PDF", 1024, "其实是PDF", "请检查是不是选错了文件"),
    (b"PK\x03\x04", 4, "不完整或已损坏", "请重新复制或下载一次，用Excel或WPS打开后另存一份"),
    (b"<", 16, "其实是网页或XML", _SAVE_AS),
    (b"", 0, "其实是文字或别的文件", _SAVE_AS),
)  # fmt: skip


class Reader:
    """What looks at a part while it is parsed: counts elements and their depth; a child class looks at more."""

    def __init__(self) -> None:
        self.elements = self.depth = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take the beginning of an element."""
        self.elements += 1
        self.depth += 1

    def end(self, tag: str) -> None:
        """Take the end of an element."""
        self.depth -= 1

    def text(self, data: str) -> None:
        """Take text between elements."""


def local(name: str) -> str:
    """Return an element's or attribute's name without its prefix."""
    return name.rpartition(":")[2]


class Archive:
    """The members of a zip archive, none of them inflated yet; raises `Unreadable` where they cannot be trusted."""

    def __init__(self, content: bytes) -> None:
        if content.count(b"PK\x01\x02") > MOST_MEMBERS:
            raise unreadable("里面的部件太多")
        self._zip = zipfile.ZipFile(io.BytesIO(content))
        self._left = LARGEST_PARTS
        self._members = dict(self._named())

    def _named(self) -> Iterator[tuple[str, zipfile.ZipInfo]]:
        """Yield the members by the plain form of their names."""
        seen = set()
        for member in self._zip.infolist():
            name = member.filename.replace("\\", "/")
            if _STRANGE_NAME.search(name):
                raise unreadable("里面有指向别处的路径")
            if name.lower() in seen:
                raise unreadable("里面有同名的部件")
            seen.add(name.lower())
            yield name.lower(), member

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._members

    def named(self, ending: str) -> bool:
        """Whether any member's name ends so, in lower case."""
        return any(name.endswith(ending) for name in self._members)

    def parse(self, name: str, reader: Reader) -> Reader:
        """Parse a part, or raise one of `DAMAGED` or `Unreadable`; return the reader."""
        parser = expat.ParserCreate()
        parser.buffer_text, parser.buffer_size = True, CHUNK
        parser.StartDoctypeDeclHandler = _refuse_definitions
        parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
        parser.CharacterDataHandler = reader.text
        fed = 0
        with self._open(name) as file:
            while chunk := file.read(CHUNK):
                parser.Parse(chunk, False)
                fed += len(chunk)
                if fed - parser.CurrentByteIndex > LONGEST_TOKEN or reader.depth > DEEPEST:
                    raise unreadable("里面的XML不像表格软件写的")
                if reader.elements > MOST_ELEMENTS:
                    raise too_much()
        parser.Parse(b"", True)
        return reader

    def _open(self, name: str) -> IO[bytes]:
        member = self._members[name.lower()]
        if member.flag_bits & 1:
            raise unreadable("加了密码", "请用Excel或WPS打开，去掉密码后另存一份")
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise unreadable("用了.xlsx不该用的压缩方法")
        self._left -= member.file_size  # zipfile inflates no more than this, and refuses where there is more
        tight = member.file_size > LARGEST_SMALL_PART and member.file_size > TIGHTEST * member.compress_size
        if tight or self._left < 0:
            raise too_much()
        return self._zip.open(member)


def unreadable(why: str, action: str = _SAVE_AGAIN) -> Unreadable:
    """Say why a workbook cannot be read as a whole."""
    return Unreadable(f"不是能读的.xlsx工作簿（{why}）", action)


def what_it_is(content: bytes) -> tuple[str, str]:
    """Return what a file is that cannot be read as a workbook, and what to do."""
    if not content:
        return "是空文件", "请重新导出或复制一次"
    return next((why, action) for mark, within, why, action in _SOMETHING_ELSE if mark in content[:within])


def too_much() -> Unreadable:
    """Say that a workbook has more in it than any county needs."""
    return unreadable("展开后太大", "请删去数据以外的空行、空列和别的表，再另存一份；表里只留学校的数据")


def _refuse_definitions(*_doctype: object) -> None:
    """Refuse a DTD, as ECMA-376 part 2 asks of every reader: with it go entities that grow or point elsewhere."""
    raise unreadable("里面的XML带有实体定义，表格软件不会这样写")
