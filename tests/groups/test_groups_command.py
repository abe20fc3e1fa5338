"""The command ``balancelib groups``: its files hold nothing that is hidden, and what they show lets nobody be found."""

import io
import re
import zipfile

import numpy as np
import openpyxl
import pytest
from bs4 import BeautifulSoup
from docx import Document
from few import county, disabled
from scipy.optimize import linprog

from balancelib.cli.main import main
from balancelib.county.schema import schema
from balancelib.disclosure import Release
from balancelib.groups import shown_tables, subjects

SOON = ["--seconds", "2"]
CAPTIONS = {"各乡镇的残疾": ("township", "placement"), "各类残疾的儿童少年，按安置": ("kind", "placement"),
            "各类残疾的儿童少年，按年龄": ("kind", "age_group"), "各等级": ("level", "placement")}  # fmt: skip
AGES = schema().table("disabled_children").column("age_group").codes.values()
LEVELS = {1: "一级", 2: "二级", 3: "三级", 4: "四级"}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A folder with a small county, and what the command wrote of it, once."""
    folder = tmp_path_factory.mktemp("groups")
    as_csv(county().tables, folder / "county")
    for end in ("docx", "html", "xlsx"):
        assert main(["groups", str(folder / "county"), "--out", str(folder / end / f"out.{end}"), *SOON]) == 0
    return folder


def as_csv(tables, folder):
    """Write tables as an office's folder has them."""
    folder.mkdir()
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False)


def of_html(path):
    """Tables by caption, as rows of texts."""
    soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
    return {
        table.caption.get_text(): [[c.get_text() for c in row(["th", "td"])] for row in table("tr")]
        for table in soup("table")
    }


def of_docx(path):
    return [[[c.text for c in row.cells] for row in table.rows] for table in Document(path).tables]


def numbers_of(path):
    """All numbers that stand anywhere in a file where text or numbers can stand, sheets that are not in sight included."""
    if path.suffix == ".html":
        soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        soup.style.decompose()
        texts = [str(soup)]
    elif path.suffix == ".xlsx":
        book = openpyxl.load_workbook(path)
        texts = [
            str(v) for sheet in book for row in sheet.iter_rows() for c in row for v in (c.value, c.comment)
        ]
    else:
        with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as packed:
            assert not [n for n in packed.namelist() if "embeddings" in n]
            texts = re.findall(r"<w:t[ >][^<]*", packed.read("word/document.xml").decode())
    labels = "|".join(AGES)  # have numbers of their own
    return {int(n) for text in texts for n in re.findall(r"\d+", re.sub(labels, "", text))}


def in_chinese_labels(frame):
    table = schema().table("disabled_children")
    named = {c: frame[c].map(table.column(c).codes) for c in ("kind", "placement", "age_group")}
    return frame.assign(**named, level=frame["level"].map(LEVELS))


def released(folder):
    """All tables that the records of a file say were published, as rows of texts."""
    labels = {subject.label: key for key, subject in subjects().items()}
    for record in (next(folder.glob(f"*{label}*.json")) for label in labels):
        label = record.name.split(".")[1]
        for frame in shown_tables(labels[label], Release.load(record)).values():
            yield [
                [frame.index.name, *frame.columns],
                *([name, *row] for name, row in zip(frame.index, frame.to_numpy().tolist(), strict=True)),
            ]


def test_each_file_shows_what_its_records_say(written):
    assert list(of_html(written / "html" / "out.html").values()) == list(released(written / "html"))
    assert of_docx(written / "docx" / "out.docx") == list(released(written / "docx"))
    book = openpyxl.load_workbook(written / "xlsx" / "out.xlsx")
    assert book.sheetnames == ["怎样看这些表", "残疾儿童少年", "农村留守儿童", "随迁子女", "这些表说不了什么"]
    sheets = [
        [[str(c.value) for c in row if c.value is not None] for row in sheet.iter_rows()] for sheet in book
    ]
    rows = [row for sheet in sheets for row in sheet]
    assert all(row in rows for table in released(written / "xlsx") for row in table)


