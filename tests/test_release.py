"""A release: really made of a tag in a repository of its own, checked as who gets it would check it, and made anew with the same bytes."""

import gzip
import hashlib
import json
import shutil
import subprocess
import tarfile
from io import BytesIO

import pytest
import yaml
from conftest import ROOT

from balancelib import __version__
from balancelib.course.release import MANIFEST, SUMS, NotReleasedError, build
from balancelib.standards import bundled, load_standard

NAME = f"balancelib-{__version__}"
PARTS = ["balancelib", "pyproject.toml", "README.md", "LICENSE", "CITATION.cff", "CHANGELOG.md"]
MADE = sorted([MANIFEST, SUMS, f"{NAME}.tar.gz", f"{NAME}-py3-none-any.whl"])


def git(folder, *words):
    who = [
        "-c",
        "user.name=Tester",
        "-c",
        "user.email=tester@example.invalid",
        "-c",
        "commit.gpgsign=false",
        "-c",
        "tag.gpgsign=false",
    ]
    subprocess.run(["git", "-C", folder, *who, *words], check=True, capture_output=True)


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """A repository with what makes a wheel, tagged; in its work tree something that is not in the tag."""
    folder = tmp_path_factory.mktemp("repository")
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(
            ROOT / part,
            folder / part,
            **({"ignore": shutil.ignore_patterns("__pycache__")} if copy is shutil.copytree else {}),
        )
    git(folder, "init", "-q")
    git(folder, "add", "--all")
    git(folder, "commit", "-q", "-m", "All")
    git(folder, "tag", "-a", f"v{__version__}", "-m", "First")
    (folder / "balancelib" / "not_committed.py").write_text("")
    return folder


@pytest.fixture(scope="module")
def released(repository, tmp_path_factory):
    folder = tmp_path_factory.mktemp("release")
    return {path.name: path.read_bytes() for path in build(repository, __version__, folder)}, folder


def test_all_is_there_and_the_checksums_hold(released):
    files, folder = released
    assert sorted(files) == MADE
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", SUMS], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(": OK") == len(MADE) - 1


def test_the_manifest_is_of_each_file_in_the_archive(released, repository):
    files, _ = released
    told = json.loads(files[MANIFEST])
    with tarfile.open(fileobj=BytesIO(gzip.decompress(files[f"{NAME}.tar.gz"]))) as archive:
        held = {
            m.name.removeprefix(f"{NAME}/"): archive.extractfile(m).read()
            for m in archive.getmembers()
            if m.isfile()
        }
    assert told["files"] == {
        n: {"size": len(c), "sha256": hashlib.sha256(c).hexdigest()} for n, c in sorted(held.items())
    }
    assert {"balancelib/cli/main.py", "CHANGELOG.md"} <= set(held)
    assert "balancelib/not_committed.py" not in held
    head = subprocess.run(
        ["git", "-C", repository, "rev-parse", "HEAD"], capture_output=True, text=True, check=True
    )
    assert (told["version"], told["commit"]) == (__version__, head.stdout.strip())
    assert told["standards"] == {
        f"balancelib/standards/{name}.toml": load_standard(name).version for name in bundled()
    }


def test_the_same_tag_makes_the_same_bytes(released, repository, tmp_path):
    assert {path.name: path.read_bytes() for path in build(repository, __version__, tmp_path)} == released[0]


def test_no_tag_no_release(repository, tmp_path):
    with pytest.raises(NotReleasedError, match="git tag"):
        build(repository, "9.9.9", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_tag_that_says_another_version_is_refused(repository, tmp_path):
    git(repository, "tag", "-f", "v7.0.0")
    with pytest.raises(NotReleasedError, match=r"__version__.*CITATION\.cff.*CHANGELOG\.md"):
        build(repository, "7.0.0", tmp_path)
    assert list(tmp_path.iterdir()) == []


# What a release takes from the project as it stands


def test_version_is_said_alike_everywhere():
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert cited["version"] == __version__
    changed = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    sections = [line for line in changed.splitlines() if line.startswith("## ")]
    assert sections[0] == f"## {__version__}（{cited['date-released']}）"
    assert "\nversion" not in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_citation_holds_what_its_format_asks():
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= set(cited)
    assert cited["license"] == "MIT"
