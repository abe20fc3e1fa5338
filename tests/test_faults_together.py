"""Two runs at once on the same outputs, and names: what other systems cannot bear, and what is as long as names may be."""

import errno
import multiprocessing
import os
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest
from command import within
from conftest import ROOT
from faulty import not_on_windows
from sphinx.errors import ExtensionError

from balancelib.county import whole
from balancelib.county.whole import all_or_none, whole_or_absent
from balancelib.course import execution
from balancelib.text import to_do, why

RUNS, ROUNDS = 2, 25
FILES = 12
LONGEST = 255  # bytes of a name on Linux


def both(run, *arguments):
    """Run a function in two processes that begin each round together; return what each of them came to, round by round."""
    context = multiprocessing.get_context("fork")
    barrier, told = context.Barrier(RUNS), context.Queue()

    def rounds(number):
        for n in range(ROUNDS):
            barrier.wait(60)
            told.put((n, number, run(number, n, *arguments)))

    processes = [context.Process(target=rounds, args=(number,)) for number in range(RUNS)]
    for process in processes:
        process.start()
    found = sorted(told.get(timeout=60) for _ in range(RUNS * ROUNDS))
    for process in processes:
        process.join()
    return [{number: result for n, number, result in found if n == k} for k in range(ROUNDS)]


def write_new(number, n, folder):
    try:
        with whole_or_absent(folder / f"{n}.txt", fresh=True) as temporary:
            temporary.write_text(str(number))
    except FileExistsError:
        return False
    return True


@pytest.mark.parametrize("links", [True, False], ids=["links", "no links"])
def test_of_two_that_may_not_replace_one_wins(tmp_path, monkeypatch, links):
    if not links:  # as on a stick with FAT: then only the check before the move is left
        monkeypatch.setattr(whole.Path, "hardlink_to", lambda *_: (_ for _ in ()).throw(PermissionError()))
    for n, won in enumerate(both(write_new, tmp_path)):
        assert sum(won.values()) == 1 or not links
        assert (tmp_path / f"{n}.txt").read_text() in {str(number) for number, own in won.items() if own}
    assert len(list(tmp_path.iterdir())) == ROUNDS


def write_folder(number, n, folder, fresh):
    try:
        with all_or_none(folder / str(n), fresh) as new:
            for k in range(FILES):
                (new / f"{k}.txt").write_text(str(number))
            (new / "record.json").write_text(str(number))
    except FileExistsError:
        return False
    return True


@pytest.mark.parametrize("fresh", ["", "*.json"], ids=["replaced", "with a record"])
def test_the_files_of_two_runs_do_not_mix(tmp_path, fresh):
    """All files are of one run; with a record, which is never replaced, the other run is told."""
    for n, won in enumerate(both(write_folder, tmp_path, fresh)):
        folder = tmp_path / str(n)
        assert len(list(folder.iterdir())) == FILES + 1
        (writer,) = {file.read_text() for file in folder.iterdir()}
        assert sum(won.values()) == (1 if fresh else RUNS)
        assert won[int(writer)]


def begin_build(number, n, folder):
    book = SimpleNamespace(srcdir=folder / str(n))
    try:
        execution.key_cache(book, SimpleNamespace())
    except OSError as error:
        return str(error)
    return "begun"


def test_of_two_builds_both_take_the_cache_of_older_sources_away(tmp_path, monkeypatch):
    monkeypatch.setattr(execution, "digest", lambda _: "new")
    for n in range(ROUNDS):
        for k in range(FILES):
            old = tmp_path / str(n) / "_build" / ".jupyter_cache" / "old" / str(k)
            old.mkdir(parents=True)
            (old / "base.ipynb").touch()
    for told in both(begin_build, tmp_path):
        assert set(told.values()) == {"begun"}
    assert not list(tmp_path.glob("*/_build/.jupyter_cache/old"))


def test_a_book_that_cannot_be_built_there_is_refused_before_anything_is_run(tmp_path):
    (tmp_path / "_build").touch()
    with pytest.raises(ExtensionError, match=r"写不进.*_build.*：路径里有一段不是文件夹。请换一个名字"):
        begin_build(1, "", tmp_path)


def test_a_failure_leaves_a_new_folder_to_the_other_run(tmp_path):
    with pytest.raises(ZeroDivisionError), all_or_none(tmp_path / "new") as _:
        (tmp_path / "new" / "of another run.txt").write_text("")
        raise ZeroDivisionError
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["of another run.txt"]


def test_a_name_as_long_as_names_may_be(tmp_path):
    stem = "县" * ((LONGEST - len(".xlsx")) // len("县".encode()))
    assert within("template", f"{stem}.xlsx", folder=tmp_path).returncode == 0
    assert [file.name for file in tmp_path.iterdir()] == [f"{stem}.xlsx"]
    said = within("template", f"{stem}县.xlsx", folder=tmp_path)
    assert (said.returncode, said.stderr.partition("：")[2]) == (2, "名字太长。请把名字改短\n")


def test_a_folder_that_was_deleted_under_us(tmp_path):
    gone = tmp_path / "gone"
    gone.mkdir()
    before = Path.cwd()
    os.chdir(gone)
    gone.rmdir()
    try:
        with pytest.raises(FileNotFoundError), whole_or_absent(Path("t.txt")):
            pass
    finally:
        os.chdir(before)


def tracked():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [name for name in listed.decode().split("\0") if name]


class OnWindowsError(OSError):
    """As Windows reports: Python's number, and its own. No Windows was at hand."""

    def __init__(self, number, own):
        super().__init__(number, "")
        self.winerror = own


@pytest.mark.parametrize(
    ("number", "own", "said"),
    [
        (errno.EACCES, 32, "正在被别的程序使用。请关闭正在使用它的程序，检查权限"),
        (errno.EACCES, 5, "没有权限。请关闭正在使用它的程序，检查权限，或者换一个能写的文件夹"),
        (errno.EINVAL, 123, "系统不许这样的名字。请换一个名字"),
        (errno.ENOENT, 206, "名字太长。请把名字改短"),
        (errno.ENOSPC, 112, "磁盘满了。请腾出地方，或者写到别的磁盘"),
    ],
)
def test_what_windows_refuses_is_said(number, own, said):
    error = OnWindowsError(number, own)
    assert f"{why(error)}。{to_do(error)}" == said


def test_windows_can_hold_the_project():
    names = tracked()
    assert len(names) > 500
    assert [fault for name in names for fault in not_on_windows(name)] == []
    assert len({name.lower() for name in names}) == len(names)  # to it A and a are one


@pytest.mark.parametrize(
    "name", ["a/con.txt", "a/aux", "b.", "b ", "a:b", "x" * 200, "NUL.tar.gz", "a/b?c", "a\\b"]
)
def test_what_windows_cannot_hold_is_seen(name):
    assert list(not_on_windows(name))
