"""A course as it is made: what is in it, for whom, the same each time, and nothing where it fails."""

import contextlib
import csv
import errno
import os
import re
import shutil
import signal
import tempfile
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import nbformat
import openpyxl
import pandas as pd
import pytest
from conftest import ROOT
from msgspec import structs

from balancelib.cli import main
from balancelib.county import InputError, sample_county
from balancelib.county.lacking import said as _said
from balancelib.county.write import write_csv
from balancelib.course.exercises import begin, judge
from balancelib.course.take_home import NotMadeError
from balancelib.course.training import pack, staged, texts
from balancelib.course.training.county import HANDED, NOT_HANDED, lay_county, why_missing, without_words
from balancelib.course.training.course import Course
from balancelib.course.training.keys import all_keys
from balancelib.course.training.people import NO_KEY, for_seat, key, seats
from balancelib.course.training.place import (
    DAY,
    MARKER,
    TESTS,
    TRAINER,
    OccupiedError,
    not_done,
    replaced,
    sign,
)
from balancelib.course.training.run import execute
from balancelib.course.training.site import NotBuiltError

COURSE = """
title: 星河县一天培训班
name: xinghe
dates: [2027-03-15]
people: [李明, 王芳]
seed: 12
lessons: [policy/five_schools, {lesson: policy/exercises, minutes: 40}]
"""


