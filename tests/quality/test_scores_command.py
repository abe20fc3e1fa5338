"""The command ``balancelib scores``: from a score file to what an officer may say of it, or what is wrong with the file."""

import contextlib
import io
import time

import numpy as np
import openpyxl
import pandas as pd
import pytest

from balancelib.cli.main import main
from balancelib.county import County
from balancelib.quality import score_findings, write_scores
from balancelib.quality.workbook import NOT_KNOWN, _beside_limit

SCHOOLS = [f"{9900000000 + k}" for k in range(1, 15)]
BAD, MENDED, SMALL = SCHOOLS[10], SCHOOLS[3], SCHOOLS[13]
COLUMNS = ["year", "grade", "pupil", "school_id", "subject", "score", "earlier", "ses"]


def drawn(years=(2023, 2025), subjects=("math", "chinese"), each=30, schools=SCHOOLS, scale=1.0):
    """Scores of schools whose truth is known: intake rises with the number, one teaches badly, one did until it was mended, one has six pupils."""
    rng, rows = np.random.default_rng(3), []
    for year in years:
        pupil = 0
        for k, school in enumerate(schools):
            effect = -60 if school == BAD or (school == MENDED and year == 2023) else 5 * (k % 3)
            for _ in range(6 if school == SMALL else each):
                earlier, ses, pupil = 420 + 15 * k + 60 * rng.normal(), rng.normal(), pupil + 1
                for subject in subjects:
                    score = scale * (0.8 * earlier + 100 + effect + 35 * rng.normal())
                    rows.append((year, 4, f"P{pupil:05d}", school, subject, score, scale * earlier, ses))
    table = pd.DataFrame(rows, columns=COLUMNS).round(2)
    return table.assign(level=np.clip(table["score"] // (100 * scale) - 2, 1, 4))


SCORES = drawn()
MATH = SCORES[SCORES["subject"] == "math"]
SIMPLE = pd.DataFrame({"school_id": SCHOOLS, "name": [f"第{k}小学" for k in range(1, 15)]})


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The workbook of the scores as they were drawn, and what was printed."""
    folder = tmp_path_factory.mktemp("county")
    for name, table in {"scores": SCORES, "schools": SIMPLE}.items():
        table.to_csv(folder / f"{name}.csv", index=False)
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        assert main(["scores", str(folder), "--out", str(folder / "out.xlsx")]) == 0
    return printed.getvalue(), openpyxl.load_workbook(folder / "out.xlsx")


@pytest.fixture
def say(tmp_path, capsys):
    """Run the command on tables, as an officer's folder has them; return the exit code, what was printed, and the workbook if there is one."""

    def run(scores=SCORES, *arguments, schools=SIMPLE):
        folder, out = tmp_path / "county", tmp_path / "out.xlsx"
        folder.mkdir()
        for name, table in {"scores": scores, "schools": schools}.items():
            if table is not None:
                table.to_csv(folder / f"{name}.csv", index=False)
        try:
            code = main(["scores", str(folder), "--out", str(out), *arguments])
        except SystemExit as end:
            code = end.code
        book = openpyxl.load_workbook(out, read_only=True) if out.exists() else None
        assert (book is not None) == (code == 0)
        return code, "".join(capsys.readouterr()), book

    return run


def rows(book, title):
    """Rows of a sheet without empty cells."""
    return [[c for c in row if c is not None] for row in book[title].iter_rows(values_only=True)]


def words(book, title):
    return "\n".join(" ".join(map(str, row)) for row in rows(book, title))


def of(book, title, school):
    return [row for row in rows(book, title) if row and row[0] == school]


def test_two_tables_of_names_and_scores_are_enough(whole):
    said, book = whole
    assert book.sheetnames == ["先看这里", "学校之间差多少", "各校", "该先看哪几所", "变化", "没有用上的"]
    assert "2025年四年级数学：组间方差比例" in said
    assert "不按学校公布" in said
    assert len([row for row in rows(book, "学校之间差多少") if row and row[0] in (2023, 2025)]) == 4
    listed = of(book, "该先看哪几所", BAD)
    assert [row[2] for row in listed] == ["2025年四年级语文", "2025年四年级数学"]
    assert all("增值低" in row[4] for row in listed)
    assert "2023年四年级数学" in listed[1][-1]
    assert "课有没有上足、教师对不对口" in listed[0][-2]
    assert all("只有平均分低" in row[4] for row in of(book, "该先看哪几所", MENDED)), (
        "listed for what it was before"
    )
    assert all(row[-1] == "上来了，超出运气" for row in of(book, "变化", MENDED))
    assert "课表" in words(book, "先看这里")


def test_schools_stand_by_their_ids_and_a_small_one_only_in_the_count(whole):
    _, book = whole
    own = [row for row in rows(book, "各校") if row and row[0] in SCHOOLS]
    assert [row[0] for row in own] == SCHOOLS[:13] * 2
    assert all(low < mean < high for mean, low, high in (row[4:7] for row in own))
    everything = "\n".join(words(book, title) for title in book.sheetnames)
    assert SMALL not in everything
    assert "第14小学" not in everything
    math = next(row for row in rows(book, "没有用上的") if row and row[0] == "2025年四年级数学")
    assert math[1:] == [13 * 30 + 6, 0, 396, 0, 0, 396, 14, 1, 1]
    assert "名次" not in words(book, "各校").replace("不是名次", "")


def test_lowest_mean_is_not_said_to_teach_badly(whole):
    """School 1 has the lowest intake and teaches as others do."""
    _, book = whole
    own = of(book, "各校", SCHOOLS[0])
    assert all(row[7] == "低于全县" and row[14] == "分不清" for row in own)
    assert all("只有平均分低" in row[4] for row in of(book, "该先看哪几所", SCHOOLS[0]))


@pytest.mark.parametrize("lost", [{"earlier": np.nan}, {"earlier": 400.0}, None])
def test_without_earlier_scores_nobody_is_said_to_teach_badly(say, lost):
    code, said, book = say(
        MATH.drop(columns=["earlier", "ses", "level"]) if lost is None else MATH.assign(**lost)
    )
    assert code == 0
    assert "平均分低，增值不知道" in said
    assert "增值低，" not in said + words(book, "该先看哪几所")
    assert "早先成绩" in words(book, "先看这里")
    assert all(row[8:15] == ["不知道"] * 7 for row in of(book, "各校", BAD))
    assert "（没有扣起点）" in words(book, "变化")


def test_why_there_is_no_value_added_of_copied_scores_is_said(say):
    code, _, book = say(MATH[MATH["year"] == 2025].assign(earlier=lambda t: t["score"]))
    assert code == 0
    assert "2025年四年级数学的增值算不了" in words(book, "先看这里")


def test_marks_out_of_a_hundred(say):
    code, _, book = say(drawn((2025,), ("math",), scale=0.1))
    assert code == 0
    assert "0.0到" not in words(book, "该先看哪几所")
    assert of(book, "该先看哪几所", BAD)


def test_schools_that_do_not_differ_get_no_intervals_of_no_width(say):
    """Each school has the same thirty pupils: the variance between schools is estimated at nought, which proves nothing of one school."""
    one = SCORES[(SCORES["school_id"] == BAD) & (SCORES["subject"] == "math") & (SCORES["year"] == 2025)]
    alike = [one.assign(school_id=s, pupil=[f"{s[-2:]}{k}" for k in range(30)]) for s in SCHOOLS]
    code, said, book = say(pd.concat(alike))
    assert code == 0
    assert "哪一所该先看：照这些人数看不出" in said
    assert {tuple(row[8:15]) for row in rows(book, "各校") if row and row[0] in SCHOOLS} == {("不知道",) * 7}
    assert "不比碰巧的大" in words(book, "先看这里")


def test_an_absent_pupil_with_nought_is_asked_about(say):
    once = changed("score", 0).query("year == 2023 and subject == 'math'").drop(columns="level")
    code, said, book = say(once)
    assert code == 0
    assert "[scores.csv]第2行“成绩”：“0”分，多半是缺考" in said
    assert "1处提醒" in words(book, "先看这里")


def test_one_year_tells_no_change(say):
    code, _, book = say(MATH[MATH["year"] == 2025])
    assert code == 0
    assert "看不出变化" in words(book, "变化")
    assert "有没有下降" in words(book, "该先看哪几所")


def test_the_year_asked_for(say):
    code, said, book = say(MATH, "--year", "2023")
    assert code == 0
    assert "2023年四年级数学" in said
    assert "2025年" not in words(book, "各校")
    assert of(book, "该先看哪几所", MENDED), "in 2023 it was not mended"


def changed(column, value):
    """The scores with another value in the first row."""
    table = SCORES.astype({column: object})
    table.loc[0, column] = value
    return table


@pytest.mark.parametrize(
    ("scores", "code", "said"),
    [
        (changed("score", 5120), 1, "第2行“成绩”：“5120”大于允许的最大值1,000"),
        (changed("score", "缺考"), 1, "第2行“成绩”：“缺考”不是数。没有成绩的请留空，不写0"),
        (changed("school_id", "999"), 1, "“999”不在“学校”表里"),
        (changed("pupil", "110101201501011237"), 1, "学生流水号"),
        (SCORES.assign(家长电话="13800138000"), 1, "“家长电话”：看起来是身份证号、手机号这类个人信息"),
        (SCORES.assign(学籍号="G110101201501011237"), 1, "“学籍号”：看起来是身份证号"),
        (pd.concat([SCORES, SCORES[:1]]), 1, "一名学生一科只能有一行"),
        (SCORES[SCORES["school_id"] == BAD], 1, "只有一所学校有成绩"),
        (SCORES.groupby(["year", "school_id", "subject"]).head(9), 1, "没有一所学校满10人"),
        (SCORES.assign(score=60), 1, "所有的数都相等"),
        (SCORES.assign(score=np.nan), 1, "没有“监测成绩”表，或者成绩一格也没有填"),
        (SCORES.drop(columns="subject"), 1, "“学科”：缺少这一列"),
        (None, 1, "没有“监测成绩”表"),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)
def test_usual_mistakes(say, scores, code, said):
    found = say(scores)
    assert found[0] == code
    assert said in found[1]
    assert "Traceback" not in found[1]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--year", "2019"], 1, "没有2019年的成绩；有成绩的年份：2023、2025"),
        (["--year", "今年"], 2, "--year要整数"),
        (["--out", "out.docx"], 2, ".xlsx结尾"),
    ],
)
def test_wrong_usage(say, arguments, code, said):
    found = say(SCORES, *arguments)
    assert found[0] == code
    assert said in found[1]


def test_two_counties_and_a_grade_that_the_school_has_not(say):
    assert (
        "一次看一个县"
        in say(
            schools=SIMPLE.assign(county_id=["H1"] * 7 + ["H2"] * 7), scores=SCORES.assign(county_id="H1")
        )[1]
    )


def test_a_grade_that_the_school_has_not(say):
    assert "办学类型没有这个学段" in say(schools=SIMPLE.assign(kind="junior"))[1]


def test_a_blank_sitting_is_named_and_the_rest_told(say):
    code, said, book = say(
        SCORES.assign(score=SCORES["score"].mask((SCORES["year"] == 2025) & (SCORES["subject"] == "math")))
    )
    assert code == 0
    assert "2025年四年级数学：一个成绩也没有填" in said + words(book, "没有用上的")
    assert "2023年四年级数学" in said


def test_formulas_stay_text_and_bytes_are_the_same(tmp_path):
    county = County(
        {"scores": MATH[MATH["year"] == 2025], "schools": SIMPLE.assign(name="=1+1", county_id=None)}
    )
    found = score_findings(county)
    one, two = (write_scores(tmp_path / name, found).read_bytes() for name in ("a.xlsx", "b.xlsx"))
    assert one == two
    sheet = openpyxl.load_workbook(io.BytesIO(one))["各校"]
    assert {cell.data_type for cell in sheet["B"] if cell.value == "=1+1"} == {"s"}


def test_two_hundred_schools_of_a_hundred_pupils_take_seconds():
    """20,000 pupils and three subjects: the findings alone, by the processor's time; a minute is what an officer may wait for all."""
    schools = [f"{9900000000 + k}" for k in range(200)]
    table = drawn((2025,), ("math", "chinese", "science"), 100, schools)
    begun = time.process_time()
    found = score_findings(
        County({"scores": table, "schools": pd.DataFrame({"school_id": schools, "name": schools})})
    )
    assert time.process_time() - begun < 20
    assert len(found.found) == 3


def test_a_share_is_never_rounded_to_the_other_side_of_the_limit():
    assert [_beside_limit(share).decimals for share in (0.14996, 0.1499999, 0.15, 0.1234)] == [5, 7, 3, 3]
    assert _beside_limit(np.nan) == NOT_KNOWN
