"""Exercise of 5.2: how many blanks of a table come out by subtraction."""

import pandas as pd

from balancelib.county import County
from balancelib.course.exercises.model import Exercise
from balancelib.disclosure import load_policy
from balancelib.groups import alone, subtracted

LEAST = load_policy().least  # children; fewer are not told


def _table(county: County) -> pd.DataFrame:
    """Children taught in special schools and at home, of both ages, by level: here each usual mistake gives another answer."""
    children = county.tables["disabled_children"]
    some = children[children["placement"].isin(["special", "home"])]
    return some.pivot_table(
        index=["placement", "age_group"], columns="level", values="children", aggfunc="sum", fill_value=0
    )


def _between(table: pd.DataFrame, most: int) -> pd.DataFrame:
    return table.gt(0) & table.le(most)


def _counted(hidden: pd.DataFrame) -> dict[str, int]:
    found = {"挖空": hidden, "一减就出来": alone(hidden), "反复减": subtracted(hidden)}
    return {name: int(cells.to_numpy().sum()) for name, cells in found.items()}


def _answer(county: County) -> dict[str, int]:
    return _counted(_between(_table(county), LEAST - 1))


def _by_rows(county: County) -> int:
    hidden = _between(_table(county), LEAST - 1)
    return int((hidden.sum(axis=1) == 1).sum())


EXERCISES = {
    "6": Exercise(
        answer=_answer,
        hints=(
            "一行只剩一个空格，拿这一行的合计减去别的，就填上了。一列也一样。",
            "`hidden.sum(axis=1)`是每行几个空格，`hidden.sum()`是每列几个空格。等于1的，一减就出来。`balancelib.groups`里的`alone(hidden)`说哪些空格一减就出来，`subtracted(hidden)`说反复减以后哪些填上了。",
            "`holes = int(hidden.to_numpy().sum())`，`once = int(alone(hidden).to_numpy().sum())`，`again = int(subtracted(hidden).to_numpy().sum())`。",
        ),
        mistakes={
            "把0也挖了。0写出来，说的是没有人；这里只挖1到4。": lambda county, right: _counted(_table(county).lt(LEAST)),
            "把5也挖了。规则是少于5的不写，5可以写。": lambda county, right: _counted(_between(_table(county), LEAST)),
            "“一减就出来”只看了行。列也有合计，也能减。": lambda county, right: {
                **right, "一减就出来": _by_rows(county),
            },
            "“反复减”只减了一遍。减出来的也能拿去减别的，要减到减不动为止。": lambda county, right: {
                **right, "反复减": right["一减就出来"],
            },
            "“反复减”没有算上第一次就减出来的。": lambda county, right: {
                **right, "反复减": right["反复减"] - right["一减就出来"],
            },
        },
        unit="格",
        right="挖空不等于藏住。读者不用什么工具，拿合计减一减，就填回来一批；剩下的也不一定安全，要用“一起推”的办法再查。",
        tables=("disabled_children",),
    ),
}  # fmt: skip
