"""Returned notebooks read, judged and tabulated; what runs apart is tried in ``test_marking_apart.py``."""

import contextlib
import io
import json
import math
import os
import signal
import struct
import subprocess
import sys
import time
import zipfile
from functools import partial
from types import SimpleNamespace

import nbformat
import numpy as np
import openpyxl
import pandas as pd
import pytest
from command import within
from conftest import ROOT
from faulty import ALL, NOBODY, walled, walls_stand
from hypothesis import given
from hypothesis import strategies as st
from samples import sample_county
from test_marking_apart import MISSING

from balancelib.county import County
from balancelib.course.exercises import exercises
from balancelib.course.exercises.compare import fitted, is_stub, plain, same
from balancelib.course.exercises.session import Session, fault
from balancelib.course.training.marking import judging, opened, seccomp
from balancelib.course.training.marking import marks as marking
from balancelib.course.training.marking.answers import (
    Answer,
    Begun,
    Event,
    Failed,
    Handed,
    Nonsense,
    Tried,
    read_event,
    unpacked,
)
from balancelib.course.training.marking.copying import copied
from balancelib.course.training.marking.judging import Judged, Mark, in_words, judge_notebook
from balancelib.course.training.marking.marks import Marks, Row, mark
from balancelib.course.training.marking.packing import MOST_ITEMS, packed
from balancelib.course.training.marking.people import PeopleError, Person, read_people, whose
from balancelib.course.training.marking.returned import MOST_CELLS, MOST_EACH, Notebook, read_returned
from balancelib.course.training.marking.sandbox import Limits, Run
from balancelib.course.training.marking.sheet import marks_workbook

NEEDS_BWRAP = pytest.mark.skipif(bool(MISSING), reason=f"notebooks were not run apart: {MISSING}")
BEGIN = 'from balancelib.course.exercises import begin, check\n\ncounty = begin("policy"{seed})'
PEOPLE = (
    Person("1", "张三", 12),
    Person("2", "李四", 13),
    Person("3", "张三丰", 14),
    Person("04", "=cmd|' /C calc'!A0", 15),
    Person("5", "王五", 16),
    Person("6", "没交", 17),
)


def write_notebook(path, *cells):
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells]), path)
    return path


def right(n, seed, module="policy"):
    return Session(sample_county(seed), "").answer(n, exercises(module)[n])


# An answer leaves as data and is an object again

ANSWERS = [
    (3, 3.0), (1234.5, 1234.5), (np.float32(0.5), 0.5), (np.array(2.0), 2.0), (True, True), (np.True_, True), ("城关镇第三小学", "城关镇第三小学"),
    ({"甲校", "乙校"}, ["甲校", "乙校"]), (("甲校", "乙校"), ["甲校", "乙校"]), (pd.Index(["甲校", "乙校"]), ["甲校", "乙校"]),
    (np.array(["甲校", "乙校"]), ["甲校", "乙校"]), (pd.Series(["甲校", "乙校"]), ["甲校", "乙校"]), (set(), []),
    (pd.Series({"甲校": 1.0, "丙校": math.nan}), pd.Series({"甲校": 1.0, "丙校": math.nan})),
    (pd.Series({"甲校": 1, "丙校": None}, dtype="Int64"), pd.Series({"甲校": 1.0, "丙校": math.nan})),
    ({"学生": 100, "班": np.int64(4)}, {"学生": 100, "班": 4}), ({"甲校": "达标"}, {"甲校": "达标"}), ({}, pd.Series(dtype=float)),
    (pd.DataFrame({"班": [1, 2]}, index=["甲", "乙"]), pd.DataFrame({"班": [1, 2]}, index=["甲", "乙"])),
    (pd.DataFrame({"班": []}), pd.DataFrame({"班": pd.Series(dtype=float)})),
    (pd.DataFrame({"班": [1]}, index=["甲"]), pd.Series({"甲": 1.0})),
]  # fmt: skip


def through(answer):
    """What comes out of an answer that leaves the sandbox."""
    line = json.dumps({"event": "answer", "key": "x.1", "answer": packed(answer)}, allow_nan=False)
    return unpacked(read_event(line.encode()).answer)


@pytest.mark.parametrize(("answer", "expected"), ANSWERS)
def test_a_right_answer_is_right_outside(answer, expected):
    expected = plain(expected)
    assert same(fitted(answer, expected), expected, 0.0)
    assert same(fitted(through(answer), expected), expected, 0.0)


@pytest.mark.parametrize("answer", [..., [...], {"班": ...}, pd.Series([..., 1]), pd.DataFrame({"a": [...]})])
def test_a_stub_is_a_stub_outside(answer):
    assert is_stub(through(answer))


@pytest.mark.parametrize(
    "answer",
    ["3", None, print, len, object(), float("nan"), float("inf"), -1, pd.Series([True, False]), pd.Series([1.0, 2.0]), [1], {"班": 3},
     pd.DataFrame({"别的": [1]}), pd.Series({"甲": 1}), pd.Series([1.0, 2.0], index=["甲", "甲"]), 3 + 1j],
)  # fmt: skip
@pytest.mark.parametrize(
    "expected", [2.0, "文字", ["甲"], {"甲": 2}, True, pd.DataFrame({"班": [1]}, index=["甲"])]
)
def test_what_is_said_of_a_wrong_answer_is_the_same_outside(answer, expected):
    exercise = SimpleNamespace(mistakes={}, tolerance=0.0, answer=lambda county: expected)
    session = Session(SimpleNamespace(tables={}, warnings=(), sha256=""), "")
    session.answers["1"] = plain(expected)
    assert fault(session, "1", exercise, through(answer)) == fault(session, "1", exercise, answer)


def test_an_answer_that_is_too_long_is_none():
    assert packed(range(3)) == {"kind": "other"}
    for answer in (list(range(MOST_ITEMS + 1)), pd.Series(range(10**6)), pd.DataFrame(np.zeros((10**4, 2)))):
        assert packed(answer) == {"kind": "too_long"}
    assert packed("一" * 10**6)["cells"] == ["一" * 500]


