"""The county in use, and the checks of answers against it."""

import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from balancelib.county import County, InputError, read_county, sample_county
from balancelib.county.lacking import label, lacking
from balancelib.county.opened import county_name, own_path
from balancelib.course.exercises.compare import Unfit, fitted, is_stub, plain, same, wrong
from balancelib.course.exercises.model import Exercise, exercises
from balancelib.course.exercises.verdict import Picture, Verdict
from balancelib.text import number, shown, shown_path

LOGGER = logging.getLogger(__name__)
SEED = 7  # of the sample county of the course
ORDINALS = "一二三四五六七八九"
MOST_FAULTS = 5
STUB = "把`...`换成你的算式，再运行这一格。"
ODD = "程序读不懂这个答案。重新运行上面的格子，再看看答案里是什么。"
FAILED = "这道题在你用的县里算不出来，不是你的错。先用示例县做：把最上面的`begin`改成不写路径的，再从头运行。"
ANSWERED = "看不出来哪里错，就从它倒着查。"


@dataclass
class Session:
    """A county in which exercises are done, what is said of it, and how often each was tried."""

    county: County
    about: str
    tries: dict[str, int] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)

    def answer(self, n: str, exercise: Exercise) -> Any:
        """Return the right answer, computed once."""
        if n not in self.answers:
            self.answers[n] = plain(exercise.answer(copied(self.county)))
        return self.answers[n]

    def mistaken(self, n: str, exercise: Exercise, said: str) -> Any:
        """Return the answer to which a usual mistake leads, computed once."""
        if (key := f"{n} {said}") not in self.answers:
            right = self.answer(n, exercise)
            self.answers[key] = fitted(plain(exercise.mistakes[said](copied(self.county), right)), right)
        return self.answers[key]


_SESSIONS: dict[str, Session] = {}


def begin(key: str, seed: int | None = None, path: str | Path | None = None) -> County:
    """Choose the county in which exercises are done, say which it is, and return it.

    Parameters
    ----------
    key : str
        The module, such as ``"resources"``, or one exercise of it that is done in another county, such as ``"resources.9"``.
    seed : int, optional
        Of a synthetic county; neighbours with different seeds get different answers. 7 is the sample county of the course.
    path : str or Path, optional
        A county's own workbook or folder of CSV, in place of a synthetic one. Where it cannot be used, what is wrong is said
        and the county of the module taken. Without seed and path, the one that ``BALANCELIB_COUNTY`` names, else the sample.

    Raises
    ------
    KeyError
        There is no such module or exercise.
    """
    module, _, n = key.partition(".")
    known = {n: exercises(module)[n]} if n else exercises(module)
    session = _chosen(module, seed, path)
    _SESSIONS[key] = session
    print(session.about)
    for one, exercise in known.items():
        if lacking := _lacking(session.county, exercise):
            print(f"第{one}题用不了这份数据：缺少{'、'.join(lacking)}。")
    return copied(session.county)


def check(key: str, answer: Any) -> None:
    """Say whether an answer is right or what is wrong with it, with a hint; each call gives the next hint.

    Parameters
    ----------
    key : str
        Module and number, such as ``"resources.2"``.
    answer
        What the trainee found; ``...`` where nothing is there yet.
    """
    verdict = judge(key, answer)
    try:
        from IPython.display import display  # noqa: PLC0415  only notebooks have it
    except ImportError:
        print(verdict)
    else:
        display(verdict)


def judge(key: str, given: Any) -> Verdict:
    """Judge an answer as `check` does, and return what is said. Nothing that is handed in makes it fail."""
    module, _, n = str(key).partition(".")
    try:
        known = exercises(module)
        exercise = known[n]
    except KeyError:
        return Verdict(shown(n or key), "impossible", "没有这道题：检查`check`括号里的第一项，它不用改。")
    session = _SESSIONS.get(key) or _SESSIONS.get(module) or _SESSIONS.setdefault(module, _synthetic())
    if lacking := _lacking(session.county, exercise):
        return Verdict(n, "impossible", f"你用的县缺少{'、'.join(lacking)}。填好再做，或者先用示例县做。")
    outcome, said = "unanswered", STUB
    if not is_stub(given):
        try:
            session.answer(n, exercise)
        except Exception as error:
            LOGGER.debug("no answer to %s", key, exc_info=True)
            reason = f"原因：{error}。" if isinstance(error, ValueError) else ""
            return Verdict(n, "impossible", FAILED + reason)
        said = fault(session, n, exercise, given)
        if not said:
            allowed = f"（{exercise.allowed}。）" if exercise.allowed else ""
            return Verdict(n, "right", exercise.right + allowed)
        outcome = "wrong"
    step = session.tries.get(n, 0)
    session.tries[n] = step + 1
    return Verdict(n, outcome, said, *_help(session, n, exercise, step, outcome))


def fault(session: Session, n: str, exercise: Exercise, given: Any) -> str:
    """Say what is wrong with an answer; nothing where it is right."""
    expected = session.answer(n, exercise)
    try:
        answer = fitted(given, expected)
        if same(answer, expected, exercise.tolerance):
            return ""
        return _mistake(session, n, exercise, answer) or wrong(answer, expected, exercise.tolerance)
    except Unfit as error:
        return str(error)
    except Exception:  # of a foreign object's own
        LOGGER.debug("answer", exc_info=True)
        return ODD


