"""A course's own site: only its lessons, no link to nowhere, notes and solutions for trainers alone."""

import re
import shutil
from pathlib import Path

import nbformat
import pytest
import yaml
from bs4 import BeautifulSoup
from conftest import ROOT

from balancelib.county import sample_county
from balancelib.county.write import write_csv
from balancelib.course.edition import NOTICE, for_trainers
from balancelib.course.training import staged
from balancelib.course.training.catalogue import Lesson, catalogue
from balancelib.course.training.chosen import taught
from balancelib.course.training.course import Course, Taught, load_course
from balancelib.course.training.excerpt import titles
from balancelib.course.training.run import NotRunError, run, run_all, with_county
from balancelib.course.training.schedule import schedule
from balancelib.course.training.site import NotBuiltError, build_site
from balancelib.course.training.staged import stage

TITLE = '星河县*一天*<b>&"培训"班'
COURSE = f"""
title: {TITLE}
dates: [2027-03-15]
audience: 督学
lessons: [policy/five_schools, {{lesson: policy/exercises, minutes: 40}}]
logo: logo.png
hub: {{kind: jupyterhub, address: "https://hub.example.cn", repository: "https://example.cn/course", branch: main}}
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The staged sources, the trainees' site, the trainers' site."""
    folder = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "book" / "pictures" / "template_schools.png", folder / "logo.png")
    (folder / "course.yml").write_text(COURSE, encoding="utf-8")
    course, modules = load_course(folder / "course.yml"), catalogue(ROOT)
    sources = folder / "work" / "sources"
    lessons = taught(course, modules)
    stage(course, lessons, modules, schedule(course, lessons), folder, sources)
    notebooks = [*sorted(sources.glob("notebooks/*/*.ipynb")), sources / "book" / "standards.md"]
    ran = run_all(notebooks, "", lambda one: None)
    assert [one.reason for one in ran] == [""] * 4
    build_site(sources, folder / "site")
    build_site(sources, folder / "trainer", trainer=True)
    return sources, folder / "site", folder / "trainer"


def pages(site):
    return {
        path.relative_to(site).as_posix(): BeautifulSoup(path.read_text(encoding="utf-8"), "lxml")
        for path in site.rglob("*.html")
        if "_static" not in path.parts
    }


def test_only_what_was_chosen_is_there(built):
    _, site, _ = built
    there = {name for name in pages(site) if name.startswith(("book", "notebooks"))}
    assert there == {
        "book/index.html",
        "book/policy.html",
        "book/standards.html",
        "book/glossary.html",
        "book/references.html",
        "notebooks/policy/five_schools.html",
        "notebooks/policy/exercises.html",
    }


def test_the_cover_says_what_the_course_is(built):
    _, site, _ = built
    cover = pages(site)["book/index.html"]
    for heading in (cover.select_one(".onlyprint h1"), cover.article.h1):
        assert re.sub("[“”]", '"', heading.get_text()).startswith(TITLE)
    assert cover.title.get_text().endswith(TITLE)
    assert pages(site)["search.html"].title.get_text().endswith(TITLE)
    text = cover.article.get_text()
    assert "2027年3月15日" in text
    assert "督学" in text
    assert "08:45–09:20五所学校的算例" in text.replace("\n", "")
    assert "合成" in text
    logo = cover.find("img", class_="logo__image")
    assert (Path(logo["src"]).name, logo["alt"]) == ("logo.png", f"{TITLE}：首页")


def test_every_link_within_the_site_leads_somewhere(built):
    for site in built[1:]:
        for name, page in pages(site).items():
            for link in page.select("a[href], img[src], script[src]"):
                address = link.get("href") or link.get("src")
                if re.match(r"(https?:|mailto:|data:|#)", address):
                    continue
                path, _, anchor = address.partition("?")[0].partition("#")
                target = (site / name).parent / path
                assert target.exists(), (name, address)
                if anchor and target.suffix == ".html":
                    assert f'id="{anchor}"' in target.read_text(encoding="utf-8"), (name, address)


def test_what_is_elsewhere_is_said_in_words(built):
    _, site, _ = built
    source = (ROOT / "notebooks/policy/exercises.ipynb").read_text(encoding="utf-8")
    words = re.findall(r"\[([^\][\"]+)\]\((?:equity|alliances|\.\./\.\./book/own_county)\b", source)
    assert words
    exercises = pages(site)["notebooks/policy/exercises.html"].article
    for word in words:
        assert word in exercises.get_text()
        assert word not in {link.get_text() for link in exercises.select("a")}