@given(st.binary(max_size=300))
def test_no_bytes_are_more_than_an_event(line):
    with contextlib.suppress(Nonsense):
        assert isinstance(read_event(line), Event)


HOSTILE = [
    b"[" * 100_000,
    b'{"event": "done", "more": 1}',
    b'{"event": "answer", "key": "x.1", "answer": {"kind": "pickle", "cells": ["cos\\nsystem"]}}',
    b'{"event": "answer", "key": "x.1", "answer": {"kind": "list", "cells": [[1]]}}',
    b'{"event": "answer", "key": "x.1", "answer": {"kind": "list", "cells": [NaN]}}',
    json.dumps({"event": "answer", "key": "x" * 10**4, "answer": {"kind": "one"}}).encode(),
    json.dumps({"event": "answer", "key": "x.1", "answer": {"kind": "list", "cells": [0] * 10**5}}).encode(),
    b'{"event": "begun", "key": "policy", "seed": -1}',
    b'{"event": "begun", "key": "policy", "seed": 1e300}',
    b"\xff\xfe",
    b"",
]


@pytest.mark.parametrize("line", HOSTILE)
def test_nonsense_is_refused(line):
    with pytest.raises(Nonsense):
        read_event(line)


def test_a_ragged_table_is_cut():
    line = b'{"event":"answer","key":"x.1","answer":{"kind":"frame","labels":[1],"columns":["a","b"],"each":[[1,2],[3,4],[5]]}}'
    table = unpacked(read_event(line).answer)
    assert table.to_dict() == {"a": {1: 1}, "b": {1: 3}}


# The filter of system calls


def allowed(program, number, machine, argument=0):
    """Run a compiled filter as the kernel would."""
    lines = [struct.unpack_from("HBBI", program, at) for at in range(0, len(program), 8)]
    data = struct.pack("<iIQ6Q", number, machine, 0, argument, *[0] * 5)
    at, value = 0, 0
    while True:
        code, yes, no, k = lines[at]
        at += 1
        if code == 0x20:
            (value,) = struct.unpack_from("<I", data, k)
        elif code == 0x06:
            return k
        else:
            met = {0x15: value == k, 0x35: value >= k, 0x45: bool(value & k)}[code]
            at += yes if met else no


@pytest.mark.parametrize("machine", ["x86_64", *seccomp.GENERIC])
def test_the_filter_refuses_what_it_says_and_nothing_else(machine):
    program = seccomp.compiled(machine)
    here, column = seccomp.GENERIC.get(machine, seccomp.X86_64), int(machine != "x86_64")
    refused = {both[column] for both in seccomp.REFUSED.values()} - {None}
    for number in range(600):
        if number in (seccomp.CLONE[column], seccomp.CLONE3):
            continue
        assert allowed(program, number, here) == (seccomp.ERRNO | 1 if number in refused else seccomp.ALLOW)
    assert allowed(program, seccomp.CLONE3, here) == seccomp.ERRNO | 38
    assert (
        allowed(program, seccomp.CLONE[column], here, 0x003D_0F00) == seccomp.ALLOW
    )  # as glibc starts a thread
    assert allowed(program, seccomp.CLONE[column], here, 0x0120_0011) == seccomp.ERRNO | 1  # as it forks
    assert allowed(program, 0, 0x4000_0003) == seccomp.KILL  # of another interface, with other numbers
    if machine == "x86_64":
        assert allowed(program, seccomp.X32 + 1, here) == seccomp.ERRNO | 1


def test_no_filter_is_made_up_for_an_unknown_machine():
    with pytest.raises(seccomp.UnknownMachine):
        seccomp.compiled("z80")


# Who is who


@pytest.mark.parametrize(
    ("path", "seat"),
    [
        ("1/policy/exercises.ipynb", "1"),
        ("4/exercises.ipynb", "04"),
        ("座位5号/exercises.ipynb", "5"),
        ("５.ipynb", "5"),
        ("5_exercises.ipynb", "5"),
        ("exercises-5号-王五.ipynb", "5"),
        ("作业/王五交的.ipynb", "5"),
        ("张三丰的练习.ipynb", "3"),
        ("张三 (2).ipynb", "1"),
        ("2/exercises (1).ipynb", "2"),
        ("exercises (1).ipynb", None),
        ("exercises.ipynb", None),
        ("张三和李四.ipynb", None),
        ("1/3/policy.ipynb", None),  # of which day, group or seat is not known
        ("5/王五.ipynb", "5"),
        ("51.ipynb", None),
        ("04 (1)/policy (1).ipynb", "04"),  # as browsers name what they download again
        ("2(1)(2)/policy.ipynb", "2"),
        ("05 - 副本/policy - 副本.ipynb", "5"),
        ("5.zip/作业.zip/policy.ipynb", "5"),
        ("5.ipynb.txt", "5"),
        ("王五-1.ipynb", "5"),  # a name is more than a number
        ("20270315_王五_3.ipynb", "5"),
        ("1/王五.ipynb", None),
    ],
)
def test_whose_a_notebook_is_stands_in_its_name(tmp_path, path, seat):
    person = whose(tmp_path.joinpath(path).relative_to(tmp_path), PEOPLE)
    assert (person and person.seat) == seat


