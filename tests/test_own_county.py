"""The guide for a county's own figures: each of its commands, run, prints what its pages show."""

import importlib.util
import re
import sys
from functools import cache

import openpyxl
import pytest
from command import as_process, within
from conftest import ROOT
from samples import sample_county, two_counties

from balancelib.county.schema import schema
from balancelib.county.write import write_csv, write_workbook

PAGES = ("own_county.md", "own_rules.md")
TEXT = "".join((ROOT / "book" / page).read_text(encoding="utf-8") for page in PAGES)
BLOCK = re.compile(r"^```(?P<kind>bat|text|toml)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
# What printed the blocks that the page shows without their command, by a word in them.
UNSAID = {"看起来是身份证号": "check phone.xlsx", "键school_rule": "assess county --standard bad.toml"}
SPOILED = [
    (4, "pupils_primary", "１０１６"),
    (41, "pupils_primary", "—"),
    (6, "teaching_area", "1,540"),
    (13, "school_id", "9900000010"),
    (11, "backbone_primary", 99),
    (5, "pe_arts_primary", None),
]
WRONG_UNITS = [(9, "equipment_value", 340200), (16, "sports_ground_area", 7.23)]
# Figures of the page's own sentences: the sentence, the command, what it prints.
SENTENCES = [
    ("县均值成了160,254.55元，差异系数成了13.567", "assess units.xlsx", ["160,254.55", "13.567"]),
    ("改正以后是2,404.91元和0.176", "assess county", ["2,404.91     0.176"]),
    ("差异系数0.207，远低于上限0.5，可是仍有4个学段部分没到4.5平方米", "assess county", ["0.207   0.5", "37/41"]),
    ("像石桥镇第一小学的骨干教师，只有标准的52.4%", "assess county", ["石桥镇第一小学：每百名学生拥有县级以上骨干教师数0.52人，标准1人，为标准的52.4%"]),
    ("合成县小学里没有达到要求的，从24个变成23个，初中从11个变成10个", "assess county", ["学段部分：24个", "学段部分：11个"]),
    ("合成县小学里没有达到要求的，从24个变成23个，初中从11个变成10个", "assess county --rounding form", ["学段部分：23个", "学段部分：10个"]),
    ("教学及辅助用房是4.496平方米", "assess county", ["4.496平方米"]),
    ("网络多媒体教室是标准的84.8%", "assess county", ["城关镇第一初级中学：每百名学生拥有网络多媒体教室数2.04间，标准2.4间，为标准的84.8%"]),
    ("只打开`leased_grounds`，合成县初中没有达到要求的从11个减到10个", "assess county --relax leased_grounds", ["学段部分：10个"]),
    ("合成县有10个教学点，其中5个不足50人，所以小学一共是41个学段部分", "assess county", ["小学（41个学段部分）"]),
]  # fmt: skip


def examples():
    """Yield each command of the page with what stands right below it, None where that is no output."""
    blocks = list(BLOCK.finditer(TEXT))
    for block, after in zip(blocks, [*blocks[1:], None], strict=True):
        if block["kind"] == "bat":
            command = block["text"].strip().removeprefix(r".venv\Scripts\balancelib ")
            below = after and not TEXT[block.end() : after.start()].strip()
            yield command, after["text"] if below else None
        elif block["kind"] == "text":
            unsaid = [command for word, command in UNSAID.items() if word in block["text"]]
            yield from ((command, block["text"]) for command in unsaid)


EXAMPLES = list(examples())
AS_PROCESS = {command.split()[0]: command for command, _ in EXAMPLES}.values()  # one of each kind


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own")
    prepare(folder)

    @cache
    def call(command):
        how = as_process if command in AS_PROCESS else within
        return how(*command.split(), folder=folder)

    call("sample --seed 7 --out county")
    return call


def prepare(folder):
    """Write the files that the pages say were made: returns, spoiled and wrong copies, two counties, a province's standard."""
    national().write_exports(folder / "returns", sample_county(7).tables)
    tables = sample_county(7).tables
    tables = {name: tables[name] for name in ("schools", "school_items", "county_items")}
    for name, wrong in (("spoiled.xlsx", SPOILED), ("units.xlsx", WRONG_UNITS), ("phone.xlsx", [])):
        write_workbook(folder / name, tables)
        book = openpyxl.load_workbook(folder / name)
        for row, column, value in wrong:
            book["学校"].cell(row, schema().table("schools").names.index(column) + 1).value = value
        if name == "phone.xlsx":
            at = book["学校"].max_column + 1
            for row in range(1, 4):
                book["学校"].cell(row, at).value = "校长手机" if row == 1 else f"1380013800{row}"
        book.save(folder / name)
    (province,) = (block["text"] for block in BLOCK.finditer(TEXT) if block["kind"] == "toml")
    (folder / "province.toml").write_text(province, encoding="utf-8")
    (folder / "bad.toml").write_text(province.replace("floor =", "floors ="), encoding="utf-8")
    write_csv(two_counties(), folder / "two")


def national():
    """Return the tests' module that writes files shaped like a county's returns."""
    spec = importlib.util.spec_from_file_location("national", ROOT / "tests" / "returns" / "national.py")
    module = sys.modules["national"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def as_pattern(shown):
    """Any lines may stand where the page has ``……`` alone on a line."""
    lines = [r"(?:.*\n)*?" if line.strip() == "……" else re.escape(line) + "\n" for line in shown.splitlines()]
    return "".join(lines)


@pytest.mark.parametrize(
    ("command", "shown"), EXAMPLES, ids=[f"{i}:{command}" for i, (command, _) in enumerate(EXAMPLES)]
)
def test_a_command_prints_what_the_page_shows(run, command, shown):
    done = run(command)
    printed = done.stderr + done.stdout
    assert "Traceback" not in printed
    at_fault = (shown or "").startswith(("错误（必须改正）", "标准文件"))
    assert done.returncode == (1 if at_fault else 0)
    if shown is not None:
        assert re.fullmatch(as_pattern(shown), printed.rstrip() + "\n"), printed


@pytest.mark.parametrize(("sentence", "command", "printed"), SENTENCES)
def test_figures_in_sentences_are_those_printed(run, sentence, command, printed):
    assert sentence in TEXT
    output = run(command).stdout
    assert [words for words in printed if words not in output] == []


def test_every_command_of_the_tool_is_shown():
    assert {command.split()[0] for command, _ in EXAMPLES} >= {
        "sample",
        "template",
        "import",
        "trace",
        "check",
        "assess",
        "report",
    }
    assert any("--county" in command for command, _ in EXAMPLES)


def test_all_that_an_office_hands_in_is_in_the_pages_table(run):
    """The table of the fifth step has the files that the command writes, in its order."""
    printed = run("report county --out documents").stdout
    assert re.findall(r"^\* - (\S+\.(?:docx|html|xlsx))$", TEXT, re.MULTILINE) == re.findall(
        r"documents[/\\](\S+)", printed
    )


def test_pictures_are_small_and_said_in_words():
    pictures = re.findall(r"```{figure} (pictures/\w+\.png)\n(.*?)```", TEXT, re.DOTALL)
    assert len(pictures) == 4
    for name, settings in pictures:
        assert (ROOT / "book" / name).stat().st_size <= 61_440
        assert re.search(r"^:alt: \S{30,}", settings, re.MULTILINE), name