def test_the_page_of_a_module_in_part_names_its_lessons_and_their_objectives(built):
    _, site, _ = built
    chapter = pages(site)["book/policy.html"].article
    assert "五所学校的算例" in chapter.get_text()
    assert "谁帮谁" not in chapter.get_text()
    assert len(chapter.select("li")) >= 4


def test_solutions_and_notes_are_only_for_trainers(built):
    _, site, trainer = built
    theirs, ours = pages(site), pages(trainer)
    assert {name for name in ours if name not in theirs} == {
        "notebooks/policy/solutions.html",
        "book/trainers/policy.html",
    }
    assert "参考答案" not in theirs["notebooks/policy/exercises.html"].h1.get_text()
    assert NOTICE in ours["book/index.html"].get_text()


def test_notebooks_open_on_the_hub(built):
    _, site, _ = built
    links = [
        a["href"]
        for a in pages(site)["notebooks/policy/five_schools.html"].select("a[href*='hub.example.cn']")
    ]
    assert links
    assert links[0].startswith(
        "https://hub.example.cn/hub/user-redirect/git-pull?repo=https%3A%2F%2Fexample.cn%2Fcourse"
    )
    assert "five_schools.ipynb" in links[0]


def test_what_sphinx_has_against_a_page_is_said(built, tmp_path):
    sources = tmp_path / "sources"
    shutil.copytree(built[0], sources)
    page = sources / "book" / "glossary.md"
    page.write_text(page.read_text(encoding="utf-8") + "\n```{nonsense}\n```\n", encoding="utf-8")
    with pytest.raises(NotBuiltError, match="nonsense"):
        build_site(sources, tmp_path / "site")


def test_titles_of_all_labels_are_known():
    found = dict(titles(ROOT))
    assert found["own-county"] == "用你自己的县：十分钟从报表到报告"
    assert found["notebooks/policy/equity"] == "公平不公平，要看问的是哪一种"
    assert found["fig-equity-provinces"] == found["notebooks/policy/equity"]
    assert found["equity-exercise"] == "练一练"


def staged_lesson(tmp_path, page):
    path = tmp_path / "notebooks" / f"{page}.ipynb"
    path.parent.mkdir(parents=True)
    shutil.copy(ROOT / "notebooks" / f"{page}.ipynb", path)
    for quiz in (ROOT / "notebooks" / f"{page}.quiz.toml",):
        shutil.copy(quiz, path.parent)
    shutil.copytree(ROOT / "data", tmp_path / "data")
    return path


def test_a_lesson_is_run_in_the_county_of_the_course_and_says_so(tmp_path):
    path = staged_lesson(tmp_path, "policy/self_assessment")
    write_csv(sample_county(12, schools=30).tables, tmp_path / "data" / "ours")
    assert run(path, "../../data/ours").reason == ""
    notebook = nbformat.read(path, as_version=4)
    assert 'use_county("../../data/ours")' in notebook.cells[1].source
    said = "".join(out.get("text", "") for cell in notebook.cells for out in cell.get("outputs", []))
    assert "来自" in said
    assert "课文里写出的数说的是示例县（合成）" in said


def test_figures_are_said_to_be_of_the_county_that_they_show(tmp_path):
    caption = "云岭县（合成）各校，2025年；云岭县，合成）。"
    path = notebook_of(tmp_path / "notebooks" / "m" / "l.ipynb", "1")
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].metadata["mystnb"] = {"figure": {"caption": caption}}
    _, names, says, drawn = with_county(notebook, "x", "你们县").cells
    assert "use_county" in names.source and "用的是你们县的数。课文里说“合成”，说的是云岭县" in says.source
    assert drawn.metadata.mystnb.figure.caption == "你们县各校，2025年；你们县）。"
    assert with_county(notebook, "x").cells[2].metadata.mystnb.figure.caption == caption
    assert notebook.cells[1].metadata.mystnb.figure.caption == caption


def test_a_lesson_that_a_county_has_no_data_for_is_run_on_the_sample_and_says_why(tmp_path):
    path = staged_lesson(tmp_path, "policy/compensation")
    write_csv({"schools": sample_county(12, schools=30).schools}, tmp_path / "data" / "ours")
    assert "“分年级学生”表" in run(path, "../../data/ours").reason
    notebook = nbformat.read(path, as_version=4)
    assert "没有用这次培训的县" in notebook.cells[1].source
    assert not any("use_county" in cell.source for cell in notebook.cells)
    assert any(cell.get("outputs") for cell in notebook.cells)