def test_people_are_read_as_excel_writes_them(tmp_path):
    path = tmp_path / "people.csv"
    path.write_bytes("座位,姓名,种子\r\n1,张三,12\r\n\r\n02,=1+1,0\r\n".encode("gb18030"))
    assert read_people(path) == (Person("1", "张三", 12), Person("02", "=1+1", 0))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "第一行要有seat、name、seed"),
        ("seat,name\n1,a\n", "第一行要有seat、name、seed"),
        ("seat,name,seed\n1,a,x\n", "第2行的种子要一个不小于0的整数，现在是“x”"),
        ("seat,name,seed\n1,a,-3\n", "第2行的种子要一个不小于0的整数"),
        ("seat,name,seed\n1,a,99999999999\n", "第2行的种子要一个不小于0的整数"),
        ("seat,name,seed\n1,a,3\n01,b,4\n", "座位1有两行"),
        ("seat,name,seed\n,a,3\n", "第2行没有座位"),
        ("\nseat,name,seed\n1,a,3\n\n\n,b,4\n", "第6行没有座位"),
        ("seat;name;seed\n1;a;3\n", "分号分开的"),
    ],
)
def test_a_list_that_cannot_be_is_refused(tmp_path, text, said):
    path = tmp_path / "people.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PeopleError, match=said):
        read_people(path)


# What was returned

EMPTY = '{"cells": [%s], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
CODE = '{"cell_type": "code", "source": %s}'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "不是能读的笔记本"),
        (b"PK\x03\x04", "不是能读的笔记本"),
        (b"[" * 10**6, "不是能读的笔记本"),
        (b'{"worksheets": [], "nbformat": 3}', "不是能读的笔记本"),
        ((EMPTY % (CODE % "7")).encode(), "不是能读的笔记本"),
        ((EMPTY % ",".join([CODE % '"1"'] * 10**5)).encode(), f"有100000格，最多{MOST_CELLS}格"),
        ((EMPTY % (CODE % json.dumps("x" * 20_001))).encode(), "第1格有20000字以上"),
        ((EMPTY % (CODE % '"print(1)"')).encode(), "没有练习的笔记本"),
        ((EMPTY % (CODE % json.dumps("check('os.system', 1); begin('../x')"))).encode(), "没有练习的笔记本"),
    ],
)
def test_what_is_no_exercise_notebook_is_not_run(tmp_path, content, said):
    (tmp_path / "1.ipynb").write_bytes(content)
    returned = read_returned(tmp_path, PEOPLE)
    assert returned.notebooks == []
    assert [remark.where for remark in returned.remarks] == ["1.ipynb"]
    assert said in returned.remarks[0].what


def test_only_code_is_taken(tmp_path):
    path = tmp_path / "1" / "exercises.ipynb"
    book = nbformat.v4.new_notebook()
    code = nbformat.v4.new_code_cell(
        ["check(", "'policy.2', 1)"], outputs=[nbformat.v4.new_output("stream", text="第2题：对。")]
    )
    book.cells = [nbformat.v4.new_markdown_cell("check('policy.1', 1)"), nbformat.v4.new_raw_cell("x"), code]
    book.metadata["widgets"] = {"application/x": {"state": {}}}
    path.parent.mkdir()
    path.write_text("\ufeff" + json.dumps(book), encoding="utf-8")
    (notebook,) = read_returned(tmp_path, PEOPLE).notebooks
    assert notebook == Notebook(
        "1/exercises.ipynb", PEOPLE[0], ((3, "check('policy.2', 1)"),), {"policy.2": (3,)}, "policy"
    )


def test_links_archives_and_hidden_folders_are_not_opened(tmp_path):
    secret = write_notebook(tmp_path / "elsewhere" / "exercises.ipynb", "check('policy.1', 1)")
    folder = tmp_path / "returned"
    write_notebook(folder / ".ipynb_checkpoints" / "exercises.ipynb", "check('policy.1', 1)")
    (folder / "1.ipynb").symlink_to(secret)
    (folder / "2").symlink_to(secret.parent)
    (folder / "3").symlink_to(folder)
    zipfile.ZipFile(folder / "4.zip", "w").close()
    returned = read_returned(folder, PEOPLE)
    assert returned.notebooks == []
    assert [tuple(remark) for remark in returned.remarks] == [
        ("1.ipynb", "是一个链接，没有打开。"),
        ("2", "是一个链接，没有打开。"),
        ("3", "是一个链接，没有打开。"),
        ("4.zip", "是空的压缩包。请让他再交。"),
    ]


def zipped(files):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, inside in files.items():
            archive.writestr(name, inside)
    return content.getvalue()


def book(*cells):
    return nbformat.writes(
        nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    ).encode()


ONE = book("check('policy.1', 1)")


@pytest.mark.parametrize(
    ("name", "content", "seat"),
    [
        ("2.zip", zipped({"policy.ipynb": ONE, "__MACOSX/._policy.ipynb": b"x"}), "2"),
        ("作业.zip", zipped({"里面.zip": zipped({"../../李四/policy.ipynb": ONE})}), "2"),
        ("作业.zip", zipped({"XXXX/policy.ipynb": ONE}).replace(b"XXXX", "李四".encode("gb18030")), "2"),
        ("2.ipynb", ONE.decode().encode("utf-16"), "2"),
        ("2.ipynb", book("check('policy.1', '小学')").decode().encode("gb18030"), "2"),
        ("2.ipynb.txt", ONE, "2"),
    ],
)
def test_returned_work_is_read_as_it_comes(tmp_path, name, content, seat):
    (tmp_path / name).write_bytes(content)
    returned = read_returned(tmp_path, PEOPLE)
    assert [(one.person.seat, list(one.homes)) for one in returned.notebooks] == [(seat, ["policy.1"])]
    assert returned.remarks == []
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.skipif(not walls_stand(), reason="no bubblewrap: nobody to whom a folder is closed")
def test_a_folder_that_cannot_be_opened_is_said(tmp_path):
    """Or whoever it is from would seem to have returned nothing."""
    closed = write_notebook(tmp_path / "01" / "exercises.ipynb", "check('policy.1', 1)").parent
    closed.chmod(0)
    look = "import sys; from pathlib import Path; from balancelib.course.training.marking.opened import files; r = []; print(list(files(Path(sys.argv[1]), r)), r)"
    done = walled([*NOBODY, *ALL], ["-c", look, tmp_path], tmp_path, PYTHONIOENCODING="utf-8")
    assert done.stdout == "[] [Remark(where='01', what='打不开：没有权限。里面的没有判。')]\n", done.stderr


