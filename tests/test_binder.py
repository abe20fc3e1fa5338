"""Launching on Binder: the environment's branch, the addresses, and a notebook run in JupyterLab as there."""

import inspect
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import nbformat
import pytest
import yaml
from accessible import violations
from bs4 import BeautifulSoup
from closed import package_index
from conftest import NEEDS_BROWSER, ROOT, SIZES, Visit
from test_book import SmallBook
from test_every_page import SMALL_CONTROLS

from balancelib.course.example import five_schools
from balancelib.course.launch import ENVIRONMENT, FOLDER, binder_address
from balancelib.figures import explore_cv

SETTINGS = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
HUB, BRANCH = SETTINGS["launch_buttons"]["binderhub_url"], SETTINGS["repository"]["branch"]
NOTEBOOKS = [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "notebooks").glob("*/*.ipynb"))]
LIVE = "notebooks/policy/five_schools.ipynb"
READS_DATA = "notebooks/policy/self_assessment.ipynb"
SHOWN = ".jp-NotebookPanel:not(.lm-mod-hidden)"  # the notebook whose tab is in front
# Refuses JupyterLab and its kernels, which are Python, every way out of this machine, and notes who asked for it.
CLOSED = """
import socket, sys
here = {None, "", "localhost", socket.gethostname()}
def refuse(event, arguments):
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        name = arguments[1][0]
    elif event == "socket.getaddrinfo":
        name = arguments[0]
    else:
        return
    name = name.decode() if isinstance(name, bytes) else name
    if name not in here and not name.startswith(("127.", "::1", "0.0.0.0")):
        print("asked outside:", name, file=open(__file__ + ".log", "a"))
        raise PermissionError(name)
sys.addaudithook(refuse)
"""


# The branch of the environment


@pytest.fixture
def clone(tmp_path):
    """A repository of the files as they are now, beside the one it is published to."""
    if not shutil.which("make"):
        pytest.skip("no make: the environment's branch was not made")
    clone, origin = tmp_path / "clone", tmp_path / "origin"
    left_out = shutil.ignore_patterns(".git", ".venv", "_build", "__pycache__", ".*_cache")
    shutil.copytree(ROOT, clone, ignore=left_out)
    git(tmp_path, "init", "--bare", "-b", BRANCH, origin)
    git(clone, "init", "-b", BRANCH)
    git(clone, "remote", "add", "origin", origin.as_uri())
    publish(clone)
    return clone


def git(folder, *words):
    return run("git", "-c", "user.name=a", "-c", "user.email=a@b", *words, cwd=folder)


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def publish(clone):
    """Commit and push all, and have the branch of the environment made, by nobody in particular."""
    git(clone, "add", ".")
    git(clone, "commit", "-m", "change")
    git(clone, "push", "origin", BRANCH)
    run("make", "environment", cwd=clone, env=os.environ | {"GIT_CONFIG_GLOBAL": os.devnull})


def environment_of(clone):
    return git(clone, "ls-remote", "origin", ENVIRONMENT).split()[0]


def test_environment_holds_what_binder_needs_and_nothing_else(clone):
    git(clone, "fetch", "origin", ENVIRONMENT)
    assert git(clone, "ls-tree", "-r", "--format=%(objectmode) %(path)", "FETCH_HEAD").splitlines() == [
        "100644 labconfig/default_setting_overrides.json",
        "100644 requirements.txt",
        "100644 runtime.txt",
        "100755 start",
    ]


def test_only_a_change_of_the_environment_gives_binder_a_new_image(clone):
    before = environment_of(clone)
    (clone / "book" / "policy.md").write_text("# 改过的一章\n", encoding="utf-8")
    publish(clone)
    assert environment_of(clone) == before
    (clone / "binder" / "runtime.txt").write_text("python-3.12\n", encoding="utf-8")
    publish(clone)
    assert environment_of(clone) != before


def packages(lock):
    return set(re.findall(r"^([a-z0-9-]+)==", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE))


def test_environment_has_no_tools_of_the_book_or_the_tests():
    assert packages("binder/requirements.txt") - packages("requirements.txt") == {"nbgitpuller"}
    tools = {"jupyter-book", "sphinx", "myst-nb", "playwright", "pytest", "nbval", "mini-racer"}
    assert tools <= packages("requirements.txt") | packages("requirements-test.txt")
    assert not tools & packages("binder/requirements.txt")


# The addresses


def fetched(address):
    """What nbgitpuller is asked for, once BinderHub has read the address."""
    inner = parse_qs(urlsplit(address).query, strict_parsing=True)["urlpath"][0]
    assert inner.startswith("git-pull?")
    return inner, parse_qs(urlsplit(inner).query, strict_parsing=True)