@pytest.fixture(scope="module")
def course_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("made") / "course.yml"
    path.write_text(COURSE, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def made(course_file):
    """A course that was made twice, and what it was the first time."""
    told = []
    asked, out = pack.plan(course_file), course_file.parent / "class"
    pack.make(asked, out, told.append)
    first = contents(out)
    pack.make(asked, out, told.append)
    return out, first, told


def contents(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_the_same_each_time(made):
    out, first, _ = made
    again = contents(out)
    assert again.keys() == first.keys()
    assert [name for name, content in again.items() if first[name] != content] == []


def test_trainees_have_their_lessons_and_no_answers(made):
    out, _, _ = made
    names = {name for name in contents(out / "trainee") if not name.startswith(("site/", "data/", "slides/"))}
    assert {
        "打开课程.html",
        "请先看我.txt",
        "notebooks/policy/five_schools.ipynb",
        "notebooks/policy/five_schools.quiz.toml",
        "notebooks/policy/exercises.ipynb",
        "notebooks/people/01/policy.ipynb",
        "notebooks/people/02/policy.ipynb",
    } <= names
    assert not any(
        "solutions" in name or "key" in name or "people.csv" in name for name in contents(out / "trainee")
    )
    assert "site/notebooks/policy/solutions.html" not in contents(out / "trainee")


def test_slides_have_notes_for_trainers_alone(made):
    out, _, _ = made
    theirs, ours = (
        {path.name for path in (out / who / "slides").iterdir() if path.is_file()}
        for who in ("trainee", "trainer")
    )
    assert "policy_five_schools.html" in theirs
    assert ours - theirs == {"policy_five_schools.pptx"}
    notes = [(out / who / "slides" / "policy_five_schools.html").read_text(encoding="utf-8").count('class="notes"') for who in ("trainee", "trainer")]  # fmt: skip
    assert notes[0] == 0 < notes[1]


def test_the_zip_is_the_trainees_folder(made):
    out, _, _ = made
    with zipfile.ZipFile(out / "xinghe.zip") as archive:
        packed = {name.removeprefix("xinghe/"): archive.read(name) for name in archive.namelist()}
    assert packed == contents(out / "trainee")


def test_the_door_leads_to_the_site(made):
    out, _, _ = made
    for who in ("trainee", "trainer"):
        door = (out / who / "打开课程.html").read_text(encoding="utf-8")
        (target,) = set(re.findall(r'(?:url=|href=")([^"]+)"', door))
        assert (out / who / target).is_file()


def test_a_lesson_is_held_on_the_county_of_the_course_and_carries_no_outputs_of_another(made):
    out, _, _ = made
    notebook = nbformat.read(out / "trainee/notebooks/policy/five_schools.ipynb", as_version=4)
    assert "use_county" in notebook.cells[1].source
    assert not any(cell.get("outputs") for cell in notebook.cells)
    assert (out / "trainee/data/county_of_course/schools.csv").is_file()


def test_a_trainees_notebook_runs_where_it_is_handed_out(made, tmp_path):
    out, _, _ = made
    shutil.copytree(out / "trainee" / "notebooks", tmp_path / "notebooks")
    shutil.copytree(out / "trainee" / "data", tmp_path / "data")
    path = tmp_path / "notebooks" / "policy" / "five_schools.ipynb"
    execute(nbformat.read(path, as_version=4), path.parent)


def test_no_path_of_this_computer_is_in_it(made):
    out, first, _ = made
    where = str(out.parent).encode()
    assert [name for name, content in first.items() if where in content or b"/tmp/" in content] == []


def test_each_seat_has_its_own_county_and_the_key_marks_it_right(made):
    out, _, _ = made
    with (out / "trainer/people.csv").open(encoding="utf-8-sig", newline="") as file:
        people = list(csv.DictReader(file))
    assert [row["name"] for row in people] == ["李明", "王芳"]
    assert len({row["seed"] for row in people}) == 2
    for row in people:
        notebook = nbformat.read(
            out / f"trainee/notebooks/people/{int(row['seat']):02}/policy.ipynb", as_version=4
        )
        assert sum(f'begin("policy", seed={row["seed"]})' in cell.source for cell in notebook.cells) == 1
    sheet = openpyxl.load_workbook(out / "trainer/marking_key.xlsx").active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    answers = {(row[0], row[3]): row[4] for row in rows if row[3] and str(row[3]).startswith("policy.")}
    assert {seat for seat, _ in answers} == {1, 2}
    begin("policy", seed=int(people[1]["seed"]))
    number = re.match(r"-?[\d.]+", answers[2, "policy.1"])
    assert judge("policy.1", float(number[0])).outcome == "right"


def test_what_is_being_done_is_told(made):
    _, _, told = made
    assert any(re.fullmatch(r"运行笔记本 \d+/\d+", line) for line in told)
    assert "算各个座位的答案 1/2" in told
    assert told[-1] == "打包"


def test_what_is_not_ours_is_not_overwritten(course_file, tmp_path, capsys):
    (tmp_path / "mine.txt").write_text("x", encoding="utf-8")
    assert main(["course", str(course_file), "--out", str(tmp_path)]) == 2
    assert "里有别的东西" in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_where_it_fails_nothing_is_left(course_file, tmp_path, monkeypatch):
    def fails(*_):
        raise NotBuiltError("x")

    monkeypatch.setattr(pack, "run_all", fails)
    with pytest.raises(NotBuiltError):
        pack.make(pack.plan(course_file), tmp_path / "class", lambda text: None)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("out", "said"),
    [
        (ROOT / "class", "在项目文件夹里"),
        (ROOT / "data" / "class", "在项目文件夹里"),
        (".", "里有课程文件、县里的数"),
        ("sub", "里有课程文件、县里的数"),
        ("sub/../sub/county", "里有课程文件、县里的数"),
        ("link", "里有课程文件、县里的数"),
    ],
)
def test_what_the_course_is_made_of_is_not_replaced(tmp_path, capsys, out, said):
    (tmp_path / "sub" / "county").mkdir(parents=True)
    (tmp_path / "sub" / MARKER).write_text("—", encoding="utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "sub")
    (tmp_path / "course.yml").write_text(COURSE.replace("seed: 12", "county: sub/county"), encoding="utf-8")
    before = sorted(tmp_path.rglob("*"))
    assert main(["course", str(tmp_path / "course.yml"), "--out", str(tmp_path / out)]) == 2
    assert said in capsys.readouterr().err
    assert sorted(tmp_path.rglob("*")) == before


def test_a_course_of_exercises_alone_has_no_time_for_a_test_that_there_is_not(tmp_path):
    path = tmp_path / "course.yml"
    path.write_text(COURSE.replace("policy/five_schools, ", ""), encoding="utf-8")
    asked = pack.plan(path)
    assert asked.times["what"].tolist() == ["第一章练习"]
    assert not asked.course.tests


def a_class(folder, meanwhile=lambda: None):
    """What `replaced` leaves of a course with tests."""
    with replaced(folder) as new:
        (new / TRAINER).mkdir()
        (new / TRAINER / TESTS).write_bytes(b"blank")
        sign(new)
        meanwhile()


def test_answers_that_were_written_down_are_not_replaced(tmp_path):
    a_class(tmp_path / "class")
    a_class(tmp_path / "class")
    (tmp_path / "class" / TRAINER / TESTS).write_bytes(b"filled in")
    with pytest.raises(OccupiedError, match=r"trainer/tests\.xlsx和做出来时不一样（抄了答案"):
        a_class(tmp_path / "class")
    assert (tmp_path / "class" / TRAINER / TESTS).read_bytes() == b"filled in"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "trainer/slides/equity.pptx",
            r"里有1个文件是后来放进去的或者改过的（trainer/slides/equity\.pptx），再做会换掉：请先",
        ),
        ("trainer/marks.xlsx", "后来放进去的"),
        ("trainee/.ipynb_checkpoints/a.ipynb", ""),  # who only looked in leaves such
        ("trainer/~$tests.xlsx", ""),
        ("trainee/Thumbs.db", ""),
    ],
)
def test_what_a_trainer_changed_or_put_there_is_not_replaced(tmp_path, name, said):
    folder = tmp_path / "class"
    a_class(folder, meanwhile=lambda: None)
    own = folder / name
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_bytes(b"my own")
    with pytest.raises(OccupiedError, match=said) if said else contextlib.nullcontext():
        a_class(folder)
    assert own.exists() == bool(said)
    own.unlink(missing_ok=True)
    a_class(folder)


