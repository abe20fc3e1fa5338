"""The notebooks on other counties than the sample: each runs to its end, or stops with a plain word on what the county lacks."""

import os

import nbformat
import pandas as pd
import pytest
from conftest import ROOT
from jupyter_client import KernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell

from balancelib.county import County, InputError, Lacking, MissingTable, open_county, sample_county
from balancelib.county.opened import VARIABLE
from balancelib.county.schema import schema
from balancelib.county.write import write_csv, write_workbook
from balancelib.course.execution import prepare_kernels
from balancelib.course.exercises import begin
from balancelib.figures.explorers import IN_BOOK

NOTEBOOKS = sorted([*(ROOT / "notebooks").glob("*/*.ipynb"), ROOT / "notebooks" / "mistakes.ipynb"])
# What stops a notebook on a county: on a full one nothing.
STOPS = {
    "full": {},
    "schools only": {
        "added": "“监测成绩”表",
        "ages": "“教师”表",
        "alliances": "“校际路程”表",
        "audit": "“学校经费”表",
        "between": "“监测成绩”表",
        "compensation": "“分年级学生”表",
        "composite": "“监测成绩”表",
        "curriculum": "“课表”表",
        "digital": "“数字化”表",
        "effects": "“课堂评价”表",
        "enrolled": "“各部门名册”表",
        "equity": "“学业水平”表",
        "exercises": "“学校经费”表",
        "five_years": "“教师”表",
        "facilities": "“校舍”表",
        "funding": "“学校经费”表",
        "gaps": "“学生预警”表",
        "groups/exercises": "“各部门名册”表",
        "groups/solutions": "“各部门名册”表",
        "income": "“学生预警”表",
        "items": "“试题”表",
        "incentives": "“岗位选择调查”表",
        "log": "“课堂日志”表",
        "mending": "“监测成绩”表",
        "migrants": "“各类学生”表",
        "mistakes": "“学校其他项目”表的“各音乐教室面积”",
        "mobility": "“教育流动”表",
        "monitoring": "“历年学校数据”表",
        "need": "“教师”表",
        "partners": "“教师”表",
        "plan": "“历年学校数据”表",
        "publish": "“残疾儿童安置”表",
        "pupils": "“分年级学生”表",
        "quality/exercises": "“课表”表",
        "quality/solutions": "“课表”表",
        "rectify": "“督导记录”表",
        "registers": "“各部门名册”表",
        "resource_rooms": "“关爱保障”表",
        "review": "“教材审读”表",
        "rotation": "“教师”表",
        "shared_pool": "“教师”表",
        "self_assessment": "“县级项目”表的“符合交流条件教师数”",
        "solutions": "“学校经费”表",
        "staggered": "“各校历年结果”表",
        "sampling": "“各校历年结果”表",
        "support": "“关爱保障”表",
        "targets": "“历年学校数据”表",
        "teachers/exercises": "“教师”表",
        "teachers/solutions": "“教师”表",
        "studios": "“名师工作室”表",
        "survey": "“满意度答卷”表",
        "training": "“教师”表",
        "upkeep": "“设备台账”表",
        "warning": "“学生预警”表",
        "capstone": "“整改”表",
        "series": "“每月缺勤”表",
        "synthetic": "“同省各县历年”表",
        "progress/exercises": "“历年学校数据”表",
        "progress/solutions": "“历年学校数据”表",
    },
    "three schools": {
        "added": "不比碰巧的大",
        "composite": "五个方面都有数的学校只有",
        "curriculum": "“培训学时”表",
        "digital": "不用再开机位",
        "effects": "“课堂评价”表",
        "exercises": "没有九年一贯制学校",
        "mending": "不比碰巧的大",
        "gaps": "至少要有两组",
        "groups/exercises": None,  # not those of module two
        "groups/solutions": None,
        "income": "至少要有两所学校",
        "log": "“课堂日志”表",
        "partners": "“城乡结对”表",
        "policy/exercises": "没有特殊教育学校",
        "policy/solutions": "没有特殊教育学校",
        "quality/exercises": "五个方面都有数的学校只有",
        "quality/solutions": "五个方面都有数的学校只有",
        "rectify": "“督导记录”表",
        "sampling": "名单里只有",
        "shared_pool": "“走教空闲”表",
        "solutions": "没有九年一贯制学校",
        "staggered": "看“驻校帮扶”有没有用",
        "studios": "“工作室成员”表",
        "teachers/exercises": "没有一所学校在12个班以内",
        "teachers/solutions": "没有一所学校在12个班以内",
        "training": "“培训学时”表",
        "warning": "只有一所学校，分不成两半",
        "capstone": "“整改”表",
        "progress/exercises": "看“驻校帮扶”有没有用",
        "progress/solutions": "看“驻校帮扶”有没有用",
    },
}


