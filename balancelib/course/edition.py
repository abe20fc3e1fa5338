"""The trainers' edition of the book: `make trainer`, and the Sphinx extension that the tag `trainer` switches on.

The same sources, with the trainer's notes of each module and the solutions of its exercises. What is added is found by its place:
``book/trainers/<module>.md`` comes after the lessons of ``book/<module>.md``, ``solutions`` after the ``exercises`` of its folder.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import yaml
from jupyter_book.sphinx import build_sphinx
from sphinx.application import Sphinx
from sphinx.config import Config

from balancelib.course.root import ROOT

TRAINER = "trainer"  # the tag
NAMED = "培训者版"
NOTICE = f"{NAMED}：有教学说明和练习的答案，请不要发给学员。"


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect everything below to Sphinx."""
    app.connect("config-inited", make_edition, priority=800)  # before the contents are read
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def make_edition(app: Sphinx, config: Config) -> None:
    """With the tag, take the trainers' contents and name the edition on every page."""
    if not app.tags.has(TRAINER):
        return
    root = Path(app.srcdir)
    trainees = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    path = Path(app.outdir).parent / "_toc.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        yaml.safe_dump(for_trainers(trainees, lambda page: exists(root, page)), allow_unicode=True),
        encoding="utf-8",
    )
    config.external_toc_path = path.as_posix()
    config.html_title = f"{config.html_title or config.project}（{NAMED}）"
    config.html_theme_options["announcement"] = NOTICE


def for_trainers(entry: dict, there: Callable[[str], bool]) -> dict:
    """Return an entry of the contents with the pages for trainers that are `there`.

    Examples
    --------
    >>> chapter = {"file": "book/resources", "sections": [{"file": "notebooks/resources/exercises"}]}
    >>> for_trainers(chapter, lambda page: True)["sections"]
    [{'file': 'notebooks/resources/exercises'}, {'file': 'notebooks/resources/solutions'}, {'file': 'book/trainers/resources'}]
    """
    made = dict(entry)
    for key in ("parts", "chapters", "sections"):
        if key in entry:
            listed = {child.get("file") for child in entry[key]}  # trainees may have solutions too
            made[key] = [
                page
                for child in entry[key]
                for page in (
                    for_trainers(child, there),
                    *(one for one in beside(child, there) if one["file"] not in listed),
                )
            ]
    folder, _, name = entry.get("file", "").rpartition("/")
    notes = f"{folder}/trainers/{name}"
    if folder == "book" and there(notes):
        made["sections"] = [*made.get("sections", []), {"file": notes}]
    return made


def beside(entry: dict, there: Callable[[str], bool]) -> list[dict]:
    """Return the page of solutions that follows a page of exercises."""
    folder, _, name = entry.get("file", "").rpartition("/")
    solutions = f"{folder}/solutions"
    return [{"file": solutions}] if name == "exercises" and there(solutions) else []


def exists(root: Path, page: str) -> bool:
    """Whether a page has a source."""
    return any((root / f"{page}{suffix}").exists() for suffix in (".md", ".ipynb"))


def build(root: Path = ROOT) -> int:
    """Build the trainers' edition in ``_build/trainer/html``; 0 where nothing went wrong."""
    toc = (root / "_toc.yml").as_posix()
    done = build_sphinx(
        root,
        root / "_build" / TRAINER / "html",
        noconfig=True,
        path_config=root / "_config.yml",
        confoverrides={"external_toc_path": toc, "latex_individualpages": False, "nitpicky": True},
        warningiserror=True,
        keep_going=True,
        tags=[TRAINER],
    )
    return int(bool(done))


if __name__ == "__main__":
    sys.exit(build(*map(Path, sys.argv[1:])))