def test_answers_that_are_written_down_while_it_is_made_again_are_not_replaced(tmp_path):
    a_class(tmp_path / "class")
    tests = tmp_path / "class" / TRAINER / TESTS
    with pytest.raises(OccupiedError, match="抄了答案"):
        a_class(tmp_path / "class", meanwhile=lambda: tests.write_bytes(b"filled in"))
    assert tests.read_bytes() == b"filled in"
    assert [path.name for path in tmp_path.iterdir()] == ["class"]


def test_a_class_that_another_run_has_just_made_is_not_replaced(tmp_path, monkeypatch):
    """The other one comes between our moving the old one away and putting ours there."""
    a_class(tmp_path / "class")
    move = Path.replace

    def and_another_comes(self, target):
        move(self, target)
        if target.name == "old":
            (tmp_path / "class").mkdir()
            (tmp_path / "class" / "other").touch()

    monkeypatch.setattr(Path, "replace", and_another_comes)
    with pytest.raises(OccupiedError, match="里刚放进另一次运行做的，没有换掉"):
        a_class(tmp_path / "class")
    assert [path.name for path in (tmp_path / "class").iterdir()] == ["other"]
    assert [path.name for path in tmp_path.iterdir()] == ["class"]


def test_a_class_of_an_older_version_is_not_said_to_be_changed(tmp_path):
    a_class(tmp_path / "class")
    marker, tests = tmp_path / "class" / MARKER, tmp_path / "class" / TRAINER / TESTS
    marker.write_text("这个文件夹由balancelib course生成，再次生成会整个换掉。\n", encoding="utf-8")
    with pytest.raises(OccupiedError, match="是以前的版本做的，看不出"):
        a_class(tmp_path / "class")
    tests.unlink()  # as one with tests: false, which has nothing to lose
    a_class(tmp_path / "class")
    assert tests.read_bytes() == b"blank"


def test_what_a_killed_run_has_left_is_taken_away_and_nothing_else(tmp_path):
    names = [".class.ab12cd_8", ".class.zzzzzzzz", ".class.notes.txt", ".other.ab12cd_8", "class.ab12cd_8"]
    for name in names:
        (tmp_path / name).mkdir()
        old = time.time() - (100 if "zz" in name else 2 * DAY)  # one still goes on
        os.utime(tmp_path / name, (old, old))
    a_class(tmp_path / "class")
    assert {path.name for path in tmp_path.iterdir()} == {"class", *names[1:]}