def notebook_of(path, *cells):
    path.parent.mkdir(parents=True)
    cells = [nbformat.v4.new_markdown_cell("# 题"), *map(nbformat.v4.new_code_cell, cells)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def test_a_lesson_whose_author_did_not_think_of_such_a_county_is_run_on_the_sample_too(tmp_path):
    code = 'import os\nprint("ran")\nassert "BALANCELIB_COUNTY" not in os.environ, "no *such* school"'
    path = notebook_of(tmp_path / "notebooks" / "m" / "l.ipynb", code)
    assert run(path, "../../data/ours").reason == "出错了（AssertionError：no *such* school）"
    _, why, cell = nbformat.read(path, as_version=4).cells
    assert r"no \*such\* school" in why.source
    assert cell.outputs[0].text == "ran\n"


def test_an_error_while_a_result_is_shown_has_its_name(tmp_path):
    code = "class Shown:\n    def _repr_html_(self):\n        return 1 / 0\n\nShown()"
    path = notebook_of(tmp_path / "notebooks" / "m" / "l.ipynb", code)
    with pytest.raises(NotRunError, match="出错了（ZeroDivisionError：division by zero）"):
        run(path, "")


def test_a_notebook_that_stops_on_the_sample_is_said_by_its_name(tmp_path):
    path = notebook_of(tmp_path / "notebooks" / "m" / "l.ipynb", "1 / 0")
    with pytest.raises(NotRunError, match=r"m/l\.ipynb运行不下去：出错了（ZeroDivisionError"):
        run_all([path], "", lambda one: None)


def test_a_process_that_the_system_ends_gets_a_plain_word(tmp_path):
    code = "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)"  # as where memory runs out
    path = notebook_of(tmp_path / "notebooks" / "m" / "l.ipynb", code)
    with pytest.raises(NotRunError, match="多半是内存不够"):
        run_all([path], "", lambda one: None)


def test_only_the_books_data_and_what_a_lesson_names_are_handed_out(tmp_path, monkeypatch):
    (tmp_path / "data" / "secret").mkdir(parents=True)
    for name in ("mine.csv", "province.toml", "dictionary.csv", "secret/schools.csv"):
        (tmp_path / "data" / name).touch()
    path = notebook_of(
        tmp_path / "notebooks" / "m" / "l.ipynb", 'x("../../data/province.toml", "../../data/..")'
    )
    monkeypatch.setattr(staged, "ROOT", tmp_path)
    (tmp_path / "out").mkdir()
    staged._lay_data([Lesson("m/l", "课", (), 0, 0, path)], tmp_path / "out")
    assert sorted(one.name for one in (tmp_path / "out").iterdir()) == ["dictionary.csv", "province.toml"]


def test_all_of_the_projects_data_are_handed_out_or_left_on_purpose():
    kept = {*staged.DATA, *(name.removeprefix("data/") for name in staged.SHARED if name.startswith("data/"))}
    assert kept | {"make.py"} == {path.name for path in (ROOT / "data").iterdir()} - {"__pycache__"}


def test_titles_with_marks_are_words_on_paper_and_in_tables(tmp_path):
    course = Course(r"50%&A_B#1 \x{y}^~ $z$ \"q\"", lessons=("m/l0",), weekly=100)
    (tmp_path / "_static").mkdir()
    settings = yaml.safe_load(staged._settings(course, tmp_path, tmp_path))
    assert settings["title"] == course.title
    title = settings["latex"]["latex_documents"]["title"]
    assert not re.search(r"(?<!\\)[%&_#$]", title)
    assert r"\textbackslash{}x\{y\}" in title
    lesson = Taught(Lesson("m/l0", "甲|乙", (), 0, 30, ROOT / "x"), 30)
    page = staged.cover(course, [lesson], schedule(course, [lesson]))
    assert r"| [甲\|乙](../notebooks/m/l0.ipynb) | 30 |" in page
    assert r"| 第1周 | 甲\|乙 | 30 |" in page


def test_solutions_that_trainees_see_stand_once_in_the_trainers_contents():
    chapter = {"sections": [{"file": "notebooks/policy/exercises"}, {"file": "notebooks/policy/solutions"}]}
    assert for_trainers(chapter, lambda page: True) == chapter
