"""The list of what is to be mended: judged by hand and by a slow loop, the form read back, what is drawn and said, the command."""

import datetime
import io

import matplotlib.pyplot as plt
import numpy as np
import openpyxl
import pandas as pd
import pytest
from command import within
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import sample_county

from balancelib.assess import assess
from balancelib.county import County, InputError, Lacking, MissingTable
from balancelib.county.sample.inspections import BACK, CHANCES, CLOSED
from balancelib.county.schema import schema
from balancelib.county.write import write_csv
from balancelib.figures import explore_ledger, ledger_bars
from balancelib.progress import (
    STATUS,
    is_ledger,
    judge_ledger,
    ledger_claim,
    ledger_counts,
    ledger_of,
    overdue_list,
    read_ledger,
)
from balancelib.progress.ledger import COLUMNS, NOBODY, dated
from balancelib.progress.ledger_read import HEAD
from balancelib.report.forms.rectification import HEAD as FORM_HEAD
from balancelib.report.forms.rectification import STATES, rectification
from balancelib.report.html import report_html
from balancelib.report.ledger import ledger_report, ledger_sentence, ledger_workbook

ON = "2025-12-01"
NAMES = ["action", "school_id", "item", "owner", "found_on", "due", "state", "closed_on", "evidence"]
BY_HAND = dated(
    pd.DataFrame(
        [
            ("1", "A", "x", "甲", "2025-04-01", "2025-06-01", "done", "2025-05-20", "照片"),
            ("2", "A", "y", "甲", "2025-04-01", "2025-06-01", "verified", "2025-05-20", " "),
            ("3", "A", "z", "乙", "2025-04-01", "2025-06-01", "doing", None, None),
            ("4", "B", "x", "乙", "2025-04-01", "2025-12-31", "todo", None, None),
            ("5", "B", "y", None, "2025-04-01", "2026-06-01", "doing", None, None),
            ("6", "B", "z", None, "2025-04-01", None, "doing", None, None),
            ("7", "C", "x", "甲", "2025-04-01", "2025-06-01", "done", "2025-05-20", "照片"),
            ("8", "C", "x", "甲", "2025-10-01", "2025-11-30", "doing", None, None),
            ("9", "C", "y", "甲", "2025-04-01", "2025-06-01", "done", "2025-05-20", "课表"),
            ("10", "D", "x", "甲", "2025-12-02", "2025-12-03", "doing", None, None),
        ],
        columns=NAMES,
    )
)  # fmt: skip
VISITS = pd.DataFrame(
    [("C", "y", "2025-10-01", 0), ("A", "x", "2025-10-01", 1), ("A", "y", "2025-05-20", 0), ("A", "z", "2025-10-01", 1), ("A", "x", "2025-05-01", 0)],
    columns=["school_id", "item", "date", "met"],
)  # fmt: skip


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def county():
    return sample_county()


# By hand


def test_each_status_by_hand():
    judged = judge_ledger(BY_HAND, ON, visits=VISITS).set_index("action")
    assert judged["status"].to_dict() == {
        "1": "mended", "2": "unproven", "3": "overdue", "4": "soon", "5": "open", "6": "undated", "7": "reopened", "8": "overdue",
        "9": "reopened",
    }  # fmt: skip
    # From 1 June to 1 December are 183 days; from 30 November one; since 1 October, when 7 and 9 were found again, 61.
    assert judged["days_late"].to_dict() == {
        "1": 0, "2": 183, "3": 183, "4": 0, "5": 0, "6": 0, "7": 61, "8": 1, "9": 61,
    }  # fmt: skip
    assert judged["goes_on"].dropna().to_dict() == {"7": "8"}
    assert judged["back_on"].dropna().dt.date.to_dict() == dict.fromkeys(
        ["7", "9"], datetime.date(2025, 10, 1)
    )


def test_on_an_earlier_day_what_was_closed_later_is_open():
    judged = judge_ledger(BY_HAND, "2025-05-10", visits=VISITS).set_index("action")
    assert len(judged) == 8
    assert judged.loc[["1", "2", "3", "7"], "status"].unique().tolist() == ["soon"]
    assert judge_ledger(BY_HAND, "2025-05-20").set_index("action").loc["1", "status"] == "mended"