def test_names_in_gbk_are_names(tmp_path):
    folder = tmp_path / os.fsdecode("李四".encode("gb18030"))
    folder.mkdir()
    (folder / "policy.ipynb").write_bytes(ONE)
    (notebook,) = read_returned(tmp_path, PEOPLE).notebooks
    assert (notebook.file, notebook.person.seat) == ("李四/policy.ipynb", "2")


BOMB = zipped({f"{n}.ipynb": bytes(2**20) for n in range(20)})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04", "压缩包打不开"),
        (b"Rar!", "压缩包打不开"),
        (zipped({f"{n}/x.txt": b"" for n in range(41)}), "文件多于40个"),
        (zipped({"x.zip": zipped({f"{n}/x.txt": b"" for n in range(41)})}), "文件多于40个"),
        (zipped({"a.zip": zipped({"b.zip": zipped({"c.zip": zipped({"x.ipynb": ONE})})})}), "套得太深"),
        (BOMB, "压缩包展开后太大"),
    ],
)
def test_a_zip_that_harms_costs_only_itself(tmp_path, monkeypatch, content, said):
    for name, value in {"MOST_FILES": 40, "NESTED": 3}.items():
        monkeypatch.setattr(opened, name, value)
    monkeypatch.setattr(opened, "Room", partial(opened.Room, 2**22, 40))
    (tmp_path / "2.zip").write_bytes(content)
    (tmp_path / "3.ipynb").write_bytes(ONE)
    returned = read_returned(tmp_path, PEOPLE)
    assert [one.person.seat for one in returned.notebooks] == ["3"]
    assert said in "".join(remark.what for remark in returned.remarks)


def test_a_member_that_lies_about_its_size_or_is_locked_is_refused(tmp_path):
    locked = bytearray(zipped({"policy.ipynb": ONE}))
    for sign, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(sign) + at] |= 1
    (tmp_path / "2.zip").write_bytes(locked)
    returned = read_returned(tmp_path, PEOPLE)
    assert [remark.what for remark in returned.remarks] == [
        "读不出来：坏了，或者加了密码。请让他直接交笔记本，或者改打成不加密码的.zip。"
    ]
    assert returned.refused == {PEOPLE[1]: ["2.zip/policy.ipynb"]}


def test_a_notebook_with_large_outputs_is_read_and_one_larger_still_is_told_what_to_do(tmp_path, monkeypatch):
    shown = nbformat.v4.new_code_cell(
        "check('policy.1', 1)", outputs=[nbformat.v4.new_output("stream", text="x" * 2**22)]
    )
    write_notebook(tmp_path / "2.ipynb")
    nbformat.write(nbformat.v4.new_notebook(cells=[shown]), tmp_path / "2.ipynb")
    monkeypatch.setattr(opened, "LARGEST", 2**23)
    assert len(read_returned(tmp_path, PEOPLE).notebooks) == 1
    monkeypatch.setattr(opened, "LARGEST", 2**21)
    (remark,) = read_returned(tmp_path, PEOPLE).remarks
    assert remark.what.startswith("读不出来：超过2MB")
    assert "清空输出" in remark.what


def test_who_returned_something_else_is_told_from_who_returned_nothing(tmp_path):
    for name in ("1/练习.docx", "2/policy.py", "2/policy.pdf", "5/policy.ipynb"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "3.rar").write_bytes(b"Rar!")
    returned = read_returned(tmp_path, PEOPLE)
    said = {remark.where: remark.what for remark in returned.remarks}
    assert "只有练习.docx。请让他再交" in said["1"]
    assert "只有policy.pdf、policy.py" in said["2"]
    assert said["3.rar"].startswith("是打不开的压缩包")
    assert said["5/policy.ipynb"].startswith("不是能读的笔记本")
    assert [person.seat for person in returned.refused] == ["3", "5", "1", "2"]


def test_a_copy_of_the_same_is_judged_once(tmp_path):
    for name in ("2/policy.ipynb", "2/policy (1).ipynb", "李四.ipynb"):
        write_notebook(tmp_path / name, "check('policy.1', 1)")
    write_notebook(tmp_path / "2" / "other.ipynb", "check('policy.1', 2)")
    returned = read_returned(tmp_path, PEOPLE)
    assert [one.file for one in returned.notebooks] == ["李四.ipynb", "2/other.ipynb"]
    assert {remark.what for remark in returned.remarks} == {"和李四.ipynb里的程序一样，只判了一份。"}


def test_one_person_cannot_keep_the_others_waiting(tmp_path):
    for n in range(MOST_EACH + 3):
        write_notebook(tmp_path / "2" / f"x{n}.ipynb", f"check('policy.1', {n})")
        write_notebook(tmp_path / "nobody" / f"x{n}.ipynb", f"check('policy.1', {n})")
    returned = read_returned(tmp_path, PEOPLE)
    assert len(returned.notebooks) == 2 * MOST_EACH
    assert f"交了{MOST_EACH}份以上的笔记本，只判了前{MOST_EACH}份。" in {one.what for one in returned.remarks}


def test_a_name_that_says_nothing_is_found_by_the_seed(tmp_path):
    write_notebook(tmp_path / "exercises.ipynb", BEGIN.format(seed=", seed=13"), "check('policy.1', 1)")
    write_notebook(tmp_path / "policy.ipynb", BEGIN.format(seed=", seed=99"), "check('policy.1', 1)")
    returned = read_returned(tmp_path, PEOPLE)
    assert [one.person and one.person.seat for one in returned.notebooks] == ["2", None]
    assert "begin里的种子是座位2李四的，就当是他的：请核对" in returned.remarks[0].what


