"""The kit for Windows: really packed from the locks, then looked into; what only Windows can show is not tried here."""

import hashlib
import re
import subprocess
import sys
import zipfile

import pytest
from closed import package_index
from conftest import ROOT
from packaging.tags import compatible_tags, cpython_tags
from packaging.utils import canonicalize_name, parse_wheel_filename

from balancelib import __version__
from balancelib.course import kit
from balancelib.course.archive import LONG_AGO

START, README = "start.bat", "读我.txt"
LOCK = kit.LOCK.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    """The kit, unpacked."""
    with package_index():
        path = kit.build(tmp_path_factory.mktemp("kit"))
    folder = tmp_path_factory.mktemp("unpacked 县 (1)")
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
    return folder / kit.NAME


@pytest.fixture(scope="module")
def start(packed):
    return (packed / START).read_bytes().decode("ascii")


def windows_tags(version):
    """Tags of the wheels that a Python for 64-bit Windows can install."""
    python = tuple(map(int, version.split(".")))
    interpreter = f"cp{python[0]}{python[1]}"
    platforms = ["win_amd64"]
    return {*cpython_tags(python, platforms=platforms), *compatible_tags(python, interpreter, platforms)}


def files_of(line):
    return set(re.findall(r"sha256:([0-9a-f]{64})", line))


# What is installed


def test_every_wheel_is_the_locked_one_and_fits_windows(packed):
    lines = (packed / "wheels" / "requirements-3.12.txt").read_text(encoding="ascii").splitlines()
    wanted = {canonicalize_name(line.partition("==")[0]): files_of(line) for line in lines}
    tags = windows_tags("3.12")
    found = set()
    for wheel in (packed / "wheels").glob("*.whl"):
        name, _, _, wheel_tags = parse_wheel_filename(wheel.name)
        assert tags & wheel_tags, wheel.name
        if name != "pip":
            assert hashlib.sha256(wheel.read_bytes()).hexdigest() in wanted[name], wheel.name
            found.add(name)
    assert found == set(wanted)
    assert {"balancelib", "jupyterlab", "ipywidgets", "pandas", "colorama", "pywinpty"} <= found
    assert not found & {"pexpect", "ptyprocess", "appnope"}  # of the other systems
    others = sorted(path.name for path in (packed / "wheels").iterdir() if path.suffix != ".whl")
    assert others == ["requirements-3.12.txt"]


@pytest.mark.parametrize("version", [v for v in kit.VERSIONS if v != "3.12"])
def test_the_lock_has_a_wheel_for_windows_with_each_python(version, tmp_path):
    """pip itself finds them, by the lock's hashes, and downloads nothing but what it needs to know."""
    file = tmp_path / "requirements.txt"
    file.write_text("\n".join(kit.for_windows(LOCK, version)), encoding="ascii")
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--dry-run",
        "--quiet",
        "--target",
        tmp_path / "none",
        "--require-hashes",
    ]
    command += [
        "--only-binary=:all:",
        "--platform=win_amd64",
        f"--python-version={version}",
        "--implementation=cp",
    ]
    command += ["--no-deps", "--requirement", file]
    with package_index():
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "none").exists()


def test_conditions_are_judged_for_windows():
    lock = (
        "a==1 ; sys_platform == 'win32' \\\n    --hash=sha256:aa\n    # via x\nb==2 ; sys_platform != 'win32' \\\n"
        "    --hash=sha256:bb\nc==3 ; python_full_version < '3.12' \\\n    --hash=sha256:cc \\\n    --hash=sha256:dd\n"
    )
    assert kit.for_windows(lock, "3.11") == [
        "a==1 --hash=sha256:aa",
        "c==3 --hash=sha256:cc --hash=sha256:dd",
    ]
    assert kit.for_windows(lock, "3.12") == ["a==1 --hash=sha256:aa"]


def test_the_library_in_it_is_this_one(packed):
    (wheel,) = (packed / "wheels").glob("balancelib-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        for name in (
            "balancelib/cli/judge.py",
            "balancelib/report/report.css",
            "balancelib/standards/quality-2017.toml",
        ):
            assert archive.read(name) == (ROOT / name).read_bytes()


def test_it_brings_python_that_looks_where_it_is_told(packed):
    assert (packed / "python" / "python.exe").read_bytes()[:2] == b"MZ"
    assert (packed / "python" / "python312.dll").is_file()
    assert (packed / "python" / "LICENSE.txt").is_file()
    assert list((packed / "python").glob("*._pth")) == []


# What starts it


def test_start_script_and_what_it_says_are_read_by_chinese_windows(packed, start):
    raw = (packed / START).read_bytes()
    assert raw.isascii()  # cmd loses its place in a script with Chinese
    assert raw.count(b"\n") == raw.count(b"\r\n") > 50
    assert "chcp 936" in start
    said = {path.name: path.read_bytes() for path in (packed / "messages").iterdir()}
    assert "正在安装" in said["installing.txt"].decode("gb2312")
    assert all(text.count(b"\n") == text.count(b"\r\n") for text in said.values())
    assert set(re.findall(r'type "messages\\(.+?)"', start)) == set(said)