@pytest.mark.parametrize("end", ["docx", "html", "xlsx"])
def test_no_file_holds_a_hidden_count(written, end):
    tables = list(released(written / end))
    shown = {text for table in tables for row in table for text in row}
    hidden = set()
    frame = in_chinese_labels(disabled())
    for (rows, columns), table in zip(CAPTIONS.values(), tables, strict=False):
        true = frame.pivot_table(
            index=rows,
            columns=columns,
            values="children",
            aggfunc="sum",
            fill_value=0,
            margins=True,
            margins_name="合计",
        )
        for row in table[1:]:
            for head, text in zip(table[0][1:], row[1:], strict=True):
                if text == "…":
                    hidden.add(int(true[head].get(row[0], 0)) if head in true else 0)
    secret = {n for n in hidden if n > 9} - {int(t) for t in shown if t.isdigit()}
    assert secret, "the test has nothing to look for"
    assert not secret & numbers_of(written / end / f"out.{end}")
    records = sorted((written / end).glob("*.json"))
    assert len(records) == 3
    for record in records:
        assert not {"cost", "bound", "secret"} & set(re.findall(r"\w+", record.read_text(encoding="utf-8")))


def test_whoever_reads_the_page_finds_nobody(written):
    """An attack of its own on what stands in the file: each township, kind, age, level and placement is an unknown."""
    tables = {
        pair: table
        for start, pair in CAPTIONS.items()
        for c, table in of_html(written / "html" / "out.html").items()
        if start in c
    }
    names = ["township", "kind", "age_group", "level", "placement"]
    values = {n: [] for n in names}
    for (rows, columns), table in tables.items():
        values[rows] = [row[0] for row in table[1:] if row[0] != "合计"]
        values[columns] = [head for head in table[0][1:] if head != "合计"]
    shape = [len(values[n]) for n in names]
    equal, known, asked = [], [], []
    for (rows, columns), table in tables.items():
        for row in table[1:]:
            for head, text in zip(table[0][1:], row[1:], strict=True):
                place = [slice(None)] * len(names)
                for name, value in ((rows, row[0]), (columns, head)):
                    if value != "合计":
                        place[names.index(name)] = values[name].index(value)
                counted = np.zeros(shape)
                counted[tuple(place)] = 1
                (asked if text == "…" else equal).append(counted.ravel())
                if text != "…":
                    known.append(float(text))
    assert len(asked) > 10
    equal = np.array(equal)
    free = ~(equal[np.array(known) == 0] > 0).any(axis=0)  # where none is, none is in any part
    for cell in asked:
        ends = [
            linprog(sign * cell[free], A_eq=equal[:, free], b_eq=known, bounds=(0, 1000), method="highs")
            for sign in (1, -1)
        ]
        assert -ends[1].fun - ends[0].fun >= 5 - 1e-6


def test_next_time_it_is_protected_with_what_was_published(written, capsys):
    before, out = str(written / "html" / "out.html"), written / "next" / "again.html"
    assert main(["groups", str(written / "county"), "--out", str(out), "--previous", before, *SOON]) == 0
    assert of_html(out).keys() == of_html(written / "html" / "out.html").keys()
    moved = {name: table for name, table in county().tables.items() if name != "disabled_children"}
    moved["group_pupils"] = moved["group_pupils"].assign(pupils=lambda t: t["pupils"] + 1)
    as_csv(moved, written / "moved")
    arguments = [
        "groups",
        str(written / "moved"),
        "--out",
        str(written / "later" / "moved.html"),
        "--previous",
        before,
    ]
    assert main(arguments) == 1
    assert "这一年的数以前公布过" in capsys.readouterr().err
    assert not (written / "later" / "moved.html").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--out", "{0}/out.pdf"], 2, "结尾"),
        (["--out", "{0}/html/out.html"], 2, "不会覆盖"),
        (["--out", "{0}/html/x.docx"], 2, "没有说要一起算"),
        (["--out", "{0}/html/x.docx", "--previous", "{0}/docx/out.docx"], 2, "没有说要一起算"),
        (["--out", "{0}/x.html", "--previous", "{0}/county"], 1, "没有公布记录"),
        (["--out", "{0}/x.html", "--year", "2020"], 1, "没有2020年"),
        (["--out", "{0}/x.html", "--year", "今年"], 2, "整数"),
    ],
)
def test_what_cannot_be_done_is_said(written, capsys, arguments, code, said):
    try:
        ended = main(["groups", str(written / "county"), *(a.format(written) for a in arguments), *SOON])
    except SystemExit as end:
        ended = end.code
    told = "".join(capsys.readouterr())
    assert (ended, said in told) == (code, True), told
    assert not (written / "x.html").exists()
