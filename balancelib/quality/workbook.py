"""What a score file says as a workbook for the county's monitoring officer: a sheet a question, each with how sure it is."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from balancelib.assess.logic import shown
from balancelib.county.files import whole_or_absent
from balancelib.county.private import FEWEST
from balancelib.county.schema import schema
from balancelib.quality.added import COVARIATES
from balancelib.quality.between import LIMIT
from balancelib.quality.changes import CHANGES
from balancelib.quality.findings import Found, ScoreFindings, Sitting, what_lacks
from balancelib.quality.mending import KINDS, TRAINED
from balancelib.sheets import Entry, Page, new_book, packed, text

SHEETS = {
    "学校之间差多少": "每一年、每个年级、每一科，成绩的差别有几分之几在学校之间，带区间；能不能说低于0.15",
    "各校": "每所学校的平均分、增值，都带区间；和全县比是高、是低，还是分不清。照学校标识码排，不是名次",
    "该先看哪几所": "哪几所有证据要先去看，为什么，哪些还不知道",
    "变化": "从第一年到最后一年，变了多少，其中多少不做什么也会变回来",
    "没有用上的": "哪些学生、哪些学校没有用上，为什么",
}
SHARES = {"below": "能", "above": "不能：不低于0.15", "unsure": "定不了"}
PLACES = {
    "above": Entry("高于全县"),
    "below": Entry("低于全县", "未达到"),
    "unsure": Entry("分不清"),
    "within": Entry("不意外"),
}
NOT_KNOWN = Entry("不知道", "缺数")
TOO_FEW = Entry("人太少", "缺数")
KEYS = ["年份", "年级", "学科"]
SCHOOL_WIDTHS = (13, 26, 16, 7, 7, 7, 7, 9, 7, 7, 7, 7, 8, 7, 9, 7, 12, 9)


def write_scores(path: str | Path, findings: ScoreFindings) -> Path:
    """Write what a score file says: what each sheet is and may be used for, the share between schools, each school, which to look at first, what changed, what was left out.

    Parameters
    ----------
    path : str or Path
        What stands there is replaced, whole or not at all.
    findings : ScoreFindings
    """
    book = new_book()
    _first(Page(book, "先看这里", (26, 74)), findings)
    _shares(Page(book, "学校之间差多少", (7, 7, 9, 8, 9, 14, 13, 9, 18, 24), landscape=True), findings)
    _schools(Page(book, "各校", SCHOOL_WIDTHS, landscape=True), findings)
    _weak(Page(book, "该先看哪几所", (13, 26, 18, 7, 16, 42, 18, 24), landscape=True), findings)
    _changes(
        Page(book, "变化", (13, 26, 7, 8, 7, 7, 8, 8, 8, 8, 8, 9, 8, 8, 8, 18), landscape=True), findings
    )
    _unused(Page(book, "没有用上的", (18, 9, 9, 9, 11, 11, 9, 8, 13, 13, 40), landscape=True), findings)
    path = Path(path)
    with whole_or_absent(path) as temporary:
        temporary.write_bytes(packed(book))
    return path


def _first(page: Page, findings: ScoreFindings) -> None:
    page.title("监测成绩：学校之间差多少，该先看哪几所")
    page.heading("先说能不能给别人看")
    page.note(
        "成绩是未成年人的个人信息，不满十四周岁的是敏感个人信息（个人信息保护法第二十八条）。这份工作簿只在县里、只给办这件事的人用："
        "“各校”“该先看哪几所”“变化”三张不公布，不按学校排名，不用来考核、奖惩，用完收好。"
    )
    page.note(
        "要对外说，只说全县的，并且写明是县里自己算的、区间是多少；不能叫校际差异率。成绩从哪里来、能不能测、给谁看，先问省里："
        "不得面向小学各年级和初中非毕业年级组织区域性或者跨校际的考试。"
    )
    page.heading("每张表是什么")
    page.table(["表", "说什么"], [[Entry(name, link=name), text(words)] for name, words in SHEETS.items()])
    page.heading("用的是哪些成绩")
    page.table(
        ["哪一次", "学校、学生"], [[text(str(one)), text(_size(findings, one))] for one in findings.found]
    )
    page.heading("文件里缺什么，所以说不出什么")
    rows = [[text(what), text(then)] for what, then in what_lacks(findings)]
    page.table(["缺什么", "所以"], rows or [[text("不缺"), text("要用的列都有；个别学生缺的，见最后一张表")]])
    if found := len(findings.county.warnings):
        page.note(f"数据里还有{found}处提醒要核实，用balancelib check列出来；没有替你改。")
    page.heading("怎样读")
    for words in _how_to_read(findings):
        page.note(words)


def _size(findings: ScoreFindings, one: Sitting) -> str:
    row = findings.unused.loc[tuple(one)]
    return f"{row['schools']}所学校，{row['scored']}名学生有成绩" + _basis(findings.found[one])


def _basis(found: Found) -> str:
    if found.added is None:
        return "；没有算增值"
    return f"；增值扣了{'、'.join(COVARIATES[c] for c in found.covariates)}，用了{found.added.used}名学生"


def _how_to_read(findings: ScoreFindings) -> Iterator[str]:
    yield "区间都是95%的：换一批学生再测，大约二十次里有十九次罩得住真的数。区间罩住了全县的数，就写“分不清”，不是写错了，是人数说不清。"
    most = max(len(found.means) for found in findings.found.values())
    yield (
        f"比得多，总有碰巧的：{most}所学校一点也不差，一次一科也平均有{most * 0.025:.1f}所“低于全县”。"
        "所以一次一科不定名单，换一科、换一年还在的再定。"
    )
    yield "增值是扣掉以前的成绩、家庭条件以后还高多少，往全县拉回一点，人越少拉得越多。它说去看哪一所，不说原因，不说是教师的功过。"
    yield f"一所学校一次一科有成绩的不到{FEWEST}人，不单独列出，只并在全县里算。"


def _shares(page: Page, findings: ScoreFindings) -> None:
    page.title("学校之间差多少")
    page.note(
        "组间方差比例：学生成绩的差别里，学校之间的占几分之几，扣掉了抽到谁的运气（方差分析法）。"
        "区间是精确的，只要成绩接近正态、每校的学生像随机抽的那样；每校只测一个班，学校的差和班级的差混在一起。"
        "区间整个低于0.15，才说“能”；区间里有0.15的，写“定不了”。比例是负的，意思是不比碰巧的大。"
    )
    page.note(
        f"这不是官方的校际差异率。判定教育质量第9项只填国家监测给的那个数（低于{LIMIT:g}，正好{LIMIT:g}不算），它的算法没有公布，不能拿这里的数去代替，也不能拿这里的区间去推翻。"
    )
    head = [
        *KEYS,
        "学校",
        "学生",
        "组间方差比例",
        "95%区间从",
        "到",
        f"能不能说低于{LIMIT:g}",
        "算不了的，为什么",
    ]
    page.table(head, [_share(key, row) for key, row in findings.shares.iterrows()], repeat=True)


def _share(key: tuple, row: pd.Series) -> list[Any]:
    why = "只有一所学校，没有可比的" if row["schools"] == 1 else row["why"]
    said = Entry(SHARES[row["verdict"]]) if not why else NOT_KNOWN
    numbers = (_beside_limit(row[name]) for name in ("anova", "low", "high"))
    return [*_key(*key), int(row["schools"]), int(row["pupils"]), *numbers, said, text(why)]


def _beside_limit(share: float) -> Entry:
    """Return a cell with as many decimals as it takes to be on its side of the limit."""
    return NOT_KNOWN if pd.isna(share) else _number(share, len(shown(share, LIMIT, 3).partition(".")[2]))


def _key(year: int, grade: int, subject: str) -> list[Any]:
    return [int(year), int(grade), schema().subjects[subject]]


def _number(value: float, decimals: int = 1) -> Entry:
    return NOT_KNOWN if pd.isna(value) else Entry(float(value), decimals=decimals)


def _schools(page: Page, findings: ScoreFindings) -> None:
    page.title("各校（内部使用，不公布）")
    page.note(
        f"照学校标识码排，不是名次。有成绩的不到{FEWEST}人的学校不列。平均分受进来的学生影响，增值扣掉了起点。和全县比，看各自的95%区间；"
        "拿两所学校的增值互相比，看可比区间：两所的不叠，才算分得开。Ⅲ级以上一栏，“碰巧也会有”是这么多人、和全县一样时几乎总在里面的范围。"
    )
    head = [
        "学校标识码", "学校", "哪一次", "有成绩人数", "平均分", "95%区间从", "到", "平均分和全县比", "算增值人数", "增值", "95%区间从", "到",
        "可比区间从", "到", "增值和全县比", "Ⅲ级以上", "碰巧也会有", "和全县比",
    ]  # fmt: skip
    page.table(head, _school_rows(findings), repeat=True)


def _school_rows(findings: ScoreFindings) -> Iterator[list[Any]]:
    for one, found in findings.found.items():
        for school, row in found.means.sort_index().iterrows():
            yield [
                *_school(findings, school),
                str(one),
                int(row["pupils"]),
                *(_number(row[name]) for name in ("mean", "low", "high")),
                PLACES[_against(row["low"], row["high"], found.county)],
                *_added(found, school),
                *_level(found, school),
            ]


def _school(findings: ScoreFindings, school: str) -> list[Entry]:
    return [text(school), text(findings.county.names.get(school, ""))]


def _against(low: float, high: float, county: float) -> str:
    return "above" if low > county else "below" if high < county else "unsure"


def _added(found: Found, school: str) -> list[Any]:
    """The cells of value added, as far as it could be told."""
    if found.added is None:
        return [NOT_KNOWN] * 7
    if school not in found.added.schools.index:
        return [TOO_FEW] * 7
    row = found.added.schools.loc[school]
    names = ("added", "low", "high", "bar_low", "bar_high")
    return [int(row["pupils"]), *(_number(row[name]) for name in names), PLACES[row["place"]]]


def _level(found: Found, school: str) -> list[Any]:
    if found.levels is None or school not in found.levels.schools.index:
        return [NOT_KNOWN] * 3
    row = found.levels.schools.loc[school]
    share = Entry(float(row["share"]) * 100, decimals=0, sign="%")
    return [share, f"{row['lower']:.0%}～{row['upper']:.0%}", PLACES[row["place"]]]


def _weak(page: Page, findings: ScoreFindings) -> None:
    page.title("该先看哪几所（内部使用，不公布）")
    if findings.weak.empty:
        page.note(
            "照这一份成绩，一所也说不上要先看：区间都罩住了全县的数。不等于没有困难的学校，是这些人数看不出。"
        )
        return
    page.note(
        "名单是拿来帮的，不排名，不和奖惩挂钩。先分类，同一类照学校标识码排。只因为一次一科上榜的，可能是碰巧；最后一栏写着别的科、别的年也是这样的，先看。"
        f"课没有上足、由对口教师上的课不到{TRAINED:.0%}，是先去看的地方，不是原因；“还不知道”的，去补数，不当成没有问题。"
    )
    head = ["学校标识码", "学校", "哪一次", "人数", "哪一类", "理由", "还不知道", "别的科、别的年也是这样"]
    page.table(head, [_weak_row(findings, key, row) for key, row in findings.weak.iterrows()], repeat=True)


def _weak_row(findings: ScoreFindings, key: tuple, row: pd.Series) -> list[Any]:
    *one, school = key
    words = (KINDS[row["kind"]], row["reasons"], row["unknown"] or "没有", row["again"] or "只有这一次")
    return [*_school(findings, school), Entry(str(Sitting(*one))), int(row["pupils"]), *map(text, words)]


def _changes(page: Page, findings: ScoreFindings) -> None:
    page.title("变化（内部使用，不公布）")
    if findings.changes.empty:
        page.note(f"看不出变化：要有同一年级、同一科两年的成绩，两年都有{FEWEST}名以上学生的学校。")
        return
    page.note(
        "差距：比起点一样的学生高多少（没有早先成绩的，比全县平均高多少，进来的学生变了也会变）。上次低的，下次本来就会回来一些：那一部分是“自己会回来的”，不是谁的功劳；"
        "“超出的”整个区间在0的一边，才说上来了、下去了，超出运气。两次之间全县一起升，这里看不出。"
    )
    page.note(f"就算哪一所也没有变，这张表里平均也有{findings.by_chance:.1f}行会写成上来了或者下去了。")
    head = [
        "学校标识码", "学校", "年级", "学科", "前一次", "后一次", "前人数", "后人数", "前差距", "后差距", "变化", "自己会回来的", "超出的", "95%区间从", "到", "结论",
    ]  # fmt: skip
    page.table(head, [_change(findings, *pair) for pair in findings.changes.iterrows()], repeat=True)


def _change(findings: ScoreFindings, key: tuple, row: pd.Series) -> list[Any]:
    first, last, grade, subject, school = key
    names = ("gap_first", "gap_last", "change", "by_itself", "beyond", "low", "high")
    plain = row["start"] or row["verdict"] == "unsure"
    said = CHANGES[row["verdict"]] + ("" if plain else "（没有扣起点）")
    return [
        *_school(findings, school),
        int(grade),
        schema().subjects[subject],
        int(first),
        int(last),
        int(row["pupils_first"]),
        int(row["pupils_last"]),
        *(_number(row[name]) for name in names),
        Entry(said, "未达到" if row["verdict"] == "fallen" else "居中"),
    ]


def _unused(page: Page, findings: ScoreFindings) -> None:
    page.title("没有用上的")
    page.note(
        "没有成绩的，是不知道，没有当0分。缺早先成绩、家庭背景的学生算在平均分里，不算在增值里；他们要是多半成绩低，增值就偏了，先看是哪几所缺得多。"
        f"不到{FEWEST}人的学校只写几所，不写是哪几所。"
    )
    head = [
        "哪一次",
        "表里几行",
        "没有成绩",
        "有成绩",
        "缺早先成绩",
        "缺家庭背景",
        "算增值",
        "学校",
        f"不到{FEWEST}人没有列的学校",
        f"算增值不到{FEWEST}人的学校",
        "整个没有用上，为什么",
    ]
    rows = [
        [str(Sitting(*key)), *(int(value) for value in row), text(findings.failed.get(Sitting(*key), ""))]
        for key, row in findings.unused.iterrows()
    ]
    page.table(head, rows, repeat=True)