def test_grace_says_who_is_late_and_not_by_how_much():
    for grace, status, days in ((0, "overdue", 1), (1, "soon", 0)):
        row = judge_ledger(BY_HAND, ON, grace).set_index("action").loc["8"]
        assert (row["status"], row["days_late"]) == (status, days)
    assert judge_ledger(BY_HAND, ON, 182).set_index("action").loc["3", "days_late"] == 183
    with pytest.raises(Lacking, match="宽限"):
        judge_ledger(BY_HAND, ON, -1)


def test_on_the_day_itself_nothing_is_late():
    judged = judge_ledger(BY_HAND, "2025-06-01").set_index("action")
    assert judged.loc["3", ["status", "days_late"]].tolist() == ["soon", 0]
    assert judge_ledger(BY_HAND, "2025-06-02").set_index("action").loc["3", "days_late"] == 1


def test_claim_by_hand():
    claim = ledger_claim(judge_ledger(BY_HAND, ON, visits=VISITS), VISITS, ON)
    # Closed: 1, 2, 7, 9; with evidence: all but 2; looked at again after: 1 (met), 7 (a new entry) and 9 (not met).
    assert claim[:5] == (9, 4, 3, 3, 1)
    # Wilson, Newcombe 1998's formula: (1 + 1.92 ± 1.96 √(2/3 + 0.9604)) / (3 + 3.8415).
    assert tuple(claim.share) == pytest.approx((1 / 3, 0.0615, 0.7923), abs=5e-5)
    nothing = ledger_claim(judge_ledger(BY_HAND.iloc[[2]], ON), None, ON)
    assert nothing[:5] == (1, 0, 0, 0, 0)
    assert np.isnan(nothing.share).all()


def test_counts_by_office_put_the_most_in_arrears_first():
    counts = ledger_counts(judge_ledger(BY_HAND, ON, visits=VISITS))
    assert counts.index.tolist() == ["甲", "乙", NOBODY]
    assert counts.loc["甲", ["mended", "unproven", "reopened", "overdue", "total", "longest"]].tolist() == [
        1,
        1,
        2,
        1,
        5,
        183,
    ]
    assert counts[list(STATUS)].sum(axis=1).equals(counts["total"])


def test_overdue_list_has_the_latest_first_and_nothing_that_stands():
    asked = overdue_list(judge_ledger(BY_HAND, ON, visits=VISITS))
    assert asked["action"].tolist() == ["2", "3", "9", "8"]  # 7 goes on as 8, and is asked about there


def changed_entry(number, **cells):
    frame = BY_HAND.copy()
    for name, value in cells.items():
        frame.loc[frame["action"] == number, name] = pd.Timestamp(value) if name.endswith("_on") else value
    return frame


def status_of(frame, number, visits, on=ON):
    return (
        judge_ledger(frame, on, visits=visits)
        .set_index("action")
        .loc[number, ["status", "days_late"]]
        .tolist()
    )


def test_what_came_back_and_was_mended_for_good_is_asked_about_no_more():
    mended = changed_entry("8", state="done", closed_on="2025-11-20", evidence="课表")
    assert status_of(mended, "7", VISITS) == ["mended", 0]
    assert status_of(mended, "7", VISITS, "2025-11-19") == ["reopened", 49]
    judged = judge_ledger(mended, ON, visits=VISITS)
    claim = ledger_claim(judged, VISITS, ON)
    assert (claim.seen_again, claim.held) == (3, 1)  # it did not hold, for all that
    without_proof = changed_entry("8", state="done", closed_on="2025-11-20")
    assert status_of(without_proof, "7", VISITS)[0] == "reopened"