def elsewhere(tables):
    """Give schools and county names and numbers that the sample has not."""
    moved = {}
    for name, table in tables.items():
        columns = schema().table(name).columns
        ids = [c.name for c in columns if (c.identifies or c.refers) and c.name in table]
        moved[name] = table.assign(**{column: "X" + table[column] for column in ids})
    schools = moved["schools"]
    moved["schools"] = schools.assign(name="星河" + schools["name"], county="星河县")
    return moved


def of_schools(tables, ids):
    """Keep of every table the rows of some schools and of their teachers; who or what is elsewhere is blank."""
    kept = {}
    for table in (table for table in schema().tables if table.name in tables):
        rows = tables[table.name]
        if table.name == "schools":
            rows = rows[rows["school_id"].isin(ids)]
        for column in sorted(table.references, key=lambda c: c.needed != "always"):
            there = rows if column.refers == table.name else kept[column.refers]
            known = rows[column.name].isin(there[schema().table(column.refers).key[0]])
            if column.needed == "always":
                rows = rows[known]
            else:
                rows = rows.assign(**{column.name: rows[column.name].where(known, None)})
        kept[table.name] = rows
    for name, table in tables.items():
        references = schema().table(name).references
        columns = (
            ["school_id"] if name == "schools" else [c.name for c in references if c.column != "optional"]
        )
        optional = [c.name for c in references if c.column == "optional" and c.name in table]
        kept[name] = table[table[columns].isin(ids).all(axis=1)]
        kept[name] = kept[name].assign(**{c: kept[name][c].where(kept[name][c].isin(ids)) for c in optional})
    return kept


@pytest.fixture(scope="module")
def counties(tmp_path_factory):
    """A county each as CSV, which is read faster, and the smallest as a workbook."""
    folder = tmp_path_factory.mktemp("counties")
    full = elsewhere(sample_county(11, schools=20).tables)
    small = elsewhere(sample_county(12, schools=30).tables)
    kinds = small["schools"].groupby("kind")["school_id"]
    three = [*kinds.get_group("primary")[:2], *kinds.get_group("junior")[:1]]
    made = {
        "full": full,
        "schools only": {"schools": full["schools"]},
        "three schools": of_schools(small, three),
    }
    for name in ("full", "schools only"):
        write_csv(made[name], folder / name)
    workbook = write_workbook(folder / "three schools.xlsx", made["three schools"])
    return {"full": folder / "full", "schools only": folder / "schools only", "three schools": workbook}


@pytest.fixture(scope="module")
def kernel():
    """One kernel for all notebooks: to start it and load the libraries takes longer than most of them run."""
    manager = KernelManager()
    manager.start_kernel()
    yield manager
    manager.shutdown_kernel(now=True)


def run(notebook, folder, county, kernel):
    """Run a notebook in its folder on a county, with none of the names that the one before it left."""
    begin = f"%reset -f\n%cd -q {folder}\n%env {VARIABLE}={county}"
    notebook.cells.insert(0, new_code_cell(begin))
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []  # kept ones are the sample's, and cells after the one that stops it do not run
    client = NotebookClient(notebook, km=kernel)
    try:
        client.execute()
    finally:
        client.kc.stop_channels()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
