"""Files read within bounds: a device, a pipe or an endless file neither hangs nor fills the memory."""

import errno
import stat
from pathlib import Path


def regular_bytes(path: Path, largest: int) -> bytes:
    """Return a file's bytes.

    Parameters
    ----------
    path : Path
        Where it is; a link is followed.
    largest : int
        How many bytes it may have.

    Raises
    ------
    OSError
        The system refuses; or it is no regular file (``ENODEV``), or is larger (``EFBIG``).
    """
    found = path.stat()
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, "", str(path))
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.ENODEV, "", str(path))
    if found.st_size > largest:
        raise OSError(errno.EFBIG, "", str(path))
    with path.open("rb") as file:
        content = file.read(largest + 1)  # what says it is short may yet be endless, as under /proc
    if len(content) > largest:
        raise OSError(errno.EFBIG, "", str(path))
    return content