def test_of_a_whole_class_folder_only_ones_own_is_taken(tmp_path):
    for seat in ("01", "02", "03"):
        write_notebook(tmp_path / "李四" / "people" / seat / "policy.ipynb", "check('policy.1', 1)")
    returned = read_returned(tmp_path, PEOPLE)
    assert [one.file for one in returned.notebooks] == ["李四/people/02/policy.ipynb"]
    assert {remark.what for remark in returned.remarks} == {
        "里面有发给别的座位的文件夹（people），没有看，只看了他自己的。"
    }


def test_names_of_files_steer_no_terminal(tmp_path):
    write_notebook(tmp_path / "\u202e一\x1b[31m.ipynb", "check('policy.1', 1)")
    (notebook,) = read_returned(tmp_path, ()).notebooks
    assert notebook.file == "�一�[31m.ipynb"


# Who copied


def judged(person, wrong=None, **begun):
    rights = {f"policy.{n}": right(n, person.seed) for n in ("1", "2", "10")}
    return Judged(
        Notebook(f"{person.seat}.ipynb", person, (), {}, "policy"),
        person.seed,
        begun,
        {},
        wrong or {},
        rights,
    )


def test_an_answer_right_in_anothers_county_is_said():
    first = judged(PEOPLE[0])
    second = judged(PEOPLE[1], {"policy.1": right("1", 12)})
    (remark,) = copied([first, second])
    assert remark.where == "座位2李四"
    assert remark.what == "2.ipynb：第1题的答案在座位1张三的县里是对的，在自己的县里不对，像是抄的。"


def test_two_rounded_answers_are_said_and_one_is_not():
    rounded = {"policy.1": round(right("1", 12), 4), "policy.10": round(right("10", 12), 2)}
    assert len(copied([judged(PEOPLE[0]), judged(PEOPLE[1], rounded)])) == 1
    for key, answer in rounded.items():
        assert copied([judged(PEOPLE[0]), judged(PEOPLE[1], {key: answer})]) == []


def test_what_is_right_in_several_counties_is_not_copied():
    twins = [judged(Person("7", "甲", 12)), judged(Person("8", "乙", 30))]
    twins[1].rights["policy.1"] = twins[0].rights["policy.1"]
    assert copied([*twins, judged(PEOPLE[1], {"policy.1": right("1", 12)})]) == []


def test_the_answers_of_the_book_are_said():
    (remark,) = copied([judged(PEOPLE[1], {"policy.1": right("1", 7), "policy.2": right("2", 7)})])
    assert (
        remark.what == "2.ipynb：第1题、第2题的答案在示例县（书上的）里是对的，在自己的县里不对，像是抄的。"
    )


def test_what_many_hit_by_chance_is_not_copied():
    assert right("2", 12) == 18
    assert copied([judged(PEOPLE[0]), judged(PEOPLE[1], {"policy.2": 18})]) == []


def test_a_county_that_is_anothers_is_said():
    said = copied([judged(PEOPLE[0]), judged(PEOPLE[1], policy=12), judged(PEOPLE[4], policy=999)])
    assert [remark.what for remark in said] == [
        "2.ipynb的begin里种子是12，发给他的是13，那是座位1张三的，像是抄的。",
        "5.ipynb的begin里种子是999，发给他的是16。",
    ]


# What a notebook did apart, judged

RIGHT = 0.51245  # of policy.1 in the county of seat 1


def judged_as(monkeypatch, run, cells=((3, 'check("policy.1", x)'),)):
    """The marks of a notebook of seat 1 that did this."""
    monkeypatch.setattr(judging, "run_apart", lambda *_: run)
    homes = {"policy.1": (3,)}
    return judge_notebook(Notebook("1.ipynb", PEOPLE[0], cells, homes, "policy"), ["policy.1"], Limits())


def handed(**answer):
    return Run([read_event(json.dumps({"event": "answer", "key": "policy.1", "answer": answer}).encode())])


@pytest.mark.parametrize(
    ("run", "outcome", "said"),
    [
        (handed(kind="one", cells=[RIGHT]), "对", ""),
        (handed(kind="one", cells=[100 * RIGHT]), "不对", "偏大。"),
        (handed(kind="one", cells=["0.51"]), "不对", "带引号的文字"),
        (handed(kind="function"), "不对", "函数本身，后面少了括号"),
        (handed(kind="too_long"), "不对", "有几千个数"),
        (handed(kind="one", cells=[{"mark": "stub"}]), "没有答", "还是..."),
        (Run(ended={3: "time"}), "超时", "90秒还没有运行完"),
        (Run(ended={3: "died"}), "出错", "让整个Python停了"),
        (Run(ended={3: "output"}), "出错", "交出来的东西太多"),
        (Run(ended={1: "time"}, unrun={3}), "超时", "没有运行到这一格"),
        (Run(ended={-1: "died"}, said="no"), "出错", "不是他的错"),
        (Run([Failed(3, "OutOfTime", "")]), "超时", "超过了30秒"),
        (Run([Failed(1, "KeyError", "'x'"), Failed(3, "NameError", "x")]), "出错", "第1格先出了错"),
        (
            Run([Tried(3, "files"), *handed(kind="one", cells=[RIGHT]).events]),
            "不安全",
            "以外的文件",
        ),
        (Run([Tried(3, "answers"), *handed(kind="one", cells=[RIGHT]).events]), "对", ""),
        (Run(), "没有答", "没有运行到check"),
    ],
)
def test_what_it_did_is_judged(monkeypatch, run, outcome, said):
    mark = judged_as(monkeypatch, run).marks["policy.1"]
    assert mark.outcome == outcome
    assert said in mark.reason


def test_a_notebook_that_names_no_county_is_judged_in_the_seats(monkeypatch):
    run = handed(kind="one", cells=[RIGHT])
    run.events.insert(0, Begun("policy", 12, named=False))
    seeds = []
    monkeypatch.setattr(judging, "run_apart", lambda *given: seeds.append(given[-1]) or run)
    notebook = Notebook("1.ipynb", PEOPLE[0], ((3, ""),), {"policy.1": (3,)}, "policy")
    one = judge_notebook(notebook, ["policy.1"], Limits())
    assert (seeds, one.unnamed, one.marks["policy.1"].outcome) == ([12], True, "对")
    (remark,) = marking._unnamed([one])
    assert remark.what.startswith("1.ipynb的begin里没有种子")


