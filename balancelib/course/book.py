"""Sphinx extension of this course: what Jupyter Book needs beside its settings to publish it soundly."""

import gettext
import hashlib
import io
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from docutils import nodes
from myst_nb.core.render import MimeData, NbElementRenderer
from sphinx import locale
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util import logging

from balancelib.figures.explorers import IN_BOOK

PACKAGE = Path(__file__).parents[1]
LOGGER = logging.getLogger(__name__)


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect everything below to Sphinx."""
    app.connect("config-inited", key_execution_cache)
    app.connect("config-inited", let_explorers_do_without_kernel)
    app.connect("config-inited", offer_repository)
    app.connect("config-inited", complete_theme_texts)
    app.connect("doctree-read", require_alternative_text)
    app.connect("build-finished", leave_out_source_maps)
    app.connect("build-finished", forget_failed_build)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def key_execution_cache(app: Sphinx, config: Config) -> None:
    """Give each state of library, data and requirements its own execution cache.

    Jupyter Book knows a notebook's results by the notebook alone. Here they are kept under a digest of all
    that the notebooks compute with. The folder is a setting on which Sphinx reads every page again.
    """
    caches = Path(app.outdir).parent / ".jupyter_cache"
    cache = caches / digest(Path(app.srcdir))
    for old in caches.glob("*"):
        if old.name != cache.name:
            shutil.rmtree(old) if old.is_dir() else old.unlink()
    config.nb_execution_cache_path = str(cache)


def digest(root: Path, package: Path = PACKAGE) -> str:
    """Digest the library, and the data and the requirements of the book in `root`."""
    whole = hashlib.sha256()
    for folder in (package, root / "data"):
        for path in sources(folder):
            whole.update(f"{folder.name}/{path.relative_to(folder).as_posix()}\0".encode())
            whole.update(hashlib.sha256(path.read_bytes()).digest())
    requirements = root / "requirements.txt"
    whole.update(requirements.read_bytes() if requirements.exists() else b"")
    return whole.hexdigest()[:16]


def sources(folder: Path) -> Iterator[Path]:
    """All files under `folder` in a fixed order, without Python's own cache."""
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)


def let_explorers_do_without_kernel(app: Sphinx, config: Config) -> None:
    """Tell the kernels that run the notebooks, which inherit it, that nobody will answer their widgets."""
    os.environ[IN_BOOK] = "1"


def offer_repository(app: Sphinx, config: Config) -> None:
    """Show launch and repository buttons, and the pages' `{only} repository`, where there is an address."""
    options = config.html_theme_options
    if options.get("repository_url"):
        app.tags.add("repository")
        options.update(use_repository_button=True, use_issues_button=True)
    else:
        options["launch_buttons"] = {}


def complete_theme_texts(app: Sphinx, config: Config) -> None:
    """Put the project's own translations before those that come with the theme.

    Sphinx itself does so for its own catalogue (`sphinx.po`), but not for those of its extensions.
    """
    for po in Path(app.srcdir).glob(f"locale/{config.language}/LC_MESSAGES/*.po"):
        if po.stem != "sphinx":
            ours = compile_catalogue(po)
            ours.add_fallback(locale.get_translator(po.stem))
            locale.translators["general", po.stem] = ours


def compile_catalogue(po: Path) -> gettext.GNUTranslations:
    """Translations of a text catalogue, with no compiled file left behind."""
    compiled = io.BytesIO()
    with po.open("rb") as text:
        write_mo(compiled, read_po(text))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


class Renderer(NbElementRenderer):
    """Renders notebook outputs, and takes an image's alternative text from the output that holds it."""

    def render_image(self, data: MimeData) -> list[nodes.Element]:
        """Render an image with the text from `balancelib.figures.describe` or `IPython.display.Image`."""
        images = super().render_image(data)
        text = data.output_metadata.get(data.mime_type, {}).get("alt")
        if text:
            images[0]["alt"] = text
        return images


def require_alternative_text(app: Sphinx, doctree: nodes.document) -> None:
    """Warn of every image that a blind reader would miss."""
    for image in doctree.findall(nodes.image):
        if not image.get("alt", "").strip():
            LOGGER.warning("image without alternative text: %s", image["uri"], location=image)


def forget_failed_build(app: Sphinx, error: Exception | None) -> None:
    """After a build with warnings read every page anew, or the next one would pass in silence."""
    if error or app._warncount:
        Path(app.doctreedir, "environment.pickle").unlink(missing_ok=True)


def leave_out_source_maps(app: Sphinx, error: Exception | None) -> None:
    """Take out of the site what only the themes' authors read: 3.4 MB."""
    for path in Path(app.outdir).rglob("*.map"):
        path.unlink()
