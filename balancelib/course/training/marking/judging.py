"""One notebook marked: what it did apart is read, and its answers are judged here, in the county of the person's seed."""

import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from balancelib.county import sample_county
from balancelib.county.lacking import label, lacking
from balancelib.course.exercises.compare import is_stub
from balancelib.course.exercises.session import SEED, Session, fault
from balancelib.course.training.marking.answers import Begun, Failed, Handed, Tried, unpacked
from balancelib.course.training.marking.returned import Notebook, known, number_of
from balancelib.course.training.marking.sandbox import Limits, Run, run_apart
from balancelib.text import cleaned, shown

LOGGER = logging.getLogger(__name__)
RIGHT, WRONG, UNANSWERED, FAILED, LATE, UNSAFE, IMPOSSIBLE = (
    "对",
    "不对",
    "没有答",
    "出错",
    "超时",
    "不安全",
    "做不了",
)
ABSENT = "笔记本里没有这道题的check：这一格是不是删掉了？"
STUB = "还是...，没有填。"
OWN = "（这道题他可能用了自己的县；那个县不在这里，判的时候换成了种子的县。直接写下来的数判不了，请当面看。）"
UNREACHED = "没有运行到check：看看这一格里它前面的if。"
OUT_OF_TIME = "OutOfTime"
OPEN = re.compile(r"=\s*\.\.\.\s*(?:#|$)", re.MULTILINE)  # what a stub looks like that nobody filled
TRIES = {
    "network": "想连网络",
    "program": "想启动别的程序",
    "kill": "想结束别的进程",
    "native": "想绕过Python直接动内存",
    "files": "想读或者改它自己文件夹以外的文件",
    "answers": "想取参考答案",
}
ENDED = {
    "time": "{seconds:g}秒还没有运行完，被强行停掉：是不是有停不下来的循环，或者在等什么？",
    "died": "让整个Python停了（用了退出的语句，递归太深，或者内存不够）。",
    "files": "写的文件太多，被强行停掉。",
    "output": "交出来的东西太多，或者读不懂，被强行停掉。",
}
WORDS = {
    "NameError": "用到了一个还没有的名字",
    "TypeError": "对这种东西不能这样算",
    "KeyError": "没有这个标签或这一列",
    "IndexError": "位置超出了范围",
    "ValueError": "值不合适",
    "AttributeError": "它没有这个名字的内容",
    "ZeroDivisionError": "除以了0",
    "SyntaxError": "写法不对，Python读不懂",
    "IndentationError": "缩进不对",
    "TabError": "缩进里混着Tab和空格",
    "ImportError": "要的东西导入不了",
    "ModuleNotFoundError": "没有这个模块",
    "FileNotFoundError": "找不到文件",
    "PermissionError": "这里不允许这样做",
    "OSError": "系统不让这样做",
    "MemoryError": "要的内存太多",
    "RecursionError": "函数自己叫自己，停不下来",
    "RuntimeError": "运行不下去",
    "AssertionError": "自己写的检查没有通过",
    "UnboundLocalError": "在函数里，变量还没有值就用了",
    "StopIteration": "已经取完了",
    "OverflowError": "数太大了",
    "SystemExit": "用了退出的语句",
    "KeyboardInterrupt": "自己中断了",
}


class Mark(NamedTuple):
    """How an exercise went, and why where it is not right."""

    outcome: str
    reason: str = ""


@dataclass
class Judged:
    """A notebook marked: the seed it was judged by and those it names, its marks, and what is needed to see who copied."""

    notebook: Notebook
    seed: int
    begun: dict[str, int] = field(default_factory=dict)
    marks: dict[str, Mark] = field(default_factory=dict)
    wrong: dict[str, Any] = field(default_factory=dict)  # answers that are not right
    rights: dict[str, Any] = field(default_factory=dict)  # what is right by this seed
    tried: list[tuple[int, str]] = field(default_factory=list)
    own: set[str] = field(default_factory=set)  # exercises that ask for a county of the trainee's own
    unnamed: bool = False  # the notebook names no county
    broken: str = ""  # the sandbox's own words, where it did not even begin


def judge_or_say(notebook: Notebook, keys: Sequence[str], limits: Limits) -> Judged:
    """Mark a notebook as `judge_notebook` does; one that cannot be marked says so, and the others are marked all the same."""
    try:
        return judge_notebook(notebook, keys, limits)
    except Exception as error:
        LOGGER.debug("not marked: %s", notebook.file, exc_info=True)
        return not_judged(notebook, keys, f"{type(error).__name__}：{one_line(error)}")


def not_judged(notebook: Notebook, keys: Iterable[str], said: str) -> Judged:
    """Say of a notebook that our own program failed to judge it."""
    mark = Mark(FAILED, f"判卷的程序自己出了错，请把这份笔记本交给维护的人：{said}")
    return Judged(notebook, SEED, marks=dict.fromkeys(keys, mark), broken=said)