def test_of_an_own_county_it_is_said_that_it_is_not_here(monkeypatch):
    run = handed(kind="one", cells=[100.0])
    run.events.insert(0, Begun("policy.1", 12, own=True))
    one = judged_as(monkeypatch, run)
    assert one.own == {"policy.1"}
    assert one.marks["policy.1"].reason.endswith("直接写下来的数判不了，请当面看。）")
    rows = {"policy": [Row("1", "张三", 12, "1.ipynb", one.marks)]}
    content = marks_workbook(Marks(rows, {"policy": ["policy.1"]}, [], [], 1, ("policy.1",)))
    texts = [
        cell.value for row in openpyxl.load_workbook(io.BytesIO(content))["每题"].iter_rows() for cell in row
    ]
    assert [text for text in texts if str(text).startswith("政策背景与核心理念第1题，学员可以用自己的县做。")]


def test_of_several_notebooks_of_one_person_the_best_answer_counts_once():
    halves = [{"policy.1": Mark("对")}, {"policy.1": Mark("没有答", "x")}]
    rows = [Row("2", "李四", 13, f"{n}.ipynb", marks) for n, marks in enumerate(halves)]
    rows += [
        Row("", "", 7, "a.ipynb", {"policy.1": Mark("不对")}),
        Row("", "", 7, "b.ipynb", {"policy.1": Mark("对")}),
    ]
    assert [one.outcome for one in marking._best(rows, "policy.1")] == ["对", "不对", "对"]


def test_exercises_of_another_edition_are_said():
    remarks = []
    notebook = Notebook("1.ipynb", None, (), {"policy.1": (1,), "policy.77": (2,)}, "policy")
    assert marking._keys("policy", [notebook], remarks) == ["policy.1"]
    assert remarks[0].what == "policy第77题，课里现在没有，没有判：是不是旧版的笔记本？"


def ends_one(notebook, keys, limits):
    """In the place of the judge: of one notebook the system ends the whole process."""
    if notebook.file == "2.ipynb":
        os._exit(9)
    return Judged(notebook, 7, marks={key: Mark("对") for key in keys})


def test_a_process_that_the_system_ends_costs_only_its_notebook(monkeypatch):
    monkeypatch.setattr(marking, "judge_or_say", ends_one)
    notebooks = [Notebook(f"{n}.ipynb", None, (), {}, "policy") for n in range(1, 5)]
    found = marking._judged_all(notebooks, {"policy": ["policy.1"]}, Limits(), lambda text: None)
    assert [one.marks["policy.1"].outcome for one in found] == ["对", "出错", "对", "对"]
    assert found[1].broken == "被系统停了，多半是内存不够"


def test_how_long_it_takes_is_guessed_from_those_before():
    assert marking._still(100.0, 1, 30) == ""
    assert marking._still(100.0, 10, 30) == "，大约还要3分钟"
    assert marking._still(100.0, 29, 30) == ""


def test_a_notebook_that_cannot_be_judged_stops_no_other(monkeypatch):
    monkeypatch.setattr(judging, "run_apart", lambda *_: 1 / 0)
    judged = judging.judge_or_say(Notebook("1.ipynb", None, (), {}, "policy"), ["policy.1"], Limits())
    assert judged.broken == "ZeroDivisionError：division by zero"
    assert judged.marks["policy.1"].outcome == "出错"


def test_an_exercise_that_the_county_has_no_data_for_does_not_count(monkeypatch):
    whole = sample_county(12)
    bare = County(whole.tables | {"schools": whole.schools.iloc[:0]})
    monkeypatch.setattr(judging, "session_of", lambda seed, module: Session(bare, ""))
    mark = judged_as(monkeypatch, handed(kind="one", cells=[1])).marks["policy.1"]
    assert mark.outcome == "做不了"
    assert mark.reason.startswith("这个县里算不出来，不算在内：")


def test_an_exercise_whose_answer_fails_costs_no_other(monkeypatch):
    def answer(session, n, exercise):
        return {}["no"] if n == "1" else computed(session, n, exercise)

    computed = Session.answer
    monkeypatch.setattr(Session, "answer", answer)
    run = Run([*handed(kind="one", cells=[1]).events, Handed("policy.2", Answer("one", [0]))])
    monkeypatch.setattr(judging, "run_apart", lambda *_: run)
    cells = ((3, 'check("policy.1", x)'), (5, 'check("policy.2", x)'))
    homes = {"policy.1": (3,), "policy.2": (5,)}
    notebook = Notebook("1.ipynb", Person("1", "张三", 12), cells, homes, "policy")
    marks = judging.judge_or_say(notebook, list(homes), Limits()).marks
    assert [marks[key].outcome for key in homes] == ["做不了", "不对"]
    assert "KeyError：'no'" in marks["policy.1"].reason


# Errors in words


def test_errors_are_said_in_chinese_with_pythons_name():
    event = Failed(3, "NameError", "name 'x' is not defined\nand more", 2, "y = x + 1")
    said = "第2行`y = x + 1`：用到了一个还没有的名字（NameError：name 'x' is not defined and more）。"
    assert in_words(event) == said
    assert in_words(Failed(3, "Odd\x1b", "")) == "运行时出错（Odd�）。"


# A class, marked

CV = 'check("policy.1", {})'
PASSING = 'check("policy.2", {})'
RATIO = 'check("policy.10", {})'


