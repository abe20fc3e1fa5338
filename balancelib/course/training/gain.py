"""What a course changed: the answers before and after, the gain and its interval.

Each trainee is compared with himself. Half had form 甲 before, half 乙, so the gain is the mean of the two halves' gains: by how much one
form is harder raises the one and lowers the other by as much (a crossover; Jones and Kenward, Design and Analysis of Cross-Over Trials,
3rd ed. 2014, ch. 2). The interval is Student's with the variance of both orders pooled, as there: who had which order was not chosen, and with
two people in one of them its own variance would be hardly known (Welch's interval then held the truth 87 times of 100, and was three times as
wide, in a simulation of answers right and wrong). The normalised gain is Hake's: of what was missing
before, how much was won (Hake, American Journal of Physics 66, 1998, 64–74).

Who had the same form twice knew its questions the second time, and is not in the gain. Where the orders are of different size, the means
before and after are those of the orders too, so that their difference is the gain.

A gain says that they can answer more; not that the course alone did it, nor that they will do their work otherwise.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from balancelib.course.training.pretest import AFTER, BEFORE, FORMS
from balancelib.measures.estimation import Estimate, student_estimate

HALF = 0.5
MOST, NOISE = 100.0, 1e-12  # percentage points that one can gain; a relative error that is rounding
EASY = 85  # percent right before: there is little left to learn that the test could show
LIMITS = (
    "这是同一个人前后比，没有没上课的人对照：第二次做会熟一些，也算在里面；题是从课里的测一测抽的，上课时做过、看过答案的题，记得也会答对。"
    "会答题，不等于回去会这样做。"
)


@dataclass(frozen=True)
class Gain:
    """What was found of a class.

    Attributes
    ----------
    people : DataFrame
        A row a seat that sat both forms: ``form`` (before), ``before``, ``after``, ``gain``, in percent of the questions.
    estimate : Estimate
        Mean gain in percentage points, its error and interval; the interval is missing where fewer than two sat both.
    crossed : bool
        Whether somebody had either order, so that the forms' difference is out of it.
    only_before, only_after : int
        Who sat but one, and is not in the gain.
    repeated : int
        Who had the same form twice, and is not in the gain.
    questions : DataFrame
        A row a form and question: share right before and after, in percent, and the answers there were.
    """

    people: pd.DataFrame
    estimate: Estimate
    crossed: bool
    only_before: int
    only_after: int
    repeated: int
    questions: pd.DataFrame

    def level(self, when: str) -> float:
        """Return the mean ``before`` or ``after``, in percent; where both orders count alike in the gain, the mean of theirs."""
        shares = self.people[when]
        return float((shares.groupby(self.people["form"]).mean() if self.crossed else shares).mean())

    @property
    def normalised(self) -> float:
        """Hake's gain of the class: of what was missing before, the share won; NaN where nothing was missing."""
        missing = 100 - self.level("before")
        return self.estimate.value / missing if missing > 0 else float("nan")


def gain(right: pd.DataFrame) -> Gain:
    """Return the gain of a class.

    Parameters
    ----------
    right
        A row an answer that was judged: ``seat``, ``when`` (课前, 课后), ``form``, ``question``, ``right`` (bool).

    Raises
    ------
    ValueError
        Nobody sat both tests, with another form each time.
    """
    scores = 100 * right.groupby(["seat", "when"])["right"].mean().unstack().reindex(columns=[BEFORE, AFTER])
    drawn = right.groupby(["seat", "when"])["form"].first().unstack().reindex(columns=[BEFORE, AFTER])
    repeated = drawn[BEFORE] == drawn[AFTER]
    both = scores[~repeated].dropna()
    if both.empty:
        raise ValueError("没有一个人课前课后都做了，每次一张不同的卷子：算不出提高了多少")
    people = pd.DataFrame(
        {
            "form": drawn.loc[both.index, BEFORE],
            "before": both[BEFORE],
            "after": both[AFTER],
            "gain": both[AFTER] - both[BEFORE],
        }
    )
    estimate, crossed = mean_gain(people["gain"], people["form"])
    estimate = estimate._replace(low=max(estimate.low, -MOST), high=min(estimate.high, MOST))  # NaN stays
    one = scores.isna()
    by_question = right.groupby(["form", "question", "when"])["right"].agg(["mean", "size"]).unstack()
    counts = (int(one[AFTER].sum()), int(one[BEFORE].sum()), int(repeated.sum()))
    return Gain(people, estimate, crossed, *counts, by_question)


