"""A traffic-light board of a plan: which indicators keep to their path this year, what changed since last year, by rules that are data."""

from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
from msgspec import Meta, Struct

from balancelib.assess.history import SERIES
from balancelib.assess.logic import reaches
from balancelib.county import Lacking
from balancelib.toml import Text, TomlError, convert, parse

RULES = Path(__file__).with_name("board.toml")
Colour = Literal["green", "amber", "red", "grey"]
CELL = ["stage", "indicator"]
WHY = {
    "silent": "有目标，今年没有数",
    "fell": "去年达标，今年掉下来",
    "off": "没有到今年的目标",
    "apart": "低于标准，计划里没有",
}


class BoardRulesError(TomlError):
    """A file of a board's rules is malformed: ``file``, ``key`` and ``reason`` say where and why."""

    called = "看板规则文件"


class Light(Struct, frozen=True, forbid_unknown_fields=True):
    """A colour, with the sign and the word that say the same without it."""

    key: Colour
    sign: Text
    word: Text


class Rule(Struct, frozen=True, forbid_unknown_fields=True):
    """A colour is given where a share (of one) is above a limit."""

    colour: Colour
    column: Literal["unknown", "unanswered", "behind", "lost", "unplanned"]
    above: Annotated[float, Meta(ge=0, le=1)]
    because: Text


class BoardRules(Struct, frozen=True, forbid_unknown_fields=True):
    """The first rule that applies gives the colour; none, and it is green."""

    colours: Annotated[tuple[Light, ...], Meta(min_length=1)]
    rules: Annotated[tuple[Rule, ...], Meta(min_length=1)]

    @property
    def lights(self) -> dict[str, Light]:
        """Each colour by its key."""
        return {light.key: light for light in self.colours}


def load_board_rules(path: str | Path = RULES) -> BoardRules:
    """Read a board's rules (看板规则).

    Raises
    ------
    BoardRulesError
        The file is missing or malformed, or has not each of the four colours once.
    """
    path = Path(path)
    found = convert(
        parse(path, BoardRulesError, "没有这个文件；不写就用随程序附的"),
        BoardRules,
        path.name,
        BoardRulesError,
    )
    if sorted(light.key for light in found.colours) != ["amber", "green", "grey", "red"]:
        raise BoardRulesError(path.name, "colours", "green、amber、red、grey要各有一条")
    return found  # fmt: skip


def board(
    history: pd.DataFrame, targets: pd.DataFrame, year: int, rules: BoardRules | None = None
) -> pd.DataFrame:
    """Give each stage's indicator its light of a year (看板).

    Parameters
    ----------
    history : DataFrame
        Of `balancelib.assess.indicator_history`, with that year and the one before.
    targets : DataFrame
        A plan's: ``school_id, name, stage, indicator, year, target``, as `balancelib.progress.target_paths` returns them or ``Plan.targets``.
    year : int
        Which year.
    rules : BoardRules, optional
        Those that come with the program if left out.

    Returns
    -------
    DataFrame
        A row a stage and indicator: ``sections``, and ``missing``, those without a number in that year; ``below`` the threshold in that year and ``before`` in the
        year before, of those known in that year, and ``fresh``, those below of which nothing was known the year before; ``due`` sections with a target of this
        year, and ``off``, those that have not reached it; the shares ``unknown`` (of the sections), ``unanswered`` (not known, of those due), ``behind`` (off, of those due and known) and ``lost`` (held the year before and now do not, of those that
        held and are known) and ``unplanned`` (below the threshold and without a target, of the sections); ``colour`` and ``because``.

    Raises
    ------
    Lacking
        The history has not both years.
    """
    rules = rules or load_board_rules()
    flags = ["missing", "below", "before", "fresh", "held", "fell", "apart", "due", "silent", "off"]
    table = _judged(history, targets, year)[flags].assign(sections=1)
    found = table.astype(int).groupby(CELL, sort=False).sum()
    found["unknown"] = found["missing"] / found["sections"]
    found["unanswered"] = found["silent"] / found["due"].clip(lower=1)
    found["behind"] = found["off"] / (found["due"] - found["silent"]).clip(lower=1)
    found["lost"] = found["fell"] / found["held"].clip(lower=1)
    found["unplanned"] = found["apart"] / found["sections"]
    lights = [_light(row, rules) for _, row in found.iterrows()]
    found[["colour", "because"]] = pd.DataFrame(lights, index=found.index, columns=["colour", "because"])
    kept = ["sections", "missing", "below", "before", "fresh", "due", "off", "unknown", "unanswered", "behind", "lost", "unplanned", "colour", "because"]  # fmt: skip
    return found[kept].reset_index()