@pytest.mark.parametrize(
    ("repository", "place"),
    [
        ("https://github.com/a/b", "gh/a/b"),
        ("https://github.com/a/b.git", "gh/a/b"),
        ("https://gitlab.com/a/b", "gl/a%2Fb"),
        ("https://gitee.com/a/b", "git/https%3A%2F%2Fgitee.com%2Fa%2Fb"),
    ],
)
def test_address_names_the_environment_and_what_to_fetch(repository, place):
    address = binder_address(HUB, repository, "试&行", "课/一 二.ipynb")
    assert address.partition("?")[0] == f"https://mybinder.org/v2/{place}/{ENVIRONMENT}"
    assert fetched(address)[1] == {
        "repo": [repository],
        "branch": ["试&行"],
        "targetpath": [FOLDER],
        "urlpath": [f"lab/tree/{FOLDER}/课/一 二.ipynb"],
    }


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_address_opens_a_notebook_that_is_fetched(notebook):
    path = fetched(binder_address(HUB, "https://github.com/a/b", BRANCH, notebook))[1]["urlpath"][0]
    assert (ROOT / path.removeprefix(f"lab/tree/{FOLDER}/")).is_file()
    assert f"$REPO_DIR/{FOLDER}" in (ROOT / "binder" / "start").read_text()


# The notebook as a file


def test_each_notebook_and_nothing_else_is_offered_on_its_page(site, page):
    soup = BeautifulSoup((site / f"{page}.html").read_text(encoding="utf-8"), "html.parser")
    offered = [(site / page).parent / a["href"] for a in soup.select(".page-buttons a[download]")]
    notebook = ROOT / f"{page}.ipynb"
    assert [path.read_bytes() for path in offered] == ([notebook.read_bytes()] if notebook.exists() else [])


@pytest.mark.browser
@NEEDS_BROWSER[1]
@pytest.mark.parametrize("served", [False, True])
def test_notebook_is_saved(browser, site, served):
    """Also from a stick, where a browser would show its text instead."""
    handler = partial(SimpleHTTPRequestHandler, directory=site)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server, closing(browser.new_page()) as page:
        Thread(target=server.serve_forever, daemon=True).start()
        root = f"http://127.0.0.1:{server.server_port}" if served else site.as_uri()
        page.goto(f"{root}/{LIVE.replace('.ipynb', '.html')}")
        with page.expect_download(timeout=10_000) as saved:
            page.get_by_role("link", name="下载笔记本").click()
        server.shutdown()
        assert saved.value.suggested_filename == Path(LIVE).name
        assert Path(saved.value.path()).read_bytes() == (ROOT / LIVE).read_bytes()


@pytest.mark.browser
@NEEDS_BROWSER[1]
def test_all_buttons_fit_a_telephone(browser, tmp_path):
    """With an address there are more of them."""
    book = SmallBook(tmp_path)
    book.settings(lambda settings: settings["repository"].update(url="https://github.com/a/b"))
    status, output = book.build()
    assert status == 0, output
    opened = Visit(browser, tmp_path / "_build" / "html" / "lesson.html", "phone", "light")
    with closing(opened.context):
        names = [opened.page.get_by_role("link", name=name) for name in ("在Binder上运行", "下载笔记本")]
        assert [name.count() for name in names] == [1, 1]
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= SIZES["phone"][0]
        assert opened.page.evaluate(SMALL_CONTROLS) == []
        assert violations(opened.page) == {}


# A notebook in JupyterLab, in an environment of just those files


@contextmanager
def jupyterlab(home, environment, folder):
    """JupyterLab as Binder starts it: the image's folder, its start script, its packages; and no way out."""
    runtime, closed = folder / "runtime", folder / "closed"
    closed.mkdir()
    (closed / "sitecustomize.py").write_text(CLOSED)
    variables = {
        "PATH": os.pathsep.join([str(environment / "bin"), os.defpath]),
        "HOME": str(folder),
        "REPO_DIR": str(home),
        "JUPYTER_RUNTIME_DIR": str(runtime),
        "PYTHONPATH": str(closed),
        "LANG": "en_US.UTF-8",
    }
    command = ["jupyter", "lab", "--allow-root", "--no-browser", "--ip=127.0.0.1", "--port=0"]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [home / "start", *command],
            cwd=home,
            env=variables,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield answering(server, runtime, folder / "log")
    finally:
        server.terminate()
        try:
            server.wait(20)
        finally:
            if server.poll() is None:
                os.killpg(server.pid, signal.SIGKILL)
    asked = closed / "sitecustomize.py.log"
    assert not asked.exists(), asked.read_text()