def a_class(folder):
    """Six people, and what else may lie in a folder."""
    begin = {person.seat: BEGIN.format(seed=f", seed={person.seed}") for person in PEOPLE}
    solved = [
        cell.source
        for cell in nbformat.read("notebooks/policy/solutions.ipynb", 4).cells
        if cell.cell_type == "code"
    ]
    first = next(n for n, source in enumerate(solved) if "check(" in source and "begin" not in source)
    write_notebook(folder / "1" / "policy" / "exercises.ipynb", begin["1"], *solved[1 : first + 3])
    copied_cells = [CV.format(right("1", 12)), PASSING.format(right("2", 13)), RATIO.format(right("10", 12))]
    write_notebook(folder / "2号.ipynb", begin["2"], *copied_cells)
    mistaken = Session(sample_county(14), "")
    mistakes = {n: exercises("policy")[n].mistakes for n in ("1", "2")}
    slips = [mistaken.mistaken(n, exercises("policy")[n], next(iter(mistakes[n]))) for n in mistakes]
    write_notebook(
        folder / "张三丰.ipynb",
        begin["3"],
        CV.format(slips[0]),
        PASSING.format(slips[1]),
        "x = ...\n" + RATIO.format("x + 1"),
    )
    write_notebook(
        folder / "4" / "exercises.ipynb",
        begin["04"],
        "from balancelib.course.exercises.policy import EXERCISES\n"
        + CV.format("EXERCISES['1'].answer(county)"),
        "import socket\n" + PASSING.format("socket.create_connection(('192.0.2.1', 80))"),
        "while True:\n    pass\n" + RATIO.format(1),
    )
    write_notebook(
        folder / "5" / "exercises.ipynb",
        begin["5"],
        "check = lambda key, answer: print('对')\n" + CV.format(1),
        "import os\nos._exit(0)\n" + PASSING.format(1),
        "from balancelib.course.exercises import check\nshare = 3 / 0\n" + RATIO.format("share"),
    )
    write_notebook(folder / "=cmd|calc.ipynb", BEGIN.format(seed=""), CV.format(right("1", 7)))
    (folder / "坏.ipynb").write_bytes(b"{")


OUTCOMES = {
    "1": ["对", "对", "没有答"],
    "2": ["不对", "对", "不对"],
    "3": ["不对", "不对", "没有答"],
    "04": ["出错", "不安全", "超时"],
    "5": ["没有答", "出错", "出错"],
    "6": ["没有交"] * 3,
    "": ["对", "没有答", "没有答"],
}


