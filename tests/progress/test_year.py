"""The county's year: its data, its table, and that what it names is there."""

import pytest
from conftest import ROOT

from balancelib.cli.main import _parser
from balancelib.progress import year_steps, year_table
from balancelib.progress.year import YearError


def test_the_year_goes_from_data_to_report():
    steps = year_steps()
    months = [step.month or 13 for step in steps]
    assert months == sorted(months)
    commands = [step.command for step in steps if step.command]
    asked = ["import", "assess", "plan", "checklist", "ledger", "report"]
    assert [commands.index(name) for name in asked] == sorted(commands.index(name) for name in asked)
    assert all(step.command or step.lesson for step in steps)


def test_the_list_is_looked_at_every_month_and_each_step_that_asks_has_one_that_answers():
    """What is found in April and October is checked before the report; the survey and the visits are steps of their own."""
    every = [step for step in year_steps() if step.month is None]
    assert [step.command for step in every] == ["ledger"]
    months = {}
    for step in year_steps():
        months.setdefault(step.lesson, []).append(step.month)
    assert months["progress/sampling"] == [4, 10]
    assert months["progress/survey"] == [10]
    assert months["progress/capstone"] == [12]


def known_commands():
    (choices,) = (action.choices for action in _parser()._actions if action.dest == "命令")
    return set(choices)


def test_every_command_is_one():
    assert {step.command for step in year_steps() if step.command} <= known_commands()


@pytest.mark.parametrize("lesson", [step.lesson for step in year_steps() if step.lesson])
def test_every_lesson_is_one(lesson):
    assert (ROOT / "notebooks" / f"{lesson}.ipynb").is_file()


def test_table_has_a_row_a_step_and_says_who_and_what():
    table = year_table()
    assert len(table) == len(year_steps())
    assert table.columns.tolist() == ["做什么", "谁做", "命令", "出什么"]
    assert not table.isna().any().any()


def test_a_county_may_have_its_own_year(tmp_path):
    file = tmp_path / "年.toml"
    line = '[[steps]]\nmonth = {}\nstep = "查"\nwho = "督导室"\nout = "单子"\n'
    file.write_text(line.format(9) + line.format(3), encoding="utf-8")
    assert year_table(file).index.tolist() == ["3月", "9月"]
    every = line.replace("month = {}\n", "")
    file.write_text(every + line.format(9), encoding="utf-8")
    assert year_table(file).index.tolist() == ["9月", "每月"]
    file.write_text(line.format(13), encoding="utf-8")
    with pytest.raises(YearError, match="month"):
        year_steps(file)
    with pytest.raises(YearError, match="找不到"):
        year_steps(tmp_path / "没有.toml")
