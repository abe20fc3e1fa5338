"""What we write is whole or absent: a process that is killed in the middle leaves the old file, or the new one, whole."""

import os
import shutil
import signal
import subprocess
import sys
import time

import pytest
from conftest import ROOT

SAMPLE = ROOT / "data" / "county"
OLD = b"what was there before"
# Runs the command and kills its own process (SIGKILL) at the n-th call of a function; "write": the system kills it within a write.
KILLED = """
import os, pathlib, resource, signal, sys
from balancelib.cli import main
where, nth, *arguments = sys.argv[1:]
if where == "write":
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
else:
    owner = {"fsync": os, "replace": pathlib.Path}[where]
    real, calls = getattr(owner, where), 0
    def killing(*given, **named):
        global calls
        calls += 1
        if calls == int(nth):
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*given, **named)
    setattr(owner, where, killing)
sys.exit(main(arguments))
"""
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT)}


def killed(where, nth, *arguments):
    """Run a command that is killed, and see that it was."""
    done = subprocess.run(
        [sys.executable, "-c", KILLED, where, str(nth), *map(str, arguments)],
        capture_output=True, check=False, env=ENVIRONMENT,
    )  # fmt: skip
    assert done.returncode == -(signal.SIGXFSZ if where == "write" else signal.SIGKILL), done.stderr.decode()


def visible(folder):
    """The files of a folder by name, without what a killed process left hidden."""
    return {file.name: file.read_bytes() for file in folder.iterdir() if not file.name.startswith(".")}


WRITERS = {
    "result.json": ("assess", SAMPLE, "--json"),
    "faults.json": ("check", SAMPLE, "--json"),
    "report.html": ("report", SAMPLE, "--out"),
    "problems.xlsx": ("check", SAMPLE, "--out"),
}


@pytest.mark.parametrize("where", ["write", "replace"])
@pytest.mark.parametrize("name", WRITERS)
def test_the_old_file_stays(tmp_path, name, where):
    if (name, where) == ("faults.json", "write"):
        pytest.skip("an empty list of faults is too short to be cut")
    target = tmp_path / name
    target.write_bytes(OLD)
    killed(where, 1, *WRITERS[name], target)
    assert visible(tmp_path) == {name: OLD}


def test_a_folder_of_documents_stays_as_it_was(tmp_path, samples):
    folder = tmp_path / "handed"
    folder.mkdir()
    (folder / "自评报告.docx").write_bytes(OLD)
    killed("replace", 1, "report", samples[0], "--out", folder)
    assert visible(folder) == {"自评报告.docx": OLD}


@pytest.mark.parametrize("where", ["write", "replace"])
def test_no_half_template(tmp_path, where):
    killed(where, 1, "template", tmp_path / "county.xlsx")
    assert visible(tmp_path) == {}


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    """Two folders of one synthetic county each."""
    folders = [tmp_path_factory.mktemp("samples") / str(seed) for seed in (7, 8)]
    for folder in folders:
        subprocess.run(
            [sys.executable, "-m", "balancelib", "sample", "--seed", folder.name, "--schools", "20", "--out", folder],
            check=True, capture_output=True, env=ENVIRONMENT,
        )  # fmt: skip
    return folders


def test_a_new_sample_is_absent_until_it_is_whole(tmp_path):
    killed("fsync", 2, "sample", "--schools", "20", "--out", tmp_path / "new")
    assert visible(tmp_path / "new") == {}


@pytest.mark.parametrize("share", [0.1, 0.55, 1.0])
def test_each_file_of_a_sample_is_the_old_one_or_the_new_one(tmp_path, samples, share):
    """While the files are made (the first half of the moves) all stay old; while they move each is one or the other."""
    old, new = map(visible, samples)
    folder = shutil.copytree(samples[0], tmp_path / "county")
    killed(
        "replace", max(1, int(share * 2 * len(new))), "sample", "--seed", 8, "--schools", 20, "--out", folder
    )
    found = visible(folder)
    assert set(found) == set(old) == set(new)
    for name, content in found.items():
        assert content == old[name] or (share > 0.5 and content == new[name]), name
    if share > 0.6:
        assert found != old


POOL = """
import os, time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from balancelib.course.workers import begin

with ProcessPoolExecutor(1, get_context("forkserver"), begin) as pool:
    print(pool.submit(os.getpid).result(), flush=True)
    time.sleep(600)
"""


def test_who_works_for_a_process_that_is_killed_ends_too():
    """What it has printed to is closed only when all have ended that could print there."""
    with subprocess.Popen([sys.executable, "-c", POOL], env=ENVIRONMENT, stdout=subprocess.PIPE) as process:
        worker = int(process.stdout.readline())
        process.kill()
        try:
            process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            os.kill(worker, signal.SIGKILL)
            raise


def test_killed_from_outside_whenever_a_file_is_being_written(tmp_path, samples):
    """At the moment that a temporary file appears, as soon as another process can see it."""
    target = tmp_path / "report.html"
    target.write_bytes(OLD)
    process = subprocess.Popen(
        [sys.executable, "-m", "balancelib", "report", str(samples[0]), "--out", str(target)],
        env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    while process.poll() is None and len(list(tmp_path.iterdir())) == 1:
        time.sleep(0.0005)
    process.kill()
    process.wait()
    found = visible(tmp_path)["report.html"]
    assert found == OLD or (found.startswith(b"<!") and found.rstrip().endswith(b"</html>"))
