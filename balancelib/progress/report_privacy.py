"""What must not stand in a report that is made public: who somebody is, and small counts of children of special groups."""

import re
from collections.abc import Iterable, Iterator

from balancelib.county.private import private_cells, private_header
from balancelib.disclosure import load_policy
from balancelib.progress.written import Written

CHINESE = "一二两三四五六七八九"
# What is counted, if it is children; 一人一案 counts nobody.
COUNTED = r"(?:名|人|位|例|户|个(?:孩子|儿童|学生|适龄|残疾|女|男))"
GROWN = "教师|老师|校长|园长|督学|人员|干部|医生|志愿者|专家|委员|工作者|骨干"
NOBODY = "每何第让漏落少丢另同十百千万几"


def small_count(least: int) -> re.Pattern[str]:
    """Find a count of 1 to ``least`` − 1 persons in a sentence, not of teachers or other grown-ups."""
    words = CHINESE[:least]  # one word more than there are counts: 二 and 两 are both 2
    return re.compile(
        rf"(?:(?<![\d.,第])[1-{least - 1}]\s*|(?<![{NOBODY}])[{words}]){COUNTED}"
        rf"(?!一[案策档人生]|也|不|[^，。；]{{0,6}}(?:{GROWN}))"
    )


def small_cell(least: int) -> re.Pattern[str]:
    """Find such a count that is a cell of a table: a digit after its head."""
    return re.compile(rf"(?:人|名|数|童|生|女|子|儿|教|读|计|岁|[)）])[1-{least - 1}]\Z")


COLUMNS_OF_OTHERS = re.compile(rf"(?:学校|所|项|班|级|年|次|{GROWN}|乡镇)数?(?:[（(][^，]{{0,6}}[)）])?\d\Z")


def private_things(written: Written, groups: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield what a report has that tells who somebody is, and under which heading: never the words themselves.

    Parameters
    ----------
    written : Written
    groups : iterable of str
        Words of which one stands in a sentence on children of special groups.
    """
    least = load_policy().least
    for i in private_cells([sentence for _, sentence in written.sentences]):
        yield "身份证号或者电话号码", written.sentences[i][0]
    for head in written.heads:
        if private_header(head) or "姓名" in head:
            yield "个人信息的列名", "表头"
    said, cell, of_groups = small_count(least), small_cell(least), re.compile("|".join(groups))
    for under, sentence in written.sentences:
        if not of_groups.search(under + sentence):
            continue
        if said.search(sentence) or (cell.search(sentence) and not COLUMNS_OF_OTHERS.search(sentence)):
            yield f"特殊群体里1到{least - 1}人的数", under
