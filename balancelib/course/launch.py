"""Sphinx extension: from a notebook's page to the notebook itself, on Binder and as a file.

Binder builds its image from a branch that holds nothing but the folder `binder/` (`make environment` makes it), so a new commit
elsewhere does not rebuild it. Notebooks, data and library are fetched at each launch, by nbgitpuller, all of one commit.
"""

import json
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

ENVIRONMENT = "binder"  # the branch, as in the Makefile
FOLDER = "course"  # what is fetched stands here, as binder/start expects


def setup(app: Sphinx) -> dict[str, bool]:
    """Offer each notebook on its page."""
    app.add_config_value("binderhub", "", "html")
    app.add_config_value("jupyterhub", "", "html")
    app.connect("config-inited", take_launch_buttons, priority=900)
    app.connect("html-page-context", offer_notebook)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def take_launch_buttons(app: Sphinx, config: Config) -> None:
    """Take the setting from the theme, whose buttons know no branch for the environment."""
    options = config.html_theme_options
    if options.get("repository_url"):
        hubs = options["launch_buttons"]
        config.binderhub, config.jupyterhub = (
            hubs.get(f"{kind}_url", "") for kind in ("binderhub", "jupyterhub")
        )
    options["launch_buttons"] = {}


def offer_notebook(
    app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None
) -> None:
    """Hand to `page-buttons.html` where the page's notebook can be had."""
    notebook = app.env.doc2path(page, base=False)
    if doctree is None or not notebook.endswith(".ipynb") or app.builder.name != "html":
        return
    context["notebook_file"] = f"_sources/{notebook}"
    write_script(Path(app.srcdir, notebook), Path(app.outdir, "_sources", f"{notebook}.js"))
    app.add_js_file("notebook.js", loading_method="defer")
    for hub, words, address in (
        (app.config.binderhub, "在Binder上运行", binder_address),
        (app.config.jupyterhub, "在线打开", hub_address),
    ):
        if hub:
            options = app.config.html_theme_options
            fetched = (options["repository_url"], options["repository_branch"], notebook)
            context["notebook_online"] = {"words": words, "address": address(hub, *fetched)}


def write_script(notebook: Path, script: Path) -> None:
    """Write a notebook as a script that saves it: opened as a file, a browser shows a notebook's text instead."""
    handed = [notebook.name, notebook.read_text(encoding="utf-8")]
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text(f"saveNotebook(...{json.dumps(handed, ensure_ascii=False)})", encoding="utf-8")


def binder_address(hub: str, repository: str, branch: str, notebook: str) -> str:
    """Address that starts JupyterLab on Binder, fetches the repository and opens a notebook of it.

    Examples
    --------
    >>> binder_address("https://mybinder.org", "https://github.com/a/b", "main", "n.ipynb")[:50]
    'https://mybinder.org/v2/gh/a/b/binder?urlpath=git-'
    """
    parts = urlsplit(repository)
    name = parts.path.strip("/").removesuffix(".git")
    known = {"github.com": f"gh/{name}", "gitlab.com": f"gl/{quote(name, safe='')}"}
    place = known.get(parts.netloc, f"git/{quote(repository, safe='')}")
    return f"{hub}/v2/{place}/{ENVIRONMENT}?" + urlencode({"urlpath": git_pull(repository, branch, notebook)})


def hub_address(hub: str, repository: str, branch: str, notebook: str) -> str:
    """Address that fetches the repository on a JupyterHub with nbgitpuller and opens a notebook of it, for whoever is logged in.

    Examples
    --------
    >>> hub_address("https://hub.cn", "https://gitee.com/a/b", "main", "n.ipynb")[:58]
    'https://hub.cn/hub/user-redirect/git-pull?repo=https%3A%2F'
    """
    return f"{hub.rstrip('/')}/hub/user-redirect/{git_pull(repository, branch, notebook)}"


def git_pull(repository: str, branch: str, notebook: str) -> str:
    """Path at which nbgitpuller fetches the repository, then opens a notebook of it."""
    fetched = {
        "repo": repository,
        "branch": branch,
        "targetpath": FOLDER,
        "urlpath": f"lab/tree/{FOLDER}/{notebook}",
    }
    return f"git-pull?{urlencode(fetched)}"