def test_a_later_visit_that_finds_it_met_ends_it_and_one_that_does_not_begins_it_anew():
    looks = lambda *more: pd.concat([VISITS, pd.DataFrame(more, columns=VISITS.columns)])  # noqa: E731
    assert status_of(BY_HAND, "9", looks(("C", "y", "2025-11-10", 1))) == ["mended", 0]
    again = looks(("C", "y", "2025-11-10", 1), ("C", "y", "2025-11-20", 0))
    assert status_of(BY_HAND, "9", again) == ["reopened", 61]
    assert status_of(BY_HAND, "9", looks(("C", "y", "2025-12-02", 1)))[0] == "reopened"


def test_the_longest_overdue_is_of_what_is_overdue_alone():
    judged = judge_ledger(BY_HAND[BY_HAND["action"].isin(["2", "8"])], ON)
    assert ledger_sentence(judged).endswith("超期没改的1件、说改了没有佐证的1件，最久的超期1天。")


def test_the_sheets_say_where_it_goes_on_and_sort_by_office(tmp_path):
    open_still = changed_entry("8", due=pd.Timestamp("2026-06-01"))
    judged = judge_ledger(open_still, ON, visits=VISITS)
    report = ledger_report(judged, ledger_claim(judged, VISITS, ON), datetime.date(2025, 12, 1))
    book = openpyxl.load_workbook(_saved(tmp_path, ledger_workbook(report)))
    said = {row[0].value: row[5].value for row in book["要追问的"].iter_rows(min_row=4)}
    assert said["7"] == "改了又出现，接8"
    owners = [row[3].value for row in book["分给各岗位"].iter_rows(min_row=4)]
    assert len(owners) == (judged["status"] != "mended").sum()
    assert len([k for k, owner in enumerate(owners) if k == 0 or owner != owners[k - 1]]) == len(set(owners))


# A slow loop, entry by entry

days = st.integers(0, 60).map(lambda k: pd.Timestamp("2025-01-01") + pd.Timedelta(days=k))
entries = st.lists(
    st.tuples(
        st.sampled_from("AB"), st.sampled_from("xy"), days, st.none() | days, st.sampled_from(["todo", "doing", "done", "verified"]),
        st.none() | days, st.sampled_from([None, "照片"]),
    ),
    max_size=8,
)  # fmt: skip
looks = st.lists(
    st.tuples(st.sampled_from("AB"), st.sampled_from("xy"), days, st.sampled_from([0.0, 1.0, np.nan])),
    max_size=6,
)


@given(entries, looks, days, st.integers(0, 20))
@settings(max_examples=60, deadline=None)
def test_judged_as_a_loop_over_the_entries_judges(rows, seen, day, grace):
    names = ["school_id", "item", "found_on", "due", "state", "closed_on", "evidence"]
    frame = pd.DataFrame(rows, columns=names).assign(action=[str(k) for k in range(len(rows))])
    visits = pd.DataFrame(seen, columns=["school_id", "item", "date", "met"])
    judged = judge_ledger(dated(frame), day, grace, visits)
    assert judged[["action", "status", "days_late"]].to_numpy().tolist() == list(
        _slow(rows, seen, day, grace)
    )


def _slow(rows, seen, day, grace):
    known = [(k, *row) for k, row in enumerate(rows) if row[2] <= day]
    closed = lambda one: one[5] in ("done", "verified") and (one[6] is None or one[6] <= day)  # noqa: E731

    def found(one):
        looked = [s[2] for s in seen if s[:2] == one[1:3] and s[3] == 0] + [
            r[3] for r in known if r[1:3] == one[1:3]
        ]
        return sorted(d for d in looked if one[6] is not None and one[6] < d <= day)

    def plainly_mended(one):
        return closed(one) and not found(one) and bool(one[7])

    for one in known:
        k, school, item, _, due, *_, evidence = one
        if not closed(one):
            late = 0 if due is None else (day - due).days
            status = (
                "undated" if due is None else "overdue" if late > grace else "soon" if late >= -30 else "open"
            )
            yield [str(k), status, late if late > grace else 0]
        elif not (again := found(one)):
            late = 0 if due is None else (day - due).days
            yield [str(k), "mended", 0] if evidence else [str(k), "unproven", late if late > grace else 0]
        else:
            newest = max((r for r in known if r[1:3] == (school, item)), key=lambda r: (r[3], r[0]))
            anew = plainly_mended(newest) and (newest[6] is None or newest[6] >= again[-1])
            met = any(s[:2] == (school, item) and s[3] == 1 and again[-1] < s[2] <= day for s in seen)
            yield [str(k), "mended", 0] if anew or met else [str(k), "reopened", (day - again[0]).days]