def test_start_script_refers_to_what_is_there(packed, start):
    assert "{" not in start
    named = re.findall(r'"(wheels\\[^"%]+\.whl)', start) + re.findall(r'"(python\\[^"]+)"', start)
    assert len(named) >= 2
    for name in named:
        assert (packed / name.replace("\\", "/")).exists(), name
    version = re.search(r'set "VERSION=(.+)"', start)[1]
    assert (packed / "wheels" / f"requirements-{version}.txt").is_file()
    page = re.search(r"default_url=/lab/tree/(\S+)", start)[1]
    assert (packed / page).is_file()
    assert (packed / "config" / "labconfig" / "default_setting_overrides.json").is_file()
    labels = set(re.findall(r"^:(\w+)", start, re.MULTILINE))
    assert set(re.findall(r"(?:goto|call) :?(\w+)", start)) <= labels


def test_start_script_stays_off_the_network_and_needs_no_rights(start):
    assert "--no-index" in start
    assert "--require-hashes" in start
    assert not re.search(r"https?://|setx|reg add|runas", start, re.IGNORECASE)


def test_paths_with_blanks_and_brackets_are_quoted(start):
    """An unquoted ``)`` in a path would end a block: there are no blocks, and what may hold a path stands in quotes."""
    for line in start.splitlines():
        if not line.startswith(("echo", "rem", "for")):
            assert not re.search(r"\(\s*$", line), line
        bare = re.sub(r'"[^"]*"', "", line)
        assert not re.search(r"%(PY|LIB|PLACE|~dp0|LOCALAPPDATA)", bare), line


# What else is in it


def test_readme_opens_right_in_notepad(packed):
    raw = (packed / README).read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.count(b"\n") == raw.count(b"\r\n")
    text = raw.decode("utf-8-sig")
    assert "{" not in text
    assert "双击start.bat" in text
    assert re.search(r"balancelib-kit-([0-9a-f]{8})", text)[1] in (packed / START).read_bytes().decode(
        "gb2312"
    )


def test_notebooks_and_data_are_in_it_and_nothing_hidden(packed):
    """And the quizzes beside their lessons; no solutions, for the kit is the trainees'."""
    for path in [*(ROOT / "notebooks").rglob("*.ipynb"), *(ROOT / "notebooks").rglob("*.quiz.toml")]:
        if ".ipynb_checkpoints" not in path.parts and path.stem != "solutions":
            assert (packed / path.relative_to(ROOT)).read_bytes() == path.read_bytes()
    assert list(packed.rglob("solutions*")) == []
    assert (packed / "data" / "template.xlsx").is_file()
    assert [path for path in packed.rglob(".*") if "site" not in path.parts] == []


def test_the_book_is_in_it(packed, site):
    assert (packed / "site" / "index.html").read_bytes() == (site / "index.html").read_bytes()


def test_the_same_files_make_the_same_kit(packed, tmp_path):
    kits = [kit.pack(packed, tmp_path / str(i) / "kit.zip").read_bytes() for i in range(2)]
    assert kits[0] == kits[1]
    with zipfile.ZipFile(tmp_path / "0" / "kit.zip") as archive:
        assert {member.date_time for member in archive.infolist()} == {LONG_AGO}
        assert archive.namelist() == sorted(archive.namelist())
        assert all(name.startswith(f"balancelib-kit-{__version__}-windows/") for name in archive.namelist())


# Another Python, or none


def embeddable(path, *names):
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, b"MZ")
    return path


def test_a_python_that_is_given_is_used(tmp_path):
    given = embeddable(
        tmp_path / "python-3.13.9-embed-amd64.zip",
        "python.exe",
        "python3.dll",
        "python313.dll",
        "python313._pth",
    )
    version, about = kit.lay_python(tmp_path / "python", str(given))
    assert (version, given.name in about) == ("3.13", True)
    assert sorted(p.name for p in (tmp_path / "python").iterdir()) == [
        "python.exe",
        "python3.dll",
        "python313.dll",
    ]


@pytest.mark.parametrize("names", [("setup.py",), ("python.exe", "python39.dll")])
def test_another_file_is_refused(tmp_path, names):
    given = embeddable(tmp_path / "other.zip", *names)
    with pytest.raises(SystemExit, match=r"other\.zip"):
        kit.lay_python(tmp_path / "python", str(given))


@pytest.mark.parametrize("content", [None, b"not a zip"])
def test_what_is_no_archive_is_refused(tmp_path, content):
    given = tmp_path / "python.exe"
    if content:
        given.write_bytes(content)
    with pytest.raises(SystemExit, match=r"python\.exe：读不出来，或者不是\.zip"):
        kit.lay_python(tmp_path / "python", str(given))


def test_without_python_there_is_none(tmp_path):
    assert kit.lay_python(tmp_path / "python", "none") == ("", kit.NO_PYTHON)
    assert not (tmp_path / "python").exists()
