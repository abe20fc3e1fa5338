"""A test of the synthetic county: twenty questions, who answered what, and five questions that are bad in different ways."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from balancelib.county.sample.scores import MEAN, SPREAD, YEARS

TEST = f"{YEARS[-1]}-4-math"
PUPILS = 300
OPTIONS = np.array(["A", "B", "C", "D"])
GUESSED = 0.15  # chance to be right without knowing
CONTENTS = ("数与代数", "图形与几何", "统计与概率", "综合与实践")
POINTS = 5.0
LATE_FROM = 17  # questions that some have no time for


class Question(NamedTuple):
    """A question: how hard, how sharp, its right option, the key that was printed, and the option that draws the strong."""

    hard: float
    sharp: float = 1.0
    right: int = 0
    printed: int | None = None
    draws: int | None = None
    content: int = 0


TOO_EASY, WRONG_KEY, AMBIGUOUS, REVERSED, TOO_HARD = "Q01", "Q07", "Q12", "Q15", "Q20"
QUESTIONS = (
    Question(-3.2, 0.9, right=1),
    Question(-1.6, 1.0, right=0),
    Question(-1.2, 1.2, right=3),
    Question(-0.9, 0.9, right=2, content=1),
    Question(-0.7, 1.3, right=1),
    Question(-0.5, 1.1, right=0, content=1),
    Question(-0.4, 1.1, right=1, printed=2),
    Question(-0.2, 1.2, right=3, content=2),
    Question(-0.1, 1.0, right=2),
    Question(0.0, 1.4, right=0, content=1),
    Question(0.1, 1.1, right=3),
    Question(-0.3, 1.0, right=1, draws=3, content=1),
    Question(0.3, 1.2, right=2),
    Question(0.4, 1.0, right=0, content=2),
    Question(0.2, -0.7, right=1),
    Question(0.5, 1.3, right=3, content=1),
    Question(0.7, 1.1, right=2),
    Question(0.8, 1.0, right=1, content=2),
    Question(1.0, 1.2, right=0, content=1),
    Question(3.4, 0.9, right=2, content=3),
)


def draw_items(rng: np.random.Generator, scores: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw the tables ``items`` and ``item_answers``: up to 300 pupils of grade 4 who were tested in mathematics.

    Planted: `TOO_EASY`; `WRONG_KEY`, whose printed key is not the right option; `AMBIGUOUS`, one of whose other options draws the
    strong; `REVERSED`, which the weak answer better than the strong; `TOO_HARD`. Some do not come to the last questions, rather the weak.
    """
    latest = scores[(scores["year"] == YEARS[-1]) & (scores["grade"] == 4) & (scores["subject"] == "math")]
    chosen = np.sort(rng.permutation(len(latest))[:PUPILS])
    ability = (latest["score"].to_numpy()[chosen] - MEAN) / SPREAD
    names = [f"Q{k:02d}" for k in range(1, len(QUESTIONS) + 1)]
    answers = np.column_stack([_answers(rng, question, ability) for question in QUESTIONS]).astype(object)
    answers[_left_out(rng, ability)] = None
    keys = [OPTIONS[q.right if q.printed is None else q.printed] for q in QUESTIONS]
    items = pd.DataFrame(
        {"test": TEST, "item": names, "key": keys, "content": [CONTENTS[q.content] for q in QUESTIONS], "max": POINTS,
         "county_id": None}
    )  # fmt: skip
    pupils = latest["pupil"].to_numpy()[chosen]
    return items, pd.DataFrame(
        {"test": TEST, "pupil": np.repeat(pupils, len(names)), "item": np.tile(names, len(pupils)), "answer": answers.ravel(),
         "county_id": None}
    )  # fmt: skip


def _answers(rng: np.random.Generator, question: Question, ability: np.ndarray) -> np.ndarray:
    """Draw the options chosen: the right one more often by the able, the others by chance and taste."""
    knows = 1 / (1 + np.exp(-1.7 * question.sharp * (ability - question.hard)))
    right = rng.random(len(ability)) < GUESSED + (1 - GUESSED) * knows
    others = np.delete(np.arange(len(OPTIONS)), question.right)
    answer = np.where(right, question.right, rng.choice(others, len(ability), p=rng.dirichlet((8, 5, 5))))
    if question.draws is not None:
        drawn = rng.random(len(ability)) < 0.75 / (1 + np.exp(-2.0 * (ability - 0.6)))
        answer = np.where(drawn, question.draws, answer)
    return OPTIONS[answer]


def _left_out(rng: np.random.Generator, ability: np.ndarray) -> np.ndarray:
    """Whether each answer was left out: seldom, but of the last questions more, rather by the weak."""
    late = np.arange(1, len(QUESTIONS) + 1) >= LATE_FROM
    chance = 0.006 + late * 0.08 / (1 + np.exp(1.5 * ability[:, None] + 0.5))
    return rng.random(chance.shape) < chance
