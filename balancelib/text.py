"""Text that came from outside, made fit to be shown; it knows nothing of counties and loads nothing heavy."""

import errno
import os
import re
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
    errno.EDQUOT: "分给你的磁盘用完了",
    errno.EIO: "磁盘坏了或者断开了",
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
    errno.EILSEQ: "系统不许这样的名字",
}
# Of Windows' own numbers those that Python turns into a number that says less: a file that is open, a name with ? or :, a long path.
# https://learn.microsoft.com/windows/win32/debug/system-error-codes
_WINDOWS = {32: errno.EBUSY, 33: errno.EBUSY, 123: errno.EILSEQ, 206: errno.ENAMETOOLONG}
# As Python and Matplotlib say it; neither gives a number that tells.
_NO_TEMPORARY = re.compile("No usable temporary directory|requires access to a writable cache directory")
_DEVICE = re.compile("con|prn|aux|nul|(com|lpt)[0-9]", re.IGNORECASE)
_HELD = "请关闭正在使用它的程序，检查权限"
_ROOM = "请腾出地方，或者写到别的磁盘"
_ELSEWHERE = "请换一个能写的文件夹"
_OTHER_NAME = "请换一个名字"
_TO_DO = {
    errno.ENOSPC: _ROOM,
    errno.EDQUOT: _ROOM,
    errno.EIO: _ELSEWHERE,
    errno.EROFS: _ELSEWHERE,
    errno.ENOENT: _ELSEWHERE,
    errno.EACCES: f"{_HELD}，或者换一个能写的文件夹",
    errno.EPERM: f"{_HELD}，或者换一个能写的文件夹",
    errno.EISDIR: _OTHER_NAME,
    errno.ENOTDIR: _OTHER_NAME,
    errno.EEXIST: _OTHER_NAME,
    errno.ENAMETOOLONG: "请把名字改短",
    errno.EILSEQ: _OTHER_NAME,
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


def system_name(name: str) -> str:
    """Return a file's name of ours as the system takes it, the inverse of `file_name`: the C locale knows only ASCII, but takes any bytes."""
    try:
        os.fsencode(name)
    except UnicodeEncodeError:
        return os.fsdecode(name.encode())
    return name


def is_device(name: str) -> bool:
    """Whether Windows takes a file's name, whatever its extension, for a device: no file can be called so there.

    Examples
    --------
    >>> is_device("con.zip"), is_device("console.zip")
    (True, False)
    """
    return bool(_DEVICE.fullmatch(name.partition(".")[0].rstrip()))


def width(text: str) -> int:
    """Return how wide a text is in a fixed pitch: a Chinese character is two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def number(x: float) -> str:
    """Return a number with all its digits, whole ones without a decimal point."""
    return str(int(x)) if float(x).is_integer() and abs(x) < 1e18 else repr(float(x))


def why(error: OSError) -> str:
    """Say in Chinese why the system refused."""
    if _NO_TEMPORARY.search(str(error)):
        return "电脑里没有能放临时文件的文件夹"
    return _WHY.get(_number(error), f"系统报告错误{error.errno}" if error.errno else cleaned(error))


def to_do(error: OSError) -> str:
    """Say in Chinese what to do where the system refused to write."""
    if _NO_TEMPORARY.search(str(error)):
        return "请让环境变量TMPDIR（Windows上是TEMP）指着一个能写的文件夹"
    return _TO_DO.get(_number(error), _HELD)


def _number(error: OSError) -> int | None:
    return _WINDOWS.get(getattr(error, "winerror", None), error.errno)