def judge_notebook(notebook: Notebook, keys: Iterable[str], limits: Limits) -> Judged:
    """Run a notebook apart and mark these exercises."""
    person = notebook.person
    theirs = person.seed if person else None
    run = run_apart(notebook.cells, notebook.module, limits, SEED if theirs is None else theirs)
    chosen = {event.key: event for event in run.events if isinstance(event, Begun)}
    begun = {key: event.seed for key, event in chosen.items()}
    judged = Judged(notebook, _named(notebook, begun) if theirs is None else theirs, begun, broken=run.said)
    judged.own = {
        key for key, event in chosen.items() if event.own and known(key.partition(".")[0]).get(number_of(key))
    }
    judged.unnamed = notebook.module in chosen and not chosen[notebook.module].named
    judged.tried = [(event.cell, event.what) for event in run.events if isinstance(event, Tried)]
    for key in keys:
        judged.marks[key] = _mark(judged, key, run, limits)
    return judged


def _named(notebook: Notebook, begun: Mapping[str, int]) -> int:
    """Return the seed that the notebook itself names."""
    return begun.get(notebook.module, next(iter(begun.values()), SEED))


@lru_cache(maxsize=4)
def session_of(seed: int, module: str) -> Session:
    """Return a session in the county of a seed, for the exercises of a module."""
    return Session(_county(seed), "")


@lru_cache(maxsize=2)
def _county(seed: int) -> Any:
    return sample_county(seed)


def _mark(judged: Judged, key: str, run: Run, limits: Limits) -> Mark:
    """Mark one exercise; what is worse comes first."""
    homes = judged.notebook.homes.get(key, ())
    if tried := sorted({TRIES[what] for cell, what in judged.tried if cell in homes and what != "answers"}):
        return Mark(
            UNSAFE, f"这一格{'、'.join(tried)}。没有办到，什么也没有损坏；请先读一读这一格，再和他谈。"
        )
    if said := _impossible(judged, key):
        return Mark(IMPOSSIBLE, said)
    handed = [event.answer for event in run.events if isinstance(event, Handed) and event.key == key]
    if not handed:
        return _unhanded(judged, homes, run, limits)
    if handed[-1].kind == "too_long":
        return Mark(WRONG, "交的东西太长：有几千个数。")
    return _judged(judged, key, unpacked(handed[-1]))


def _impossible(judged: Judged, key: str) -> str:
    """Say why an exercise has no answer in this county, and else keep the right answer."""
    module, _, n = key.partition(".")
    exercise, session = known(module)[n], session_of(judged.seed, module)
    if missing := lacking(session.county.tables, exercise.tables):
        return f"这个县缺少{'、'.join(map(label, missing))}，不算在内。"
    try:
        judged.rights[key] = session.answer(n, exercise)
    except ValueError as error:
        return f"这个县里算不出来，不算在内：{one_line(error)}"
    except Exception as error:  # an author's own exercise; the others are marked all the same
        LOGGER.debug("no answer to %s", key, exc_info=True)
        said = f"{type(error).__name__}：{one_line(error)}"
        return f"这道题的答案算不出来，不算在内，请查它在balancelib/course/exercises里的那一段：{said}"
    return ""


def _judged(judged: Judged, key: str, given: Any) -> Mark:
    module, _, n = key.partition(".")
    if is_stub(given):
        return Mark(UNANSWERED, STUB)
    said = fault(session_of(judged.seed, module), n, known(module)[n], given)
    if not said:
        return Mark(RIGHT)
    judged.wrong[key] = given
    return Mark(WRONG, one_line(said) + (OWN if key in judged.own else ""))


def _unhanded(judged: Judged, homes: tuple[int, ...], run: Run, limits: Limits) -> Mark:
    """Mark an exercise of which no answer came out."""
    if not homes:
        return Mark(UNANSWERED, ABSENT)
    home = homes[-1]
    if judged.broken:
        return Mark(FAILED, "判卷的环境没有起来，不是他的错。")
    if home in run.ended:
        how = run.ended[home]
        return Mark(LATE if how == "time" else FAILED, "这一格" + ENDED[how].format(seconds=limits.wait))
    if home in run.unrun:
        return Mark(LATE, "前面的格子用完了这份笔记本的时间，没有运行到这一格。")
    failed = [event for event in run.events if isinstance(event, Failed)]
    mine = next((event for event in failed if event.cell == home), None)
    return _failed(judged, failed[0], mine, limits) if mine else Mark(UNANSWERED, UNREACHED)


def _failed(judged: Judged, first: Failed, mine: Failed, limits: Limits) -> Mark:
    """Mark an exercise whose cell failed; ``first``: the first cell that did."""
    if mine.name == OUT_OF_TIME:
        return Mark(LATE, f"这一格运行超过了{limits.cell:g}秒：是不是有停不下来的循环？")
    if OPEN.search(dict(judged.notebook.cells)[mine.cell]):
        return Mark(UNANSWERED, "还有没填的...，所以后面算不下去。")
    before = f"第{first.cell}格先出了错。" if mine.name == "NameError" and first is not mine else ""
    return Mark(FAILED, in_words(mine) + before)


def in_words(event: Failed) -> str:
    """Say in Chinese how a cell failed, with Python's own name for it."""
    where = f"第{event.line}行`{shown(event.code)}`：" if event.line else ""
    words = WORDS.get(event.name, "运行时出错")
    message = one_line(event.message)[:120]
    return f"{where}{words}（{shown(event.name)}{'：' if message else ''}{message}）。"


def one_line(text: object) -> str:
    """Return a text as it may be shown, on one line."""
    return cleaned(" ".join(str(text).split()))
