"""Sphinx extension that runs the book's notebooks: side by side, each once, anew when what they compute with changes."""

import atexit
import hashlib
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.context import BaseContext
from pathlib import Path

from jupyter_cache import get_cache
from jupyter_cache.cache.main import JupyterCacheBase
from myst_nb.core.config import NbParserConfig
from myst_nb.core.execute import create_client
from myst_nb.core.read import create_nb_reader
from nbformat import NotebookNode
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util.display import status_iterator

from balancelib.county.files import check_writable
from balancelib.county.opened import VARIABLE
from balancelib.course.workers import begin
from balancelib.figures.explorers import IN_BOOK
from balancelib.text import to_do, why

PACKAGE = Path(__file__).parents[1]
KERNELS = Path(__file__).parent / "jupyter"
SILENT = logging.Logger(
    "ahead", logging.CRITICAL
)  # what fails is run again, and reported, by its page's reading


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect everything below to Sphinx."""
    app.connect("config-inited", key_cache)
    app.connect("config-inited", prepare_kernels)
    app.connect("env-before-read-docs", execute_ahead)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def key_cache(app: Sphinx, config: Config) -> None:
    """Give each state of library, data and requirements its own execution cache.

    Jupyter Book knows a notebook's results by the notebook alone. Here they are kept under a digest of all
    that the notebooks compute with. The folder is a setting on which Sphinx reads every page again.
    """
    caches = Path(app.srcdir) / "_build" / ".jupyter_cache"  # of all editions
    try:
        check_writable(caches / "any")
    except OSError as error:  # it would be said minutes later, of a database
        raise ExtensionError(f"写不进{caches}：{why(error)}。{to_do(error)}") from None
    cache = caches / digest(Path(app.srcdir))
    for old in caches.glob("*"):
        if old.name != cache.name:
            # Another build, begun at the same time, takes it away too.
            shutil.rmtree(old, ignore_errors=True) if old.is_dir() else old.unlink(missing_ok=True)
    config.nb_execution_cache_path = str(cache)


def digest(root: Path, package: Path = PACKAGE) -> str:
    """Digest the library, and the data, the quizzes and the requirements of the book in `root`."""
    requirements = root / "requirements.txt"
    parts = (
        digest_folder(package),
        digest_folder(root / "data"),
        digest_folder(root / "notebooks", "*.quiz.toml"),
    )
    whole = "".join(parts).encode() + (requirements.read_bytes() if requirements.exists() else b"")
    return hashlib.sha256(whole).hexdigest()[:16]


def digest_folder(folder: Path, pattern: str = "*") -> str:
    """Digest the names and contents of all files under `folder`, or of those called so."""
    whole = hashlib.sha256()
    for path in sources(folder, pattern):
        whole.update(f"{folder.name}/{path.relative_to(folder).as_posix()}\0".encode())
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def sources(folder: Path, pattern: str = "*") -> Iterator[Path]:
    """All files under `folder` in a fixed order, without Python's own cache."""
    return (
        path for path in sorted(folder.rglob(pattern)) if path.is_file() and "__pycache__" not in path.parts
    )


def prepare_kernels(app: Sphinx, config: Config) -> None:
    """Set what the kernels that run the notebooks inherit.

    Nobody will answer their widgets; they start without the warning that each writes into the progress line; and the book is
    about the sample, also on a machine whose lessons are set to a county of its own.
    """
    os.environ[IN_BOOK] = "1"
    os.environ.pop(VARIABLE, None)
    quiet_kernels()


def quiet_kernels() -> None:
    """Let kernels start without warnings, in English, of which nobody would know what to do; their figures go to their pages."""
    os.environ["JUPYTER_PATH"] = os.pathsep.join(
        [str(KERNELS), *filter(None, [os.environ.get("JUPYTER_PATH")])]
    )
    os.environ.pop("MPLBACKEND", None)
    if not _has_home():
        folder = tempfile.mkdtemp(prefix="balancelib-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        for variable in ("MPLCONFIGDIR", "IPYTHONDIR", "JUPYTER_RUNTIME_DIR"):
            os.environ.setdefault(variable, str(Path(folder) / variable.lower()))


def _has_home() -> bool:
    """Whether there is a home folder to write to; a service's account has none."""
    try:
        return os.access(Path.home(), os.W_OK)
    except RuntimeError:
        return False


def execute_ahead(app: Sphinx, env: BuildEnvironment, pages: list[str]) -> None:
    """Fill the execution cache with the notebooks among `pages`, as many at once as there are processors.

    Sphinx reads one page after the other, and MyST-NB would run each notebook as its page is read. It finds them
    all run. What it would not cache, a notebook that fails, is left to it.
    """
    if env.mystnb_config.execution_mode != "cache":
        return
    env.execution_seconds = getattr(env, "execution_seconds", {})  # of all pages, kept from build to build
    notebooks = {page: found for page in pages if (found := notebook_of(env, page))}
    get_cache(
        env.mystnb_config.execution_cache_path
    ).get_cache_limit()  # makes its database, before several ask for it
    # Processes, for ZeroMQ's sockets do not bear several threads; new ones, for V8 does not bear to be copied: each a copy of
    # one that has loaded what all of them need, where the system has such.
    with ProcessPoolExecutor(os.cpu_count(), new_processes(), begin, (keep_all_results,)) as pool:
        running = {pool.submit(execute, *found, env.mystnb_config): page for page, found in notebooks.items()}
        summary = ("executing notebooks... ", "purple", len(running), app.verbosity, running.get)
        for done in status_iterator(as_completed(running), *summary):
            env.execution_seconds[running[done]] = done.result()


def new_processes() -> BaseContext:
    """Return how processes are started that share nothing with this one."""
    if "forkserver" not in get_all_start_methods():  # Windows
        return get_context("spawn")
    context = get_context("forkserver")
    context.set_forkserver_preload(["__main__", __name__])
    return context


def keep_all_results() -> None:
    """Let this process throw no results out of the cache.

    Jupyter Cache thins it out after each notebook, in two queries: what another process stores between them counts
    as too much, and is thrown away or, its file not yet written, ends the build.
    """
    JupyterCacheBase.truncate_caches = lambda cache: None


def notebook_of(env: BuildEnvironment, page: str) -> tuple[NotebookNode, str, dict | None] | None:
    """Notebook that a page is, its file and how it was read; nothing where it is none."""
    path = env.doc2path(page)
    text = Path(path).read_text(encoding="utf-8")
    reader = create_nb_reader(path, env.myst_config, env.mystnb_config, text)
    return reader and (reader.read(text), path, reader.read_fmt)


def execute(
    notebook: NotebookNode, path: str, read_fmt: dict | None, settings: NbParserConfig
) -> float | None:
    """Run a notebook unless the cache knows it; return the seconds that it took."""
    with create_client(notebook, path, settings, SILENT, read_fmt) as client:
        return client.exec_metadata["runtime"]
