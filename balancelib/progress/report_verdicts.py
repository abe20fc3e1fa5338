"""Verdicts as people write them in a report, compared with the library's."""

import re
from collections.abc import Iterable, Iterator

from balancelib.assess import Assessment
from balancelib.assess.logic import VETO_WORDS
from balancelib.progress.report_facts import report_verdicts
from balancelib.progress.report_numbers import ABSENT, RIGHT, WRONG

NOT = "(?:还|尚|仍)?(?:没有|未能?|不|没)(?:全部|完全|都|能)?"
# What verdicts are called; the first that fits is meant.
UNDECIDED = "(?:还|尚)?(?:不能|无法)判定"
USUAL = rf"{UNDECIDED}|{NOT}(?:达到|达标|做到)|(?:已经?|基本|全部|完全|都|均)?(?:达到|达标)"
VETO = rf"{UNDECIDED}|(?:都|均)?没有(?:一项)?发生|未发生|无(?![一-龥])|(?<!0项)(?:有|已经?)发生|发生[了过]"
NO_VERDICT = "达到|达标|是否|除|以外|第|要求|标准|应当|必须"  # over these it is no longer the part's
# A number between is a share or counts items: 12项达到 is of items, what follows a comma is of the part.
GAP = rf"(?:(?!{NO_VERDICT})(?:[^\d。；]|\d[\d.,]*(?:%|项)))*?(?<!\d[项个所])(?<![还尚没未不全都均经基完])"
ENDS = r"(?!\d|率|[^，。；]{0,8}的)"
OVERALL = re.compile(
    r"(?:全县|我县|本县|我们县)(?:目前|现在|现|今年|也|，)*"
    rf"({NOT}(?:达到|实现|符合|通过)|(?:已经?|基本|全面|全部)*(?:达到|实现|符合))了?(?:国家|县域|义务教育|的)*优质均衡"
    r"(?![^，。；]{0,12}(?:差距|目标|任务|计划|规划|以前|前|后|时|还|需|的|为))"
)
ASKED = re.compile("要求|应|须|标准|是否|能否|不能说")
ITEM = r"第([\d、和，]+)项[^，。；\d第]{0,24}?"


def verdict_rows(told: Iterable[tuple[str, str]], verdict: Assessment) -> Iterator[tuple[str, ...]]:
    """Yield what a report says of the county, of each part and of items, and whether it is right.

    Parameters
    ----------
    told : iterable of (str, str)
        The heading above, and the sentence.
    verdict : Assessment
    """
    told = list(told)
    for title, (meets, words) in report_verdicts(verdict).items():
        veto = words is VETO_WORDS
        overall = title == "总的结论"
        called = r"总的结论|全县的?结论" if overall else rf"(?<!义务){re.escape(title)}(?!监测|线)"
        usual = rf"(?:{called}){GAP}({USUAL}){ENDS}"
        ways = [re.compile(rf"{called}[^。；]{{0,12}}?(?<![没还尚都均])({VETO}){ENDS}" if veto else usual)]
        ways += (
            [OVERALL]
            if overall
            else [re.compile(rf"(没有发生|有发生|发生了)(?:任何|过)?{re.escape(title)}")] * veto
        )
        read = dict.fromkeys((_meaning(found[1], veto), under) for found, under in _found(ways, told))
        for value, under in read:
            yield "verdicts", title, RIGHT if value is meets else WRONG, words[value], words[meets], under
        if not read:
            yield "verdicts", title, ABSENT, "—", words[meets], "—"
    yield from _items(told, verdict)


def _found(
    ways: list[re.Pattern[str]], told: Iterable[tuple[str, str]]
) -> Iterator[tuple[re.Match[str], str]]:
    for under, sentence in told:
        for way in ways:
            for found in way.finditer(sentence):
                yield found, under


def _meaning(text: str, veto: bool = False) -> bool | None:
    """What a verdict's words mean; of a veto that nothing has happened is good."""
    if "判定" in text:
        return None
    denied = re.match(f"{NOT}|都没|均没|无", text) is not None
    return denied if veto else not denied


def _items(told: list[tuple[str, str]], verdict: Assessment) -> Iterator[tuple[str, ...]]:
    """Items whose verdict is said by their number: 政府保障程度第3项没有做到."""
    for name, part in verdict.parts.items():
        if part is None or name == "veto":
            continue
        way = re.compile(rf"{re.escape(part.title)}{ITEM}({USUAL}|做到){ENDS}")
        meets = {str(item.item.number): item.meets for item in part.items}
        read = {
            (n, _meaning(found[2]), under)
            for found, under in _found([way], told)
            for n in re.findall(r"\d+", found[1])
        }
        for number, value, under in sorted(read, key=str):
            if meets.get(number) is not None:
                words = report_verdicts(verdict)[part.title][1]
                result = RIGHT if value is meets[number] else WRONG
                yield (
                    "verdicts",
                    f"{part.title}第{number}项",
                    result,
                    words[value],
                    words[meets[number]],
                    under,
                )


def claims(sentence: str, called: Iterable[str]) -> bool:
    """Whether a sentence says that what is called so is met, or is not; what is asked for is no claim."""
    names = "|".join(map(re.escape, called))
    good = "(?:已经?|全部|都|均)?(?:达到|达标|做到)"
    said = re.compile(rf"(?:{names})[^；。\d]{{0,6}}?(?<!成)(?:{NOT}(?:达到|做到)|{good})(?![Ⅰ-Ⅴ]级以上)")
    return any(said.search(clause) for clause in sentence.split("，") if not ASKED.search(clause))