# The sample county


@pytest.mark.parametrize("seed", [7, 1])
def test_what_came_back_in_the_sample_is_found(seed):
    own = sample_county(seed)
    actions, visits = own.tables["actions"], own.tables["inspections"]
    judged = judge_ledger(ledger_of(own), ON, visits=visits)
    closed = actions[actions["state"].isin(CLOSED)].merge(
        visits[visits["met"] == 0], on=["school_id", "item"]
    )
    again = set(closed.loc[closed["date"] > closed["closed_on"], "action"])
    assert set(judged.loc[judged["status"] == "reopened", "action"]) == again
    planted = judged[(judged["status"] == "reopened") & judged["item"].isin(CHANCES)]
    assert len(planted) == BACK  # two were planted among the items that are drawn
    assert {"overdue", "unproven", "mended"} <= set(judged["status"])


def test_names_and_items_are_in_chinese(county):
    ledger = ledger_of(county)
    assert ledger.columns.tolist() == COLUMNS
    assert ledger["name"].iloc[0] == county.names[ledger["school_id"].iloc[0]]
    assert ledger["label"].str.contains("课程开足").any()


def test_a_county_without_a_list_is_told():
    with pytest.raises(MissingTable, match="“整改”表"):
        ledger_of(County({"schools": sample_county().schools}))


# The form


@pytest.fixture(scope="module")
def filled(county, tmp_path_factory):
    path = tmp_path_factory.mktemp("form") / "整改台账.xlsx"
    path.write_bytes(rectification(county, assess(county), "2026-06-30"))
    return path


def test_header_and_states_are_the_forms():
    assert list(HEAD) == FORM_HEAD
    assert tuple(schema().table("actions").column("state").codes.values()) == STATES


def test_a_form_as_it_was_written_comes_back(filled):
    rows, warnings = read_ledger(filled)
    assert is_ledger(filled)
    assert not warnings
    sheet = openpyxl.load_workbook(filled)["整改台账"]
    numbers = [row[0].value for row in sheet.iter_rows() if isinstance(row[0].value, int)]
    assert rows["action"].tolist() == [str(n) for n in numbers]
    assert (rows["state"] == "todo").all()
    assert (judge_ledger(rows, "2026-06-30")["status"] == "soon").all()
    assert (judge_ledger(rows, "2026-07-05")["days_late"] == 5).all()


def changed(path, tmp_path, **cells):
    book = openpyxl.load_workbook(path)
    for cell, value in cells.items():
        book["整改台账"][cell] = value
    book.save(tmp_path / "填好.xlsx")
    return tmp_path / "填好.xlsx"


def test_what_offices_filled_in_comes_back(filled, tmp_path):
    path = changed(
        filled, tmp_path, J4="已核验", K4="照片三张", L4="督导室 2026年6月9日", J5="已完成", I6=datetime.date(2026, 7, 1), H6="教务处",
        J7="已核验", K7="验收单",
    )  # fmt: skip
    rows, warnings = read_ledger(path)
    first, second, third, fourth = (rows.iloc[k] for k in range(4))
    assert (first["state"], first["evidence"], first["closed_on"]) == (
        "verified",
        "照片三张",
        pd.Timestamp("2026-06-09"),
    )
    assert (second["state"], second["evidence"]) == ("done", None)
    assert (third["due"], third["owner"]) == (pd.Timestamp("2026-07-01"), "教务处")
    assert fourth["state"] == "done"
    assert [str(w) for w in warnings] == [
        "[填好.xlsx，整改台账，L7]：写了已核验，没有写谁在哪一天核验，当作已完成。核验过的请补填。"
    ]
    judged = judge_ledger(rows, "2026-07-01")
    assert judged["status"].iloc[:4].tolist() == ["mended", "unproven", "soon", "mended"]
    assert "督导室" not in judged.to_csv()


