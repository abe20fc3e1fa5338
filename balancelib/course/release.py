"""A release of what a tag names: source archive, wheel, manifest and checksums, the same bytes each time: `make release`.

Nothing of the work tree goes in, only what the tag holds. The manifest says of each file its size and SHA-256, and of each official
standard its version, so that who got a release can say what of it is ours.
"""

import argparse
import gzip
import hashlib
import io
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import yaml

from balancelib import __version__
from balancelib.console import guarded
from balancelib.county.files import all_or_none
from balancelib.course.kit import own_wheel
from balancelib.course.root import ROOT

MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
STANDARDS = re.compile(r"balancelib/standards/[^/]+\.toml")


class NotReleasedError(Exception):
    """The release was not made: says why, and what to do."""


def main(arguments: list[str] | None = None) -> None:
    """Make a release and say where it is."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--version", default=__version__, help="版本，标签是它前面加v（默认：现在的版本）")
    parser.add_argument("--out", type=Path, default=ROOT / "_build" / "release")
    options = parser.parse_args(arguments)
    try:
        made = build(ROOT, options.version, options.out)
    except NotReleasedError as error:
        raise SystemExit(f"没有发布：{error}") from None
    print(*(f"写好了：{path}" for path in made), sep="\n")


def build(root: Path, version: str, out: Path) -> list[Path]:
    """Write the release of a version of the repository in `root` into a folder, all of it or nothing.

    Raises
    ------
    NotReleasedError
        There is no such tag, or what it holds calls itself otherwise.
    """
    tag = f"v{version}"
    commit = _git(root, "rev-list", "--max-count=1", f"refs/tags/{tag}").decode().strip()
    name = f"balancelib-{version}"
    packed = _git(root, "archive", "--format=tar", f"--prefix={name}/", commit)
    with tempfile.TemporaryDirectory() as temporary, all_or_none(out) as place:
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            archive.extractall(temporary, filter="data")
        source = Path(temporary, name)
        if wrong := list(_called_otherwise(source, version)):
            raise NotReleasedError(f"标签{tag}里的版本不一致：{'；'.join(wrong)}")
        own_wheel(place, source)
        (place / f"{name}.tar.gz").write_bytes(gzip.compress(packed, mtime=0))
        (place / MANIFEST).write_bytes(_manifest(source, version, commit))
        sums = [f"{sha256(file.read_bytes())}  {file.name}\n" for file in sorted(place.iterdir())]
        (place / SUMS).write_text("".join(sums), encoding="ascii", newline="\n")
        names = sorted(file.name for file in place.iterdir())
    return [out / name for name in names]


def sha256(content: bytes) -> str:
    """SHA-256 of a file's bytes."""
    return hashlib.sha256(content).hexdigest()


def _git(root: Path, *words: str) -> bytes:
    done = subprocess.run(["git", "-C", root, *words], capture_output=True, check=False)
    if done.returncode:
        why = done.stderr.decode(errors="replace").strip()
        raise NotReleasedError(f"git {words[0]}说：{why}。没有标签的，先git tag -a v版本，再做一次")
    return done.stdout


def _called_otherwise(source: Path, version: str) -> Iterator[str]:
    """Each place that says another version, or none: the library, what is cited, what changed."""
    library = (source / "balancelib" / "__init__.py").read_text(encoding="utf-8")
    if f'__version__ = "{version}"' not in library:
        yield "balancelib/__init__.py的__version__"
    cited = yaml.safe_load((source / "CITATION.cff").read_text(encoding="utf-8"))
    if cited.get("version") != version:
        yield "CITATION.cff的version"
    heading = f"## {version}（{cited.get('date-released')}）"
    if heading not in (source / "CHANGELOG.md").read_text(encoding="utf-8").splitlines():
        yield f"CHANGELOG.md要有一行“{heading}”，日子与CITATION.cff的date-released相同"


def _manifest(source: Path, version: str, commit: str) -> bytes:
    files = {
        path.relative_to(source).as_posix(): path.read_bytes() for path in source.rglob("*") if path.is_file()
    }
    told: dict[str, Any] = {
        "name": "balancelib",
        "version": version,
        "commit": commit,
        "standards": {
            name: msgspec.toml.decode(content)["version"]
            for name, content in sorted(files.items())
            if STANDARDS.fullmatch(name)
        },
        "files": {
            name: {"size": len(content), "sha256": sha256(content)} for name, content in sorted(files.items())
        },
    }
    return msgspec.json.format(msgspec.json.encode(told), indent=1) + b"\n"


if __name__ == "__main__":
    sys.exit(guarded(main))
