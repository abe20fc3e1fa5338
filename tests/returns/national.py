"""National returns made from a county's tables, in the described shapes and varied: no blank official form was at hand."""

import random
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pandas as pd

from balancelib.county import County, sample_county
from balancelib.county.schema import schema

STAGES = {"primary": "小学", "junior": "初中", "senior": "高中"}
KINDS = {key: kind.label for key, kind in schema().kinds.items()} | {
    "teaching_point": "小学教学点",
    "vocational": "职业高中学校",
}
OPERATORS = {"public": "县级教育部门", "private": "民办"}
AREAS = {"urban": "主城区", "town": "镇中心区", "rural": "村庄"}
GRADES = ["一年级", "二年级", "三年级", "四年级", "五年级", "六年级"]


@dataclass(frozen=True)
class Style:
    """How the files differ from one another in ways that mean nothing.

    ``seed`` draws the order of columns and where the noise falls; ``above`` blank and titled rows stand above the header;
    ``merged`` keeps merged headers, else only their first cell is filled; ``noise`` puts blanks, breaks and signs into
    labels; ``yuan`` gives equipment in 元; ``texts`` writes numbers as text, every other one with full-width digits;
    ``split`` puts one more row into the header; ``renamed`` names the sheets otherwise.
    """

    seed: int = 0
    above: int = 1
    merged: bool = True
    noise: bool = False
    yuan: bool = False
    texts: bool = False
    split: bool = False
    renamed: bool = False
    flat_arts: bool = False


PLAIN = Style()


def noisy(text: str, style: Style, draw: random.Random) -> str:
    if not style.noise or not text:
        return text
    text = text.replace("(", "（").replace(")", "）")
    return draw.choice(
        [text, f"{text}  ", f" {text}_x000D_\n", f"#{text}", f"其中：{text}", f"{text[0]} {text[1:]}"]
    )


def written(value, style: Style, draw: random.Random):
    """A number as the file holds it; blank where the school has not the stage."""
    if value is None or pd.isna(value):
        return draw.choice(["—", "*", "/"])
    value = int(value) if float(value).is_integer() else float(value)
    if not style.texts:
        return value
    text = str(value)
    return (
        text.translate(str.maketrans("0123456789", "０１２３４５６７８９")) if draw.random() < 0.5 else text
    )


def times(value, n):
    """So many times a number, that may be blank."""
    return None if value is None else value * n


def apart(total: float, *weights: float) -> list[int]:
    """A whole number in parts."""
    parts = [int(total * weight) for weight in weights]
    return [*parts, int(total) - sum(parts)]


def teachers_by(school: pd.Series, stage: str) -> dict[str, dict[str, int]]:
    """Teachers of a stage by education, by course and by title, so that all sums are the county's numbers."""
    total, qualified = (int(school[f"{name}_{stage}"]) for name in ("teachers", "qualified"))
    pe_arts, senior = (int(school[f"{name}_{stage}"]) for name in ("pe_arts", "senior_title"))
    above = ["博士研究生", "硕士研究生", "本科", *(["专科"] if stage == "primary" else [])]
    below = [*(["专科"] if stage == "junior" else []), "高中阶段", "高中阶段以下"]
    education = dict(zip(above, apart(qualified, *[0.02, 0.1, 0.5][: len(above) - 1]), strict=True))
    education |= dict(zip(below, apart(total - qualified, *[0.5] * (len(below) - 1)), strict=True))
    sports, music, art = apart(pe_arts, 0.5, 0.25)
    chinese, english = apart(total - pe_arts, 0.6)
    courses = {"语文": chinese, "外语": english, "体育与健康": sports, "音乐": music, "美术": art}
    titles = dict(zip(["正高级", "副高级", "中级"], apart(senior, 0.05, 0.3), strict=True))
    titles |= dict(zip(["助理级", "员级", "未定职级"], apart(total - senior, 0.6, 0.3), strict=True))
    return {"education": education, "courses": courses, "titles": titles}