@pytest.mark.parametrize(
    ("cell", "value", "said"),
    [
        ("J4", "好了", "“好了”不在列表里。请从列表里选：未开始、整改中、已完成、已核验"),
        ("J4", None, "没有填状态"),
        ("J4", '="已完成"', "这一格是公式"),
        ("I4", "六月底", "“六月底”不是日期"),
        ("K4", "=A1", "这一格是公式"),
        ("K4", "李老师13812345678", "里面像有身份证号或电话号码"),
        ("A5", 1, "“1”和第4行的序号一样"),
        ("A4", None, "没有序号"),
        ("C4", None, "没有“责任单位”"),
        ("L4", "督导室2026年13月40日", "不是日期"),
        ("L4", "5月1日初查2026.5.1，核验2026.6.9", "写了几个日期"),
        ("L4", "李督学13812345678", "里面像有身份证号或电话号码"),
        ("I4", "找李主任13812345678", "里面像有身份证号或电话号码"),
        ("M4", "13812345678", "里面像有身份证号或电话号码"),
        ("H3", "责任人", "表头改动过"),
    ],
)
def test_every_fault_of_a_form_is_told_with_its_cell(filled, tmp_path, cell, value, said):
    with pytest.raises(InputError) as refused:
        read_ledger(changed(filled, tmp_path, **{cell: value}))
    faults = [str(fault) for fault in refused.value.faults]
    assert said in faults[0]
    assert ("整改台账" if cell == "H3" else f"填好.xlsx，整改台账，{cell}") in faults[0]
    assert "13812345678" not in "".join(faults)


def test_merged_cells_are_refused_for_all_but_the_first_have_lost_their_value(filled, tmp_path):
    path = changed(filled, tmp_path, H4="教务处")
    book = openpyxl.load_workbook(path)
    book["整改台账"].merge_cells("H4:H8")
    book.save(path)
    with pytest.raises(InputError, match=r"H4.：H4:H8是合并单元格.*每一格都填上"):
        read_ledger(path)


def test_a_copy_of_the_sheet_is_read_and_two_are_refused(filled, tmp_path):
    book = openpyxl.load_workbook(filled)
    copy = book.copy_worksheet(book["整改台账"])
    book.save(tmp_path / "两张.xlsx")
    with pytest.raises(InputError, match="整改台账有2张：整改台账、整改台账 Copy"):
        read_ledger(tmp_path / "两张.xlsx")
    del book["整改台账"]
    copy.title = "整改台账 (2)"
    book.save(tmp_path / "副本.xlsx")
    assert is_ledger(tmp_path / "副本.xlsx")
    assert len(read_ledger(tmp_path / "副本.xlsx").rows) == len(read_ledger(filled).rows)


def test_odd_dates_of_verification_are_told_and_lines_are_joined(filled, tmp_path):
    path = changed(
        filled,
        tmp_path,
        J4="已核验",
        L4="王 6.9",
        K4="照片\n三张",
        J5="整改中",
        L5="2026/6/9",
        J6="已核验",
        L6="２０２６年６月９日",
    )
    book = openpyxl.load_workbook(path)
    book["整改台账"].row_dimensions[6].hidden = True
    book.save(path)
    rows, warnings = read_ledger(path)
    assert rows["evidence"][0] == "照片 三张"
    assert rows["closed_on"][2] == pd.Timestamp("2026-06-09")
    said = [str(w) for w in warnings]
    for place, words in (("L4", "看不出是哪一天核验的"), ("L5", "状态还没有完成"), ("A6", "有隐藏的行或列")):
        assert any(f"整改台账，{place}]" in one and words in one for one in said), place