@pytest.fixture(scope="module")
def marks(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class") / "returned"
    a_class(folder)
    told = []
    found = mark(folder, PEOPLE, Limits(cell=3.0), told.append)
    assert told == ["读交回来的文件", *(f"判好了{n}份，一共6份" for n in range(7)), "比一比有没有抄的"]
    return found


@NEEDS_BWRAP
def test_everybody_has_their_marks(marks):
    rows = marks.modules["policy"]
    assert {row.seat: [row.marks[key].outcome for key in marks.keys["policy"]] for row in rows} == OUTCOMES
    assert marks.keys["policy"] == ["policy.1", "policy.2", "policy.10"]
    assert [row.file for row in rows] == [
        "1/policy/exercises.ipynb", "2号.ipynb", "张三丰.ipynb", "4/exercises.ipynb", "5/exercises.ipynb", "", "=cmd|calc.ipynb",
    ]  # fmt: skip


@NEEDS_BWRAP
def test_reasons_are_said(marks):
    reasons = {(row.seat, key): row.marks[key].reason for row in marks.modules["policy"] for key in row.marks}
    mistakes = [next(iter(exercises("policy")[n].mistakes)) for n in ("1", "2")]
    assert [reasons["3", "policy.1"], reasons["3", "policy.2"]] == mistakes
    assert reasons["3", "policy.10"] == "还有没填的...，所以后面算不下去。"
    assert "没有这个模块（ModuleNotFoundError：" in reasons["04", "policy.1"]
    assert reasons["04", "policy.2"].startswith("这一格想连网络。没有办到")
    assert reasons["04", "policy.10"].startswith("这一格运行超过了3秒")
    assert reasons["5", "policy.1"].startswith("没有运行到check")
    assert reasons["5", "policy.2"].startswith("这一格让整个Python停了")
    assert (
        reasons["5", "policy.10"] == "第2行`share = 3 / 0`：除以了0（ZeroDivisionError：division by zero）。"
    )
    assert reasons["1", "policy.10"].startswith("笔记本里没有这道题的check")


@NEEDS_BWRAP
def test_the_trainer_is_told_what_to_look_at(marks):
    said = [f"{remark.where}：{remark.what}" for remark in marks.remarks]
    for words in (
        "座位2李四：2号.ipynb：第1题、第10题的答案在座位1张三的县里是对的，在自己的县里不对，像是抄的。",
        "座位04=cmd|' /C calc'!A0：4/exercises.ipynb第2格想取参考答案，没有办到。",
        "座位04=cmd|' /C calc'!A0：4/exercises.ipynb第3格想连网络，没有办到。",
        "=cmd|calc.ipynb：认不出是谁的，按文件名列在表里。请把文件夹或文件名改成座位号或姓名，再判一次。",
        "坏.ipynb：不是能读的笔记本（.ipynb，第4版）：请让学员用JupyterLab打开，另存，再交。",
        "没有种子的：1份笔记本的begin里没有种子，也不知道是哪个座位的：是在示例县里重新算、重新判的。用自己的县做的，直接写下来的数会判不对，请当面看。",
    ):
        assert words in said
    absent = "、".join(n for n in exercises("policy") if n not in ("1", "2", "10"))
    assert f"policy.ipynb：第{absent}题，交来的笔记本里一份也没有，没有列在表里。" in said
    assert len(said) == 7


@NEEDS_BWRAP
def test_what_to_explain_again_is_summed_up(marks):
    first, second, third = marks.summaries
    assert (first.key, first.done, first.share, first.explain) == ("policy.1", 6, 2 / 6, True)
    assert first.outcomes == {"对": 2, "不对": 2, "出错": 1, "没有答": 1, "没有交": 1}
    assert (second.mistake, second.met) == (next(iter(exercises("policy")["2"].mistakes)), 1)
    assert third.share == 0


@NEEDS_BWRAP
def test_the_workbook_holds_it_all_and_no_formula(marks):
    content = marks_workbook(marks)
    assert content == marks_workbook(marks)
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["每题", "政策背景与核心理念", "为什么", "看一看"]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    texts = [cell.value for cell in cells]
    assert "=cmd|calc.ipynb" in texts
    assert "=cmd|' /C calc'!A0" in texts
    rows = [[cell.value for cell in row] for row in book["政策背景与核心理念"].iter_rows()]
    assert ["1", "张三", 12, "1/policy/exercises.ipynb", "对", "对", "没有答", 2] in rows


def test_control_characters_do_not_break_the_workbook():
    row = Row("1", "a", 1, "b", {"policy.1": Mark("不对", "\x00\x1b[2J\ud800坏")})
    marks = Marks({"policy": [row]}, {"policy": ["policy.1"]}, [], [], 1)
    assert marks_workbook(marks)


# The command


@NEEDS_BWRAP
def test_the_command_marks_a_folder(tmp_path):
    write_notebook(tmp_path / "returned" / "a.ipynb", BEGIN.format(seed=", seed=9"), CV.format(right("1", 9)))
    done = within("mark", "returned", "--out", "marks.xlsx", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("没有名单（--people people.csv）：每份按它自己的begin里写的县判")
    assert done.stdout.endswith("结果写好了：marks.xlsx。\n")
    assert openpyxl.load_workbook(tmp_path / "marks.xlsx")["政策背景与核心理念"]["E3"].value == "对"


def people_csv(path, *rows):
    path.parent.mkdir(parents=True)
    path.write_text("seat,name,seed\n" + "".join(f"{row}\n" for row in rows), encoding="utf-8")


@NEEDS_BWRAP
def test_the_list_of_the_class_beside_is_found_and_said(tmp_path):
    """A course on one's own county, in which the notebooks name no seed."""
    write_notebook(
        tmp_path / "returned" / "1" / "a.ipynb",
        "from balancelib.county import use_county\n\nuse_county('../../data/county_of_course')",
        BEGIN.format(seed=""),
        "x = county.schools['pupils_primary'].sum()",
        CV.format(right("1", 9)),
    )
    people_csv(tmp_path / "returned" / "trainer" / "people.csv", "1,坏人,3")  # from a trainee
    people_csv(tmp_path / "class" / "trainer" / "people.csv", "1,张三,9")
    done = within("mark", "returned", "--out", "marks.xlsx", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"用的是旁边那期课的名单{tmp_path}/class/trainer/people.csv，1人。" in done.stdout
    assert "不是发给他座位的那一份；判的时候用了他座位的县（种子9）" in done.stdout
    rows = list(
        openpyxl.load_workbook(tmp_path / "marks.xlsx")["政策背景与核心理念"].iter_rows(values_only=True)
    )
    assert rows[2][:5] == ("1", "张三", 9, "1/a.ipynb", "对")
    people_csv(tmp_path / "class2" / "trainer" / "people.csv", "1,王五,10")
    done = within("mark", "returned", "--out", "marks.xlsx", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert (
        "旁边有2份名单（class/trainer/people.csv、class2/trainer/people.csv）：请用--people写明是哪一份"
        in done.stderr
    )


@NEEDS_BWRAP
def test_marking_stops_when_it_is_told_to(tmp_path):
    for n in range(8):
        write_notebook(
            tmp_path / "returned" / f"{n}.ipynb", f"import time\ntime.sleep(600 + {n})\n" + CV.format(1)
        )
    listens = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)"  # whatever this one does
    command = f"{listens}; from balancelib.cli import main; sys.exit(main(['mark', 'returned', '--out', 'marks.xlsx']))"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", command],
        cwd=tmp_path,
        env=environment,
        start_new_session=True,
        stderr=subprocess.PIPE,
    ) as process:
        time.sleep(12)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        try:
            process.communicate(timeout=40)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    assert process.returncode not in (0, None)
    assert [path.name for path in tmp_path.iterdir()] == ["returned"]


def test_a_request_to_stop_ends_marking_as_ctrl_c_does(tmp_path, monkeypatch):
    """Without a sandbox of its own left running."""
    monkeypatch.setattr(marking, "check_sandbox", lambda: os.kill(os.getpid(), signal.SIGTERM))
    done = within("mark", ".", "--out", "marks.xlsx", folder=tmp_path)
    assert (done.returncode, done.stderr) == (130, "已中断\n")
    assert list(tmp_path.iterdir()) == []


def test_without_bubblewrap_nothing_is_run(tmp_path, monkeypatch):
    write_notebook(tmp_path / "returned" / "1.ipynb", f"open({str(tmp_path / 'ran')!r}, 'w')", CV.format(1))
    monkeypatch.setenv("PATH", str(tmp_path))
    done = within("mark", "returned", "--out", "marks.xlsx", folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("这台电脑上没有bubblewrap（命令bwrap）。")
    assert "WSL" in done.stderr
    assert "apt-get install bubblewrap" in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["returned"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["nowhere", "--out", "m.xlsx"], 2, "nowhere不是文件夹：请给出装着交回的笔记本的文件夹"),
        ([".", "--out", "m.csv"], 2, "m.csv：文件名要以.xlsx结尾"),
        ([".", "--people", "none.csv", "--out", "m.xlsx"], 1, "none.csv读不出来：找不到。请检查路径"),
        ([".", "--out", "m.xlsx"], 1, ".里没有能判的练习笔记本（exercises.ipynb）。"),
    ],
)
def test_what_cannot_be_marked_is_refused(tmp_path, words, code, said):
    if MISSING and "none.csv" not in words and code == 1:
        pytest.skip(MISSING)
    done = within("mark", *words, folder=tmp_path)
    assert (done.returncode, done.stderr) == (code, f"{said}\n")
    assert list(tmp_path.iterdir()) == []