@pytest.mark.parametrize("county", STOPS)
def test_a_notebook_runs_on_another_county_or_says_what_it_lacks(counties, county, path, kernel):
    notebook = nbformat.read(path, 4)
    stops = STOPS[county]
    stop = stops.get(f"{path.parent.name}/{path.stem}", stops.get(path.stem))
    try:
        run(notebook, path.parent, counties[county], kernel)
    except CellExecutionError as error:
        assert error.ename in ("Lacking", "MissingTable"), error
        assert stop, error.evalue
        assert stop in error.evalue
        assert "Traceback" not in error.traceback
        assert error.traceback.strip().endswith(error.evalue.splitlines()[-1])
    else:
        assert stop is None, "it was to stop"
    printed = "".join(o.get("text", "") for c in notebook.cells for o in c.get("outputs", []))
    if path.stem != "five_schools":  # it has its own five
        assert "星河县" in printed or "你们县的数" in printed
        assert "云岭县" not in printed


def test_without_the_variable_it_is_the_sample(monkeypatch, capsys):
    monkeypatch.delenv(VARIABLE, raising=False)
    county = open_county(ROOT / "data" / "county")
    said = capsys.readouterr().out
    assert len(county.schools) == 60
    assert "云岭县（合成），60所学校" in said
    assert "不对应任何真实的县" in said


@pytest.mark.parametrize("name", ["{}", '"{}"', " {} "])
def test_the_variable_names_a_workbook(monkeypatch, capsys, counties, name):
    monkeypatch.setenv(VARIABLE, name.format(counties["three schools"]))
    assert len(open_county(ROOT / "data" / "county").schools) == 3
    said = capsys.readouterr().out
    assert "星河县，3所学校，来自" in said
    assert "three schools.xlsx" in said
    assert "课文里写出的数说的是示例县" in said


def test_what_a_lesson_needs_is_said_at_once(monkeypatch, counties):
    monkeypatch.setenv(VARIABLE, str(counties["schools only"]))
    with pytest.raises(MissingTable) as error:
        open_county(
            "unused", needs=["money", "schools.pupils_primary", "schools.books", "digital.pupil_terminals"]
        )
    said = str(error.value)
    assert "没有“学校经费”表" in said
    assert "没有“数字化”表的“学生终端数”" in said
    assert "“小学在校生数”" not in said
    assert error.value._render_traceback_() == [said]
    assert isinstance(error.value, KeyError)


def test_a_column_that_is_all_blank_is_missing():
    county = County(
        {"digital": pd.DataFrame({"school_id": ["a"], "pupil_terminals": [None], "classrooms": [3]})}
    )
    county.tables.need(["digital", "digital.classrooms"])
    with pytest.raises(MissingTable, match="“学生终端数”"):
        county.tables.need(["digital.pupil_terminals"])


def test_a_table_that_no_county_has_is_the_callers_mistake():
    with pytest.raises(KeyError, match="moeny") as error:
        County({}).tables["moeny"]
    assert not isinstance(error.value, Lacking)


def test_a_file_that_is_not_there_is_said_without_a_traceback(monkeypatch):
    monkeypatch.setenv(VARIABLE, "nowhere.xlsx")
    with pytest.raises(InputError) as error:
        open_county(ROOT / "data" / "county")
    assert "找不到" in error.value._render_traceback_()[0]


def test_two_counties_are_too_many(monkeypatch, tmp_path):
    tables = sample_county(7, schools=20).tables
    schools = tables["schools"].assign(county_id=["H01"] * 10 + ["H02"] * 10)
    write_csv({"schools": schools}, tmp_path)
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    with pytest.raises(Lacking, match="几个县"):
        open_county("unused")


def test_exercises_are_done_in_the_county_named(monkeypatch, counties, capsys):
    monkeypatch.setenv(VARIABLE, str(counties["three schools"]))
    assert len(begin("resources").schools) == 3
    assert "用的是你们县的数" in capsys.readouterr().out
    assert len(begin("resources", seed=7).schools) == 60, "a seed that is asked for comes first"


def test_the_book_is_built_of_the_sample_whatever_the_variable_says(monkeypatch):
    for name, value in {VARIABLE: "mine.xlsx", IN_BOOK: "", "JUPYTER_PATH": ""}.items():
        monkeypatch.setenv(name, value)
    prepare_kernels(None, None)
    assert VARIABLE not in os.environ