def test_a_workbook_of_something_else_is_no_list(tmp_path):
    path = tmp_path / "别的.xlsx"
    openpyxl.Workbook().save(path)
    assert not is_ledger(path)
    assert not is_ledger(tmp_path)
    with pytest.raises(InputError, match="没有“整改台账”表"):
        read_ledger(path)


def test_a_form_with_nothing_to_mend_is_an_empty_list(tmp_path, filled):
    book = openpyxl.load_workbook(filled)
    book["整改台账"].delete_rows(5, 200)
    for cell in book["整改台账"][4]:
        cell.value = None
    book["整改台账"]["A4"] = "没有要整改的。"
    book.save(tmp_path / "空.xlsx")
    rows = read_ledger(tmp_path / "空.xlsx").rows
    judged = judge_ledger(rows, ON)
    assert judged.empty
    assert ledger_claim(judged, None, ON)[:5] == (0, 0, 0, 0, 0)
    report = ledger_report(judged, ledger_claim(judged, None, ON), datetime.date(2025, 12, 1))
    assert openpyxl.load_workbook(_saved(tmp_path, ledger_workbook(report))).sheetnames[0] == "一页看懂"


def _saved(folder, content):
    (folder / "单子.xlsx").write_bytes(content)
    return folder / "单子.xlsx"


# What is drawn and said


def test_bars_are_drawn_and_said():
    counts = ledger_counts(judge_ledger(BY_HAND, ON, visits=VISITS))
    axes = ledger_bars(counts)
    assert [t.get_text() for t in axes.get_yticklabels()] == ["甲", "乙", NOBODY]
    widths = np.array([bar.get_width() for bar in axes.patches]).reshape(5, 3)
    assert widths.tolist() == [[1, 0, 0], [0, 1, 2], [1, 0, 0], [2, 0, 0], [1, 1, 0]]
    assert axes.figure.alternative_text == (
        "条形图，整改台账：甲5件，改好有佐证1件、说改没佐证1件、改了又出现2件、超期没改1件，过期最久183天；"
        f"乙2件，没有到期1件、超期没改1件，过期最久183天；{NOBODY}2件，没有到期2件。"
    )


def test_bars_of_an_empty_list_say_so():
    empty = judge_ledger(BY_HAND.iloc[:0], ON)
    assert "没有要整改的" in ledger_bars(ledger_counts(empty)).figure.alternative_text


def test_explorer_moves_the_day_and_the_grace():
    explorer = explore_ledger(
        lambda day, grace: judge_ledger(BY_HAND, day, grace, VISITS),
        ledger_counts,
        ["2025-05-10", ON],
        [0, 30],
    )
    assert len(explorer.all_states()) == 4
    assert explorer.beginning.sentence == (
        "2025年12月1日，宽限0天：查出来的一共9件，改好有佐证的1件；要追问的，说改没佐证1件、改了又出现2件、超期没改2件。"
    )
    assert explorer.controls["day"].words == ["5月10日", "12月1日"]
    assert explorer.at([1, 1]).sentence.endswith("超期没改1件。")
    assert explorer.at([0, 0]).sentence.endswith("要追问的，没有。")
    assert explorer.beginning.rows[0] == ["甲", "5", "4", "183天"]


# The command


@pytest.fixture(scope="module")
def folder(county, tmp_path_factory):
    place = tmp_path_factory.mktemp("county") / "data"
    place.mkdir()
    schools = county.schools[["school_id", "name", "kind", "county"]]
    write_csv({"inspections": county.tables["inspections"], "actions": county.tables["actions"]}, place)
    schools.to_csv(place / "schools.csv", index=False, encoding="utf-8-sig")
    return place