def _mistake(session: Session, n: str, exercise: Exercise, answer: Any) -> str:
    """Say which usual mistakes lead to this answer, if any do; to none at all, so many things lead that none is named."""
    if isinstance(answer, frozenset) and not answer:
        return ""
    found = []
    for said in exercise.mistakes:
        try:
            if same(answer, session.mistaken(n, exercise, said), exercise.tolerance):
                found.append(said)
        except Exception:  # in this county the mistake cannot be made
            LOGGER.debug("mistake of an exercise", exc_info=True)
    return "可能是：" + "也可能是：".join(found) if len(found) > 1 else "".join(found)


def _help(
    session: Session, n: str, exercise: Exercise, step: int, outcome: str
) -> tuple[tuple[str, str], Picture | None]:
    """Return the hint of this step, and after the last, for who has tried, the right answer."""
    last = len(exercise.hints) - 1
    if step > last and outcome == "wrong":
        return ("参考答案", f"{written(session.answers[n], exercise.unit)}\n{ANSWERED}"), None
    step = min(step, last)
    name = "做法" if step == last else f"提示{ORDINALS[step]}"
    tolerance = f"（{exercise.allowed}。）" if exercise.allowed else ""
    return (name, exercise.hints[step] + tolerance), _picture(session.county, exercise) if step else None


def _picture(county: County, exercise: Exercise) -> Picture | None:
    if exercise.picture is None:
        return None
    import matplotlib.pyplot as plt  # noqa: PLC0415  heavy, and few hints have a picture

    from balancelib.figures.style import to_png  # noqa: PLC0415

    try:
        figure = exercise.picture(copied(county))
        png, about = to_png(figure)
    except Exception:  # a hint without its picture is a hint still
        LOGGER.debug("picture of an exercise", exc_info=True)
        return None
    plt.close(figure)  # or Jupyter would show it once more
    return Picture(png, about["alt"])


def written(expected: Any, unit: str) -> str:
    """Write a right answer out, as a trainee is told it.

    Parameters
    ----------
    expected
        The answer, as `plain` makes it.
    unit
        The exercise's.
    """
    if isinstance(expected, bool):
        return str(expected)
    if isinstance(expected, float):
        return number(round(expected, 6)) + unit
    if isinstance(expected, frozenset):
        return "、".join(sorted(expected)) or "一个也没有：`set()`"
    if isinstance(expected, str):
        return expected
    return "一行也没有" if expected.empty else expected.to_string()


# The county


def copied(county: County) -> County:
    """Return a county whose tables can be changed without changing those of another."""
    return County(
        {name: table.copy() for name, table in county.tables.items()}, county.warnings, county.sha256
    )


def _chosen(module: str, seed: int | None, path: str | Path | None) -> Session:
    """Return a session in the county that was asked for, or in the one that takes its place."""
    if path is None and seed is None:
        path = own_path()
    return _synthetic(seed) if path is None else _own(Path(path), module) or _instead(module)


def _synthetic(seed: int | None = None) -> Session:
    seed = SEED if seed is None else seed
    try:
        county = sample_county(int(seed))
    except (TypeError, ValueError):
        print(f"seed要一个不小于0的整数，例如12；你写的是{shown(seed)}。现在用{SEED}。")
        return _synthetic()
    name = county.schools["county"].iloc[0]
    return Session(county, f"用的是{name}，种子{int(seed)}。\n数据由程序生成，不对应任何真实的县。")


def _instead(module: str) -> Session:
    """Begin anew with the county of the module."""
    used = _SESSIONS.get(module)
    return Session(used.county, used.about) if used else _synthetic()


def _own(path: Path, module: str) -> Session | None:
    """Read a trainee's own county; where it cannot be used say why, and which county takes its place."""
    used = _SESSIONS.get(module)
    other = county_name(used.county) or "原来的县" if used and used.county.sha256 else "示例县（合成）"
    name, instead = shown_path(path), f"下面先用{other}。"
    if not path.exists():
        print(f"找不到{name}，{instead}\n把工作簿放进和这个笔记本同一个文件夹，再运行这一格。")
        return None
    try:
        county = read_county(path)
    except InputError as error:
        faults = [fault for fault in error.faults if fault.severity == "fault"]
        print(f"{name}有{len(faults)}处错误，{instead}改好再运行这一格。", *faults[:MOST_FAULTS], sep="\n")
        if len(faults) > MOST_FAULTS:
            print("……其余的，用“用你们县的数”那一页的按钮看。")
        return None
    if county.several:
        print(f"{name}里有几个县，练习一次只用一个县，{instead}")
        return None
    about = f"用的是你们县的数：{name}，{len(county.schools)}所学校。\n数据只在这台电脑上，不发给谁。"
    return Session(county, about)


def _lacking(county: County, exercise: Exercise) -> list[str]:
    """Chinese names of the tables and columns that an exercise needs and a county has not."""
    return [label(name) for name in lacking(county.tables, exercise.tables)]