def test_what_a_killed_run_has_left_in_the_project_is_not_handed_out(tmp_path, monkeypatch):
    data = tmp_path / "data" / "province"
    data.mkdir(parents=True)
    for name in ("schools.csv", ".schools.csv.ab12cd_8"):
        (data / name).touch()
    monkeypatch.setattr(staged, "ROOT", tmp_path)
    monkeypatch.setattr(staged, "SHARED", ("data/province",))
    with pytest.raises(FileNotFoundError):  # there is no more of the project
        staged.stage(Course("班"), (), (), pd.DataFrame(), tmp_path, tmp_path / "sources")
    assert [path.name for path in (tmp_path / "sources" / "data" / "province").iterdir()] == ["schools.csv"]


def refused_by_system(code, path=None):
    return OSError(code, "x", str(path)) if path else OSError(code, "x")


@pytest.mark.parametrize(
    ("code", "where", "said"),
    [
        (errno.EACCES, "class", "写不进{}：没有权限"),
        (errno.EROFS, ".class.ab12cd_8", "写不进{}：磁盘是只读的"),
        (errno.EACCES, "class/trainer/people.csv", "写不进{}：没有权限"),
        (errno.ENOTDIR, "", "写不进{}：路径里有一段不是文件夹"),
        (errno.EACCES, "logo.png", "读不出来.*logo.png：没有权限"),
        (errno.EBUSY, "classes/county.xlsx", "读不出来.*county.xlsx：正在被别的程序使用"),
        (errno.ENOSPC, None, "磁盘满了：要写的是{}"),
        (errno.ENOSPC, "logo.png", "磁盘满了：要写的是{}"),
        (errno.EIO, None, "做不下去：磁盘坏了或者断开了"),
    ],
)
def test_reading_and_writing_are_told_apart(tmp_path, monkeypatch, code, where, said):
    monkeypatch.setattr(tempfile, "tempdir", "/elsewhere")
    error = refused_by_system(code, where if where is None else tmp_path / where)
    assert re.match(said.format(re.escape(str(tmp_path / "class"))), not_done(error, tmp_path / "class"))


def test_the_place_for_what_is_needed_meanwhile_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", "/elsewhere")
    error = refused_by_system(errno.EACCES, "/elsewhere/tmpabc_1234/sources")
    assert not_done(error, tmp_path / "class").startswith("写不进临时文件夹/elsewhere：没有权限")


def test_a_disk_that_is_full_while_a_folder_is_copied_is_said(tmp_path):
    for name in ("from", "to"):
        (tmp_path / name).mkdir()
    (tmp_path / "from" / "a").write_bytes(b"x")
    (tmp_path / "to" / "a").symlink_to("/dev/full")
    with pytest.raises(shutil.Error) as error:
        shutil.copytree(tmp_path / "from", tmp_path / "to", dirs_exist_ok=True)
    assert not_done(error.value, tmp_path / "class").startswith("磁盘满了：要写的是")
    with pytest.raises(shutil.Error) as error:
        shutil.move(tmp_path / "from", tmp_path / "from" / "a" / "b")
    assert not_done(error.value, tmp_path / "class").startswith("做不下去：")