def _judged(history: pd.DataFrame, targets: pd.DataFrame, year: int) -> pd.DataFrame:
    """What is the case of each section and indicator in a year, beside its value and its target."""
    if missing := {year, year - 1} - set(history["year"]):
        raise Lacking(f"历年数据里没有{'、'.join(map(str, sorted(missing)))}年，看板要今年和去年两年的数")
    now, before = (history[history["year"] == y].set_index(SERIES)["ratio"].astype(float) for y in (year, year - 1))  # fmt: skip
    values = history[history["year"] == year].set_index(SERIES)["value"].astype(float)
    due = targets[targets["year"] == year].set_index(SERIES)["target"]
    held, held_before = (ratio.where(ratio.isna(), reaches(ratio, 1.0)) for ratio in (now, before.reindex(now.index)))  # fmt: skip
    target = due.reindex(now.index).astype(float)
    known, asked = now.notna(), target.notna()
    return pd.DataFrame({
        "missing": ~known, "below": held.eq(0), "before": held_before.eq(0) & known, "fresh": held.eq(0) & held_before.isna(), "held": held_before.eq(1) & known,
        "fell": held_before.eq(1) & held.eq(0), "apart": held.eq(0) & ~asked, "due": asked, "silent": asked & ~known, "off": known & asked & ~reaches(values, target),
        "value": values, "target": target,
    }, index=now.index)  # fmt: skip


def off_track(history: pd.DataFrame, targets: pd.DataFrame, year: int) -> pd.DataFrame:
    """List who is behind a board's lights: by school, what it was to reach and what it has (没有到的是哪几所).

    Parameters
    ----------
    history, targets, year
        As for `board`.

    Returns
    -------
    DataFrame
        ``school_id, name, stage, indicator, value, target`` (NaN without one) and ``why``: a key of `WHY`; the first that is true.
    """
    table = _judged(history, targets, year)
    why = pd.Series(None, index=table.index, dtype=object)
    for key in reversed(WHY):
        why[table[key]] = key
    return table.assign(why=why).loc[why.notna(), ["value", "target", "why"]].reset_index()


def _light(row: pd.Series, rules: BoardRules) -> tuple[str, str]:
    for rule in rules.rules:
        if row[rule.column] > rule.above:
            return rule.colour, rule.because
    if row["off"]:
        return "green", f"大多到了今年的目标，{int(row['off'])}个没有到"
    return "green", "到了今年的目标，没有掉下来的" if row["due"] else "全部达标，没有掉下来的"


def board_sentence(found: pd.DataFrame, before: pd.DataFrame | None = None) -> str:
    """Say a board in a sentence that a leader reads first (一句话).

    Parameters
    ----------
    found, before : DataFrame
        Of `board`, of this year and of the last; without the last, nothing is said of changes.

    Examples
    --------
    >>> board_sentence(pd.DataFrame({"stage": ["primary"], "indicator": ["books"], "colour": ["red"], "below": [3], "before": [5]}))
    '1项里0项按计划，0项要催，1项要管；低于标准的从5处减到3处。'
    """
    lights = load_board_rules().lights
    count = found["colour"].value_counts()
    parts = "，".join(f"{count.get(key, 0)}项{lights[key].word}" for key in _shown(count))
    below, earlier = int(found["below"].sum()), int(found["before"].sum())
    change = (
        f"从{earlier}处{'减' if below < earlier else '增'}到{below}处"
        if below != earlier
        else f"还是{below}处"
    )
    said = f"{len(found)}项里{parts}；低于标准的{change}"
    if fresh := int(found.get("fresh", pd.Series(0)).sum()):
        said += f"（{fresh}处去年没有数）"
    if missing := int(found.get("missing", pd.Series(0)).sum()):
        said += f"，另有{missing}处今年没有数，两年都没有算"
    if before is None:
        return said + "。"
    order = {"green": 0, "amber": 1, "red": 2}
    then = found[CELL].merge(before, on=CELL, how="left")["colour"].map(order).to_numpy()
    moved = found["colour"].map(order).to_numpy() - then
    return f"{said}。和去年比，{(moved < 0).sum()}项变好，{(moved > 0).sum()}项变差。"


def _shown(count: pd.Series) -> list[str]:
    """Return the colours that are said: what is not known, only where there is such."""
    return ["green", "amber", "red", *(["grey"] if count.get("grey", 0) else [])]