@pytest.mark.parametrize("end", [".xlsx", ".html"])
def test_command_on_a_county(folder, county, tmp_path, end):
    done = within("ledger", folder, "--on", ON, "--out", f"单子{end}", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    judged = judge_ledger(ledger_of(county), ON, visits=county.tables["inspections"])
    assert (
        f"2025-12-01：一共{len(judged)}件，改好有佐证的{(judged['status'] == 'mended').sum()}件"
        in done.stdout
    )
    before = (tmp_path / f"单子{end}").read_bytes()
    within("ledger", folder, "--on", ON, "--out", f"单子{end}", folder=tmp_path)
    assert (tmp_path / f"单子{end}").read_bytes() == before
    if end == ".xlsx":
        sheet = openpyxl.load_workbook(tmp_path / "单子.xlsx")["要追问的"]
        listed = [row[0].value for row in sheet.iter_rows(min_row=4)]
        assert listed == overdue_list(judged)["action"].tolist()
    else:
        assert b"2025-12-01" in before


def test_command_on_a_form(filled, tmp_path):
    done = within("ledger", filled, "--on", "2026-07-10", folder=tmp_path)
    assert done.returncode == 0
    assert "最久的超期10天" in done.stdout
    bad = within("ledger", changed(filled, tmp_path, J4="好"), "--on", "2026-07-10", folder=tmp_path)
    assert bad.returncode == 1
    assert "J4" in bad.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--on", "2025-13-01"], 2, "写成2025-12-01这样"),
        (["--on", "今天"], 2, "写成2025-12-01这样"),
        (["--on", "2025-W01-1"], 2, "写成2025-12-01这样"),
        (["--on", "9999-12-31"], 2, "写成2025-12-01这样"),
        (["--on", ON, "--grace", "-1"], 2, "至少0天"),
        (["--on", ON, "--grace", "999999999999"], 2, "最多3650天"),
        (["--on", ON, "--out", "a.docx"], 2, ".xlsx或.html结尾"),
        ([], 2, "缺少：--on"),
    ],
)
def test_command_refuses(folder, tmp_path, words, code, said):
    done = within("ledger", folder, *words, folder=tmp_path)
    assert done.returncode == code
    assert said in done.stderr


def test_what_was_found_later_is_left_out_and_told(folder, county, tmp_path):
    done = within("ledger", folder, "--on", "2025-06-01", folder=tmp_path)
    later = (county.tables["actions"]["found_on"] > "2025-06-01").sum()
    assert later
    assert f"还有{later}件发现日期在这一天以后，没有算在里面。" in done.stdout


@pytest.mark.parametrize("end", [".xlsx", ".html"])
def test_what_looks_like_a_formula_or_a_tag_stays_text(end):
    bad = ['=HYPERLINK("http://x")', "+1", "-1", "@SUM(1)", "<script>alert(1)</script>", '"><img src=x>']
    frame = pd.concat([BY_HAND] * 6, ignore_index=True).iloc[: len(bad) * 9]
    texts = pd.Series([bad[k % len(bad)] for k in range(len(frame))])
    hostile = frame.assign(
        name=texts, label=texts, owner=texts, evidence=texts, action=texts + frame.index.astype(str)
    )
    judged = judge_ledger(hostile, ON, visits=VISITS)
    report = ledger_report(judged, ledger_claim(judged, VISITS, ON), datetime.date(2025, 12, 1), "<b>=1县")
    if end == ".xlsx":
        book = openpyxl.load_workbook(io.BytesIO(ledger_workbook(report)))
        assert not [cell for sheet in book for row in sheet for cell in row if cell.data_type == "f"]
    else:
        page = report_html(report).decode()
        assert not [tag for tag in ("<script>alert", "<img src=x", "<b>=1") if tag in page]


def test_command_on_a_county_without_a_list(folder, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "schools.csv").write_bytes((folder / "schools.csv").read_bytes())
    done = within("ledger", "data", "--on", ON, folder=tmp_path)
    assert done.returncode == 1
    assert "“整改”表" in done.stderr
    assert "BALANCELIB_COUNTY" not in done.stderr


def test_command_on_a_form_whose_sheet_was_renamed_says_what_it_looks_for(filled, tmp_path):
    book = openpyxl.load_workbook(filled)
    book["整改台账"].title = "Sheet1"
    book.save(tmp_path / "台账.xlsx")
    done = within("ledger", "台账.xlsx", "--on", ON, folder=tmp_path)
    assert done.returncode == 1
    assert "工作簿里要有“整改台账”这张表" in done.stderr
