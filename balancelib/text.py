"""Text that came from outside, made fit to be shown; it knows nothing of counties and loads nothing heavy."""

import errno
import os
import unicodedata
from pathlib import Path

LONGEST_SHOWN = 40
# Control and format characters, lone surrogates, line and paragraph separators: none of them can be seen.
_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_NEVER_CHARACTERS = "\ufffe\uffff"
_WHY = {
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "磁盘是只读的",
    errno.ENOSPC: "磁盘满了",
    errno.ENOENT: "找不到",
    errno.EISDIR: "同名的文件夹占着它的位置",
    errno.ENOTDIR: "路径里有一段不是文件夹",
    errno.EEXIST: "同名的文件已经在那里",
    errno.ENAMETOOLONG: "名字太长",
    errno.EBUSY: "正在被别的程序使用",
    errno.ELOOP: "链接绕了圈",
    errno.EFBIG: "文件太大",
    errno.ENODEV: "不是普通文件（是设备或管道）",
    errno.E2BIG: "里面的文件太多",
}


def has_unseen(text: str) -> bool:
    """Whether a text holds a character that cannot be seen (a blank can: it takes room)."""
    return not text.isprintable() and any(map(_unseen, text))


def _unseen(character: str) -> bool:
    return unicodedata.category(character) in _UNSEEN or character in _NEVER_CHARACTERS


def cleaned(text: object) -> str:
    """Return a text with all that cannot be seen replaced, so that it cannot steer a terminal."""
    text = str(text)
    return text if text.isprintable() else "".join("�" if _unseen(c) else c for c in text)


def shown(text: object) -> str:
    """Return a text as it may be echoed: `cleaned`, and no longer than `LONGEST_SHOWN`."""
    text = str(text)
    return cleaned(text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…")


def shown_path(path: str | Path) -> str:
    """Return a path as it may be echoed: whole, for it is what must be found again."""
    return cleaned(file_name(path))


def file_name(path: str | Path) -> str:
    """Return a path or a file's name as text, also where the locale could not decode it and Python kept the bytes."""
    text = str(path)
    try:
        text.encode()
    except UnicodeEncodeError:
        return os.fsencode(text).decode("utf-8", "replace")
    return text


def width(text: str) -> int:
    """Return how wide a text is in a fixed pitch: a Chinese character is two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def number(x: float) -> str:
    """Return a number with all its digits, whole ones without a decimal point."""
    return str(int(x)) if float(x).is_integer() and abs(x) < 1e18 else repr(float(x))


def why(error: OSError) -> str:
    """Say in Chinese why the system refused."""
    return _WHY.get(error.errno, f"系统报告错误{error.errno}")
