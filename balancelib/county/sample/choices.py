"""A survey in the synthetic county: which of three posts a teacher would take."""

import numpy as np
import pandas as pd

RESPONDENTS, QUESTIONS = 150, 8
ALLOWANCE, MINUTES = (200, 400, 600, 800, 1000, 1500, 2000), (15, 30, 45, 60, 75)
STAY = 3  # the option of staying where one is
# Utility of a post, by a logit: the truth that an estimate should find again.
UTILITY = {
    "allowance": 0.0012,  # per 元 a month
    "minutes": -0.030,  # per minute on the way
    "minutes_over45": -0.015,  # in addition, of those over 45
    "housing": 0.50,
    "title_priority": 0.60,
    "years": -0.25,  # per year that one must stay
    "stay": 0.60,
    "stay_town_home": 0.50,  # in addition, of those whose home is in the seat
}
AGES = {"under30": 0.27, "30to45": 0.43, "over45": 0.30}


def draw_choices(rng: np.random.Generator) -> pd.DataFrame:
    """Draw the table ``job_choices``: each answers eight questions with two posts and staying, as `UTILITY` and chance say.

    It knows nothing of the table of teachers. Those over 45 mind the way more than others.
    """
    shape = (RESPONDENTS, QUESTIONS, 3)
    stays = np.broadcast_to(np.arange(3) == STAY - 1, shape)
    drawn = {
        "allowance": rng.choice(ALLOWANCE, shape),
        "minutes": rng.choice(MINUTES, shape),
        "housing": rng.integers(0, 2, shape),
        "title_priority": rng.integers(0, 2, shape),
        "years": rng.choice([1, 3], shape),
    }
    offered = {name: np.where(stays, 0, values).astype(float) for name, values in drawn.items()}
    age = rng.choice(list(AGES), RESPONDENTS, p=list(AGES.values()))
    town = rng.random(RESPONDENTS) < 0.55
    value = sum(UTILITY[name] * values for name, values in offered.items())
    value = value + UTILITY["minutes_over45"] * offered["minutes"] * (age == "over45")[:, None, None]
    value = value + stays * (UTILITY["stay"] + UTILITY["stay_town_home"] * town[:, None, None])
    chosen = (value + rng.gumbel(size=shape)).argmax(axis=2)[..., None] == np.arange(3)
    of_person = lambda values: np.repeat(values, QUESTIONS * 3)  # noqa: E731
    _, question, option = np.indices(shape)
    return pd.DataFrame(
        {
            "respondent": of_person([f"R{i:03d}" for i in range(1, RESPONDENTS + 1)]),
            "question": question.ravel() + 1.0,
            "option": option.ravel() + 1.0,
        }
        | {name: values.ravel() for name, values in offered.items()}
        | {
            "chosen": chosen.ravel().astype(float),
            "age_group": of_person(age),
            "town_home": of_person(town.astype(float)),
            "county_id": None,
        }
    )