def test_where_reading_fails_the_command_says_so(course_file, tmp_path, monkeypatch, capsys):
    def fails(*_):
        raise refused_by_system(errno.EACCES, course_file.parent / "logo.png")

    monkeypatch.setattr(pack, "stage", fails)
    assert main(["course", str(course_file), "--out", str(tmp_path / "class")]) == 2
    assert "读不出来" in (told := capsys.readouterr().err) and "写不进" not in told
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_is_asked_to_stop_leaves_nothing(course_file, tmp_path, monkeypatch, capsys):
    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(pack, "stage", lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    assert main(["course", str(course_file), "--out", str(tmp_path / "class")]) not in (0, 1, 2)
    assert "已中断" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
    assert signal.getsignal(signal.SIGTERM) is before


def test_the_old_folder_comes_back_where_the_new_one_cannot_take_its_place(tmp_path, monkeypatch):
    a_class(tmp_path / "class")
    replace = Path.replace

    def refused(self, target):
        if self.name == "new":
            raise PermissionError
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", refused)
    with pytest.raises(PermissionError):
        a_class(tmp_path / "class")
    assert (tmp_path / "class" / TRAINER / TESTS).read_bytes() == b"blank"


def test_a_handout_that_latex_refuses_is_left_out_and_said(course_file, tmp_path, monkeypatch):
    def refused(*_):
        raise NotMadeError(f"排版PDF出错：\nOverfull\n详见{tmp_path / 'latex'}/x.log")

    monkeypatch.setattr(pack, "missing_packages", lambda: ())
    monkeypatch.setattr(pack, "build_site", lambda *_, **__: None)
    monkeypatch.setattr(pack, "typeset", refused)
    assert (
        pack._handout(tmp_path / "sources", tmp_path / "x.pdf") == "打印用的讲义（排版PDF出错：；Overfull）"
    )
    asked = pack.plan(course_file)
    assert "handout" not in texts.for_trainees(asked, {}, with_handout=False)
    assert "handout.pdf" in texts.for_trainees(asked, {}, with_handout=True)


def test_the_first_text_says_whose_numbers_the_lessons_show(course_file):
    asked = pack.plan(course_file)
    pages = {one.lesson.page: "缺表" for one in asked.lessons}
    assert "另一个合成的县" in texts.for_trainees(asked, {}, with_handout=False)
    assert "另一个合成的县" not in texts.for_trainees(asked, pages, with_handout=False)
    own = replace(asked, course=structs.replace(asked.course, seed=None, county="x"))
    told = texts.for_trainees(own, pages, with_handout=False)
    assert "课里用的是你们县的数" not in told
    assert "data里有你们县的数" in told


@pytest.mark.parametrize(("stops", "cells"), [({}, ["use_county"]), ({"policy/solutions": "x"}, [])])
def test_solutions_that_stop_on_the_county_are_handed_out_on_the_sample(course_file, tmp_path, stops, cells):
    asked = pack.plan(course_file)
    shown = replace(asked, course=structs.replace(asked.course, solutions="shown"))
    (tmp_path / "data").mkdir()
    pack.lay_trainee(shown, "../../data/x", stops, tmp_path, tmp_path / "class")
    notebook = nbformat.read(tmp_path / "class" / "notebooks" / "policy" / "solutions.ipynb", as_version=4)
    assert ["use_county" for cell in notebook.cells if "use_county" in cell.source] == cells


def test_a_county_at_fault_is_refused_with_its_faults(tmp_path, capsys):
    schools = sample_county(12, schools=30).schools
    write_csv({"schools": schools.assign(pupils_primary=-1.0)}, tmp_path / "county")
    (tmp_path / "course.yml").write_text(COURSE.replace("seed: 12", "county: county"), encoding="utf-8")
    assert main(["course", str(tmp_path / "course.yml"), "--out", str(tmp_path / "class")]) == 1
    assert "小学" in capsys.readouterr().err
    assert not (tmp_path / "class").exists()


def test_what_is_wrong_with_the_file_is_said(tmp_path, capsys):
    (tmp_path / "course.yml").write_text("title: 甲", encoding="utf-8")
    assert main(["course", str(tmp_path / "course.yml"), "--out", str(tmp_path / "class")]) == 1
    assert "没有选课" in capsys.readouterr().err


def test_a_file_of_several_counties_is_refused_before_anything_is_run(tmp_path):
    schools = sample_county(12, schools=30).schools
    codes = ["320101"] * 15 + ["320102"] * (len(schools) - 15)
    write_csv({"schools": schools.assign(county_id=codes)}, tmp_path / "county")
    with pytest.raises(InputError, match=r"county.*里面有2个县"):
        lay_county(Course("甲", county="county", lessons=("x",)), tmp_path, tmp_path / "data")


def test_data_on_persons_stay_with_the_trainer(tmp_path):
    write_csv(sample_county(7).tables, tmp_path / "county")
    course = Course("甲", county="county", lessons=("policy/equity",))
    assert lay_county(course, tmp_path, tmp_path / "data") == "../../data/county_of_course"
    there = {path.stem for path in (tmp_path / "data" / "county_of_course").iterdir()}
    assert {"schools", "history", "money"} <= there <= set(HANDED)
    kept = {"teachers", "scores", "children", "survey", "disabled_children", "group_pupils", "school_results", "exceptions"}  # fmt: skip
    assert not kept & there


def test_what_people_wrote_as_they_liked_stays_with_the_trainer_and_that_they_wrote_does_not(tmp_path):
    tables = sample_county(7).tables
    write_csv({name: tables[name] for name in ("schools", "actions")}, tmp_path / "county")
    lay_county(Course("甲", county="county", lessons=("progress/rectify",)), tmp_path, tmp_path / "data")
    handed = pd.read_csv(tmp_path / "data" / "county_of_course" / "actions.csv", encoding="utf-8-sig")
    kept = tables["actions"]["evidence"].notna().to_numpy()
    assert 0 < kept.sum() < len(kept)
    assert (handed["evidence"].notna().to_numpy() == kept).all()  # or all would be said to be unproven
    for column in ("measure", "owner", "evidence"):
        assert set(handed[column].dropna()) == {NOT_HANDED}
    blank = without_words("actions", pd.DataFrame({"owner": ["张三", " ", None]}))
    assert blank["owner"].tolist()[0] == NOT_HANDED and blank["owner"].tolist()[1] == " "


def test_a_table_that_is_withheld_is_not_said_to_be_missing():
    withheld, missing = (_said([name]) for name in ("teachers", "money"))
    assert why_missing(withheld) == "要用“教师”表：它可能认得出人，不发给学员"
    assert why_missing(_said(["teachers.subject"])) == why_missing(withheld)
    assert why_missing(missing) == "没有“学校经费”表，或者一格也没有填"


def test_the_key_of_all_seats_is_that_of_each(course_file):
    places, told = seats(Course("甲", people=2, lessons=("x",))), []
    found = all_keys(["groups"], places, told.append)
    pd.testing.assert_frame_equal(found, key("groups", places))
    assert told == ["算各个座位的答案 0/2", "算各个座位的答案 1/2"]


def test_the_trainers_text_lists_what_there_is(course_file, tmp_path):
    asked = pack.plan(course_file)
    with_all = texts.for_trainers(asked, {}, ())
    for said in (
        "people.csv",
        "marking_key",
        "solutions",
        "tests.xlsx",
        "课前卷收齐了",
        "例如03",
        "挑好做哪几题",
    ):
        assert said in with_all, said
    path = tmp_path / "course.yml"
    path.write_text(
        "title: 甲\ndates: [2027-03-15]\ntests: false\nlessons: [policy/equity]", encoding="utf-8"
    )
    without = texts.for_trainers(pack.plan(path), {}, ())
    assert "slides" in without
    for said in ("people.csv", "marking_key", "solutions", "tests.xlsx", "balancelib", "没有写"):
        assert said not in without, said


def test_seats_of_another_course_have_other_counties(tmp_path):
    one, other = (seats(Course(title, people=3, lessons=("x",))) for title in ("甲", "乙"))
    assert [place.seat for place in one] == [1, 2, 3]
    assert not {place.seed for place in one} & {place.seed for place in other}


def test_a_notebook_that_begins_nothing_is_refused():
    notebook = nbformat.read(ROOT / "notebooks/policy/five_schools.ipynb", as_version=4)
    with pytest.raises(ValueError, match="begin"):
        for_seat(notebook, 5)


@pytest.mark.parametrize("module", ["policy", "resources", "teachers", "quality", "groups", "progress"])
def test_every_modules_exercises_can_be_given_to_seats(module):
    notebook = nbformat.read(ROOT / "notebooks" / module / "exercises.ipynb", as_version=4)
    assert any(f'begin("{module}", seed=1234)' in cell.source for cell in for_seat(notebook, 1234).cells)


def test_the_key_says_where_a_county_has_no_answer():
    course = Course("甲", people=1, lessons=("x",))
    found = key("teachers", seats(course))
    assert found["exercise"].str.startswith("teachers.").all()
    assert found["answer"].str.len().gt(0).all()
    own = found.loc[found["exercise"] == "teachers.12", "answer"]
    assert own.tolist() == [NO_KEY]
    assert (found["answer"] == NO_KEY).sum() == 1