def export_columns(stage: str, style: Style) -> list[tuple[tuple[str, ...], callable]]:
    """Header paths of an export and how each cell comes from a school."""
    word, equipment = STAGES[stage], "元" if style.yuan else "万元"
    number = lambda name: lambda s: s[name]  # noqa: E731
    grades = GRADES if stage == "primary" else GRADES[:3]
    first = {"primary": 1, "junior": 7}.get(stage)
    columns = [
        (("基本信息", "学校（机构）名称"), number("name")),
        (("基本信息", "学校（机构）标识码"), number("school_id")),
        (("基本信息", "办学类型"), lambda s: KINDS[s["kind"]]),
        (("基本信息", "举办者类型"), lambda s: OPERATORS[s["operator"]]),
        (("基本信息", "城乡类型"), lambda s: AREAS[s["area"]]),
        (("基本信息", "是否计校数"), lambda s: s.get("counted", 1)),
        (("基本信息", "所属学校标识码"), lambda s: s.get("parent_id", "")),
        (("基本信息", "统计三级"), number("county")),
        (("在校生数", "合计"), number(f"pupils_{stage}")),
        (("在校生数", "#女"), lambda s: int(s[f"pupils_{stage}"]) // 2),
    ]
    if stage == "senior":
        return columns
    columns += [
        (("在校生数", "其中", grade), lambda s, i=first + i: s["grades"][f"grade{i}"])
        for i, grade in enumerate(grades)
    ]
    columns += [
        (("班数", "合计"), number(f"classes_{stage}")),
        (("教职工数", "合计"), lambda s: s[f"teachers_{stage}"] + 3),
        (("教职工数", "专任教师"), lambda s: s[f"teachers_{stage}"] + 1),
        (("专任教师", "合计"), number(f"teachers_{stage}")),
        (("专任教师", "#女"), lambda s: s[f"teachers_{stage}"] // 2),
        (("教基1102", f"县级以上骨干教师({word})"), number(f"backbone_{stage}")),
    ]
    part = lambda kind, name: lambda s: teachers_by(s, stage)[kind][name]  # noqa: E731
    for kind, above in (("education", "#按学历分"), ("titles", "#按专业技术职务分")):
        example = pd.Series({f"{n}_{stage}": 0 for n in ("teachers", "qualified", "pe_arts", "senior_title")})
        columns += [
            (("专任教师", above, name), part(kind, name)) for name in teachers_by(example, stage)[kind]
        ]
    under = ("专任教师", "#按授课课程分")
    arts = () if style.flat_arts else ("艺术",)
    both = lambda s: part("courses", "音乐")(s) + part("courses", "美术")(s)  # noqa: E731
    columns += [
        ((*under, "语文"), part("courses", "语文")),
        ((*under, "外语"), part("courses", "外语")),
        ((*under, "体育与健康"), part("courses", "体育与健康")),
        ((*under, "艺术", *([] if style.flat_arts else ["计"])), both),
        ((*under, *arts, "音乐"), part("courses", "音乐")),
        ((*under, *arts, "美术"), part("courses", "美术")),
    ]
    columns += [
        (("占地面积(平方米)", "合计"), lambda s: times(s["sports_ground_area"], 3)),
        (("占地面积(平方米)", "其中", "运动场地面积"), number("sports_ground_area")),
        (("校舍建筑面积", "教学及辅助用房", "计"), number("teaching_area")),
        (("校舍建筑面积", "教学及辅助用房", "教室"), lambda s: times(s["teaching_area"], 2)),
        (("校舍建筑面积", "教学及辅助用房", "室内体育用房"), number("indoor_sports_area")),
        (("校舍建筑面积", "其中：危房", "教学及辅助用房"), lambda s: 0),
        (("图书(册)",), number("books")),
        (("数字终端数(台)", "合计"), number("computers")),
        (("教室(间)", "其中", "网络多媒体教室"), number("multimedia_rooms")),
        (("固定资产总值", "合计"), lambda s: 9999),
        (
            ("固定资产总值", f"教学仪器设备资产值({equipment})"),
            lambda s: times(s["equipment_value"], 10000 if style.yuan else 1),
        ),
    ]
    return columns


def write_export(path: Path, stage: str, schools: pd.DataFrame, style: Style, year: int = 2025) -> Path:
    """One 综合表: the schools that have a stage, one row each."""
    draw = random.Random(style.seed)
    columns = export_columns(stage, style)
    groups = list(dict.fromkeys(c[0][0] for c in columns))
    draw.shuffle(groups)
    columns = [c for group in groups for c in columns if c[0][0] == group]
    columns = [((*p[:1], p[0], *p[1:]) if style.split else p, get) for p, get in columns]
    depth = max(len(p) for p, _ in columns)
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = f"{STAGES[stage]}学校" if style.renamed else f"{STAGES[stage]}综合表"
    sheet.cell(1, 1, f"{year}/{year + 1}学年{STAGES[stage]}综合表")
    top = 1 + style.above
    _header(sheet, [p for p, _ in columns], top, depth, style, draw)
    for i, school in enumerate(schools.to_dict("records"), top + depth):
        for c, (header, get) in enumerate(columns, 1):
            value = get(school)
            cell = sheet.cell(i, c, value if header[0] == "基本信息" else written(value, style, draw))
            cell.data_type = "s" if isinstance(cell.value, str) else cell.data_type
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


def _header(sheet, paths, top, depth, style, draw):
    """Write header paths as rows of merged cells, each path's end reaching down to the last row."""
    ends = {len(p) - 1 for p in paths}
    for level in range(depth):
        c = 0
        while c < len(paths):
            path, width = paths[c], 1
            if level >= len(path):
                c += 1
                continue
            while (
                c + width < len(paths)
                and paths[c + width][: level + 1] == path[: level + 1]
                and level < len(path) - 1
            ):
                width += 1
            sheet.cell(top + level, c + 1, noisy(path[level], style, draw))
            down = depth - 1 - level if level == len(path) - 1 else 0
            if style.merged and (width > 1 or down):
                sheet.merge_cells(
                    start_row=top + level,
                    start_column=c + 1,
                    end_row=top + level + down,
                    end_column=c + width,
                )
            c += width
    assert ends


def write_exports(
    folder: Path, tables: dict[str, pd.DataFrame], style: Style = PLAIN, year: int = 2025
) -> Path:
    """The three files of a county: primary, junior, senior."""
    schools = with_grades(tables, year)
    for stage, word in STAGES.items():
        own = schools[schools[f"pupils_{stage}"].notna()]
        if len(own):
            write_export(folder / f"{word}.xlsx", stage, own, style, year)
    return folder


def with_grades(tables, year):
    """Schools with the year's pupils by grade beside them."""
    schools = tables["schools"].astype(object).where(tables["schools"].notna(), None)
    now = tables["enrolment"][tables["enrolment"]["year"] == year].set_index("school_id")
    names = [name for name in now if name.startswith("grade")]
    grades = dict(zip(now.index, now[names].to_dict("records"), strict=True))
    nothing = dict.fromkeys(names)
    return schools.assign(grades=[grades.get(i, nothing) for i in schools["school_id"]])


def form(book, code, suffix, title, header, rows, style, draw):
    """One sheet of a school's workbook: title, 表号, header, numbers of columns, rows."""
    sheet = book.create_sheet(f"表{len(book.sheetnames)}" if style.renamed else f"{code}_{suffix}")
    sheet.cell(1, 1, title)
    sheet.cell(2, len(header) + 1, f"表    号：{code}")
    top = 2 + style.above
    depth = max(len(path) for path in header)
    for c, name in enumerate(("指标名称", "代码"), 1):
        sheet.cell(top, c, name)
        if depth > 1:
            sheet.merge_cells(start_row=top, start_column=c, end_row=top + depth - 1, end_column=c)
    _shifted(sheet, header, top, depth, style, draw)
    numbers = top + depth
    for c in range(len(header) + 2):
        sheet.cell(numbers, c + 1, ("甲", "乙")[c] if c < 2 else str(c - 1))
    for i, (name, values) in enumerate(rows, 1):
        sheet.cell(numbers + i, 1, noisy(name, style, draw) if not name.startswith(("#", "其中")) else name)
        sheet.cell(numbers + i, 2, f"{i:02d}")
        for c, value in enumerate(values, 3):
            sheet.cell(numbers + i, c, value if isinstance(value, str) else written(value, style, draw))


def _shifted(sheet, header, top, depth, style, draw):
    """A header of merged rows from the third column on."""
    for level in range(depth):
        c = 0
        while c < len(header):
            path, width = header[c], 1
            if level < len(path):
                while (
                    c + width < len(header)
                    and header[c + width][: level + 1] == path[: level + 1]
                    and level < len(path) - 1
                ):
                    width += 1
                sheet.cell(top + level, c + 3, noisy(path[level], style, draw))
                down = depth - 1 - level if level == len(path) - 1 else 0
                if width > 1 or down:
                    sheet.merge_cells(
                        start_row=top + level,
                        start_column=c + 3,
                        end_row=top + level + down,
                        end_column=c + 2 + width,
                    )
            c += width


def write_school(path: Path, school: pd.Series, style: Style = PLAIN, year: int = 2025) -> Path:
    """The workbook of one school, with the forms that its kind has."""
    draw = random.Random(style.seed)
    book = openpyxl.Workbook()
    book.active.title = "封面"
    kind = KINDS[school["kind"]]
    add = lambda code, title, header, rows: form(book, code, kind, title, header, rows, style, draw)  # noqa: E731
    stages = [stage for stage in STAGES if not pd.isna(school[f"pupils_{stage}"])]
    add("教基1001", f"{year}-{year + 1}学年 学校（机构）基本情况", [("内容",)], [
        ("学校（机构）标识码", [school["school_id"]]), ("学校（机构）名称", [school["name"]]), ("学校（机构）办学类型", [kind]),
        ("学校（机构）举办者", [OPERATORS[school["operator"]]]), ("学校（机构）驻地城乡类型", [AREAS[school["area"]]]),
        ("是否计校数", ["是" if school.get("counted", 1) else "否"]), ("所属学校标识码", [school.get("parent_id", "")]),
    ])  # fmt: skip
    compulsory = [stage for stage in stages if stage != "senior"]
    add("教基1102续", "学校基本情况（续）", [("数量",)], [("教研组数", [5])] + [
        (f"县级及以上骨干教师（{STAGES[stage]}）", [school[f"backbone_{stage}"]]) for stage in compulsory
    ])  # fmt: skip
    if "primary" in stages:
        n = school["pupils_primary"]
        add("教基3112", "小学分类型学生数", [("毕业生数",), ("招生数", "合计"), ("招生数", "三年"), ("在校生数", "合计"), ("在校生数", "#女"), *((g,) for g in GRADES), ("预计毕业生数",)], [
            ("总计", [1, school["grades"]["grade1"], 3, n, n // 2, *list(school["grades"].values())[:6], 9]),
            ("#女", [1, 1, 1, n // 2, "-", *[1] * 6, 3]), ("#寄宿生", [0] * 12),
        ])  # fmt: skip
        add("教基2106", "小学班额情况", [("合计",), ("45人及以下",), ("46-55人",)], [
            ("合计", [school["classes_primary"], school["classes_primary"], 0]), ("一年级", [1, 1, 0]),
        ])  # fmt: skip
    if "junior" in stages:
        n = school["pupils_junior"]
        grades = [school["grades"][f"grade{i}"] for i in (7, 8, 9)]
        add("教基3115", "初中分类型学生数", [("毕业生数",), ("招生数",), ("在校生数", "合计"), ("在校生数", "#女"), *((g,) for g in GRADES[:4]), ("预计毕业生数",)], [
            ("总计", [1, grades[0], n, n // 2, *grades, 0, 9]), ("#女", [1, 1, n // 2, "-", 1, 1, 1, 0, 3]),
        ])  # fmt: skip
        add("教基2107", "中学班额情况", [("合计",), ("50人及以下",)], [
            ("初中", [school["classes_junior"], 1]), ("一年级", [1, 1]), ("高中", [0, 0]), ("一年级", [0, 0]),
        ])  # fmt: skip
    if "senior" in stages:
        add(
            "教基3118",
            "普通高中分类型学生数",
            [("毕业生数",), ("在校生数", "合计"), ("在校生数", "#女")],
            [("总计", [1, school["pupils_senior"], 1])],
        )
    for code, stage in (("教基4155", "primary"), ("教基4156", "junior")):
        if stage in stages:
            _teachers(add, code, school, stage, style)
    add("教基4153", "专任教师分年龄情况", [("合计",), ("#女",), ("24岁及以下",)], [
        row for stage in compulsory for row in [
            (STAGES[stage], [school[f"teachers_{stage}"], 1, 0]), ("#女", [1, "-", 0]),
            *((name, [value, 0, 0]) for name, value in teachers_by(school, stage)["titles"].items()),
        ]
    ])  # fmt: skip
    unit = "元" if style.yuan else "万元"
    add("教基5170", "校舍情况", [("合计",), ("#危房",)], [
        ("总计", [times(school["teaching_area"], 2), 0]), ("一、教学及辅助用房", [school["teaching_area"], 0]), ("教室", [1, 0]),
        ("其中：室内体育用房", [school["indoor_sports_area"], 0]), ("二、行政办公用房", [5, 0]),
    ])  # fmt: skip
    add("教基5176", "占地面积和其他办学条件", [("计量单位",), ("数值",)], [
        ("占地面积", ["平方米", times(school["sports_ground_area"], 3)]), ("其中：运动场地面积", ["平方米", school["sports_ground_area"]]),
        ("图书", ["册", school["books"]]), ("数字终端数", ["台", school["computers"]]), ("教室", ["间", times(school["multimedia_rooms"], 2)]),
        ("其中：网络多媒体教室", ["间", school["multimedia_rooms"]]), ("固定资产总值", [unit, 9999]),
        ("其中：教学仪器设备资产值", [unit, times(school["equipment_value"], 10000 if style.yuan else 1)]),
    ])  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


def _teachers(add, code, school, stage, style):
    by = teachers_by(school, stage)
    arts = by["courses"]["音乐"] + by["courses"]["美术"]
    inner = () if style.flat_arts else ("艺术",)
    total = school[f"teachers_{stage}"]
    header = [
        ("合计",),
        ("#女",),
        ("语文",),
        ("外语",),
        ("体育与健康",),
        ("艺术", *([] if style.flat_arts else ["计"])),
        (*inner, "音乐"),
        (*inner, "美术"),
    ]
    courses = by["courses"]
    rows = [
        ("总计", [total] + [0] * 7),
        (
            STAGES[stage],
            [
                total,
                1,
                courses["语文"],
                courses["外语"],
                courses["体育与健康"],
                arts,
                courses["音乐"],
                courses["美术"],
            ],
        ),
        ("#女", [1, "-", 0, 0, 0, 0, 0, 0]),
        *((name, [value] + [0] * 7) for name, value in by["education"].items()),
    ]
    if stage == "junior":
        rows += [("普通高中", [7] + [0] * 7), ("本科", [7] + [0] * 7)]
    add(code, "专任教师分课程、分学历情况", header, rows)


def write_schools(
    folder: Path, tables: dict[str, pd.DataFrame], style: Style = PLAIN, year: int = 2025
) -> Path:
    """A folder with one workbook a school."""
    for school in with_grades(tables, year).to_dict("records"):
        write_school(folder / f"{school['school_id']}{school['name']}.xlsx", school, style, year)
    return folder


YEAR = 2025
WHOLE = sample_county(7, 30)


def some(county, each=2):
    """A small county with schools of every kind."""
    schools = county.schools.groupby("kind").head(each).reset_index(drop=True)
    enrolment = county.tables["enrolment"]
    enrolment = enrolment[enrolment["school_id"].isin(schools["school_id"])].reset_index(drop=True)
    return County({"schools": schools, "enrolment": enrolment})


SMALL = some(WHOLE)
SKIPPED = {"township", "county_id", "province", "county"}  # not in the forms, or only in an export


def same(read, made, where=""):
    """The read schools are those that were made, column for column."""
    made = made[made["school_id"].isin(read["school_id"])].set_index("school_id")
    read = read.set_index("school_id").loc[made.index]
    for column in [c for c in made if c not in SKIPPED and c != "year"]:
        alike = (read[column] == made[column]) | (read[column].isna() & made[column].isna())
        assert alike.all(), (where, column, read.loc[~alike, column].head(), made.loc[~alike, column].head())


def now(county):
    enrolment = county.tables["enrolment"]
    return enrolment[enrolment["year"] == YEAR]


def edited(path, change):
    """Change a workbook's only sheet."""
    book = openpyxl.load_workbook(path)
    change(book.active)
    book.save(path)


def heading(sheet, *words):
    """The column whose header has all these words one below another, and the row of the header's end."""
    filled = {}
    for area in sheet.merged_cells.ranges:
        for row, column in area.cells:
            filled[row, column] = sheet.cell(area.min_row, area.min_col).value
    for column in range(1, sheet.max_column + 1):
        texts = [str(filled.get((row, column), sheet.cell(row, column).value)) for row in range(1, 7)]
        if all(any(word == text for text in texts) for word in words):
            return column
    raise AssertionError(words)


def set_cell(words, value):
    def change(sheet):
        sheet.cell(6, heading(sheet, *words)).value = value

    return change


def primary_file(tmp_path, style: Style = PLAIN):
    schools = with_grades(SMALL.tables, YEAR)
    return write_export(tmp_path / "小学.xlsx", "primary", schools[schools["kind"] == "primary"], style)


def change_header(old, new, count=1):
    def change(sheet):
        cells = [c for line in sheet.iter_rows(max_row=6) for c in line if c.value == old]
        assert cells
        for cell in cells[:count]:
            cell.value = new

    return change