def mean_gain(gains: pd.Series, form: pd.Series) -> tuple[Estimate, bool]:
    """Return the mean gain with its 95 % interval, and whether both orders count alike in it.

    Parameters
    ----------
    gains
        Of each person.
    form
        Which form each had before.

    Returns
    -------
    Estimate
        The mean of the two orders' means where each order has somebody, else the plain mean of all; without an interval where
        nothing is left to tell the spread by.
    bool
        Whether it is the former.
    """
    halves = [half for form_before in FORMS if len(half := gains[form == form_before].to_numpy())]
    value, freedom = float(np.mean([half.mean() for half in halves])), len(gains) - len(halves)
    crossed = len(halves) == len(FORMS)
    if not freedom:
        return Estimate(value, float("nan"), float("nan"), float("nan"), len(gains)), crossed
    pooled = sum(((half - half.mean()) ** 2).sum() for half in halves) / freedom
    error = float(np.sqrt(pooled * sum(1 / len(half) for half in halves))) / len(halves)
    same = error <= NOISE * abs(value)  # all gained alike, but for the last digits of the computer
    return student_estimate(value, 0.0 if same else error, freedom, len(gains)), crossed


def sentences(found: Gain) -> list[str]:
    """Say what was found, and what that does not mean.

    Parameters
    ----------
    found
        Of `gain`.
    """
    one, people = found.estimate, found.people
    told = [
        f"课前课后都做了的{len(people)}人：答对率课前{found.level('before'):.0f}%，课后{found.level('after'):.0f}%。",
        f"{'提高' if one.value >= 0 else '降低'}{abs(one.value):.1f}个百分点{_interval(one)}。",
        f"提高了的{(people['gain'] > 0).sum()}人，没有变的{(people['gain'] == 0).sum()}人，降低了的{(people['gain'] < 0).sum()}人。",
    ]
    if found.normalised >= 0:
        told.append(f"课前不会的，课后会了{found.normalised:.0%}（哈克的归一化提高，全班算）。")
    if not found.crossed:
        told.append("人人课前做的是同一张卷子，课后是另一张：两张难易的差别没有扣掉，也不在区间里。")
    if one.se and one.low <= 0 <= one.high:
        told.append("区间里有0：这点差别，碰巧也会有，不能说提高了，也不能说没有用。")
    if one.high < 0:
        told.append("区间都在0以下：课后答得比课前差。先看答案有没有抄错，“卷”那一格和发的卷子对不对得上。")
    if found.level("before") >= EASY:
        told.append("课前就已经答对了大半，题对他们太容易，学到了也看不出来。")
    return [*told, *_hard(found), *_left_out(found), LIMITS]


def _interval(one: Estimate) -> str:
    if not np.isfinite(one.low):
        return "；人太少，没有区间"
    if not one.se:
        return "；每一组里人人一样多，估不出区间"
    low, high = sorted((one.low, one.high) if one.value >= 0 else (-one.low, -one.high))
    return f"，95%区间{low:.1f}到{high:.1f}".replace("-", "−")


def _hard(found: Gain) -> Iterator[str]:
    """Questions that most got wrong afterwards."""
    shares, counts = found.questions["mean"][AFTER].dropna(), found.questions["size"][AFTER]
    hard = [
        f"{form}卷第{question}题（{counts[form, question]:.0f}人里对了{share * counts[form, question]:.0f}人）"
        for (form, question), share in shares[shares < HALF].items()
    ]
    if hard:
        yield f"课后还有一半以上的人没有答对，要再讲：{'、'.join(hard)}。问的是哪一课，看“答案”那张表。"


def _left_out(found: Gain) -> Iterator[str]:
    """Who is not in the gain."""
    if missed := found.only_before + found.only_after:
        yield f"只做了一次的{missed}人，没有算进去。"
    if found.repeated:
        yield f"两次做的是同一张卷子的{found.repeated}人，没有算进去：第二次做，题是见过的。"