def answering(server, runtime, log):
    """Address and token of the server, once it has them."""
    wait(lambda: server.poll() is not None or list(runtime.glob("jpserver-*.json")))
    assert server.poll() is None, log.read_text()
    told = json.loads(next(runtime.glob("jpserver-*.json")).read_text())
    return told["url"], told["token"]


@pytest.mark.browser
@NEEDS_BROWSER[1]
def test_notebooks_run_in_the_environment(clone, browser, tmp_path):
    """The environment is made of its branch alone, and the notebooks arrive as the launch address says."""
    home, environment, origin = tmp_path / "home", tmp_path / "environment", (tmp_path / "origin").as_uri()
    for notebook in (READS_DATA, LIVE):
        forget_outputs(clone / notebook)
    publish(clone)
    git(tmp_path, "clone", "--branch", ENVIRONMENT, origin, home)
    run(sys.executable, "-m", "venv", environment)
    install = ("install", "--no-compile", "--require-hashes")  # Python compiles the few files that are used
    with package_index():
        run(environment / "bin" / "pip", *install, "-r", home / "requirements.txt")
    outside = []
    context = browser.new_context(viewport=dict(zip(("width", "height"), SIZES["desktop"], strict=True)))
    with jupyterlab(home, environment, tmp_path) as (url, token):
        here = (url, url.replace("http", "ws"), "data:", "blob:")
        context.on("request", lambda r: r.url.startswith(here) or outside.append(r.url))
        page = context.new_page()
        for notebook in (READS_DATA, LIVE):
            address = fetched(binder_address(HUB, origin, BRANCH, notebook))[0]
            page.goto(f"{url}{address}&token={token}")
            page.wait_for_selector(
                f"{SHOWN} .jp-Notebook-ExecutionIndicator[data-status=idle]", timeout=60_000
            )
            wait(lambda name=notebook: has_kernel(page, f"{url}api/sessions?token={token}", name))
            run_all(page, home / FOLDER / notebook)
        move_slider(page)
        context.close()
    assert outside == []
    assert git(home / FOLDER, "rev-parse", f"origin/{BRANCH}") == git(clone, "rev-parse", "HEAD")


def forget_outputs(notebook):
    content = nbformat.read(notebook, as_version=4)
    for cell in code_cells(content):
        cell.update(outputs=[], execution_count=None)
    nbformat.write(content, notebook)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def has_kernel(page, sessions, notebook):
    """Whether JupyterLab and the notebook's kernel have found each other: before, running a cell does nothing."""
    kernels = {one["path"]: one["kernel"] for one in page.request.get(sessions).json()}
    kernel = kernels.get(f"{FOLDER}/{notebook}")
    return kernel and kernel["connections"] and kernel["execution_state"] == "idle"


def run_all(page, notebook):
    """Run all cells of the notebook just opened; the first that fails stops the rest."""
    page.wait_for_selector(f"{SHOWN} .jp-MarkdownCell aside", timeout=60_000)  # the book's marks are drawn
    page.get_by_role("menuitem", name="运行", exact=True).click()
    page.locator(".lm-Menu-item[data-command='runmenu:run-all']").click()
    code = len(code_cells(nbformat.read(notebook, as_version=4)))
    prompts = page.locator(f"{SHOWN} .jp-InputArea-prompt")
    failed = page.locator(
        f"{SHOWN} :is([data-mime-type$='jupyter.error'], [data-mime-type$='jupyter.stderr'])"
    )
    wait(lambda: failed.count() or f"[{code}]:" in prompts.all_inner_texts())
    assert failed.all_inner_texts() == []


def move_slider(page):
    """Move the live figure of the five schools; the number becomes what the library answers there."""
    schools = five_schools()
    explorer = explore_cv(schools["图书册数"], schools["学生数"], limit=0.50)
    amounts = explorer.controls["more_amounts"]
    before = explorer.beginning.rows[0][3]
    after = explorer.answer("学校一", 0, amounts.values[amounts.first + 1]).rows[0][3]
    assert before != after
    panel = page.locator(SHOWN)
    number = panel.locator(".explorer-table tbody tr:first-child td").nth(2)
    panel.hover()

    def found():
        page.mouse.wheel(0, 400)
        return number.count()

    wait(found)
    number.scroll_into_view_if_needed()
    wait(lambda: number.inner_text() == before)
    panel.locator(".noUi-handle").nth(1).press("ArrowRight")
    wait(lambda: number.inner_text() == after)


def wait(condition):
    """Wait until it holds, up to two minutes."""
    end = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < end, inspect.getsource(condition)
        time.sleep(1)  # asked more often, the page would find no moment to draw
