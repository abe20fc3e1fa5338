"""What experts of the synthetic county judge: teaching material, by several readers each; and which aspect weighs how much."""

import numpy as np
import pandas as pd

MATERIALS = 30
# How far each reader's measure lies above the others': R4 is strict, R5 lets nearly everything pass.
LENIENT = {"R1": 0.0, "R2": 0.2, "R3": -0.1, "R4": -1.0, "R5": 1.6}
ASPECTS = {"ideology": 1.2, "science": 0.0, "fit": -0.3, "layout": 0.2}  # the first is nearly always full
READERS = ((3, 0.4), (4, 0.3), (5, 0.3))  # of a material, and how often
UNKNOWN = {"aspect": 0.04, "verdict": 0.02}
WEIGHTS = {"academic": 0.26, "growth": 0.28, "curriculum": 0.20, "teaching": 0.15, "backbone": 0.11}
EXPERTS, DISAGREE = 7, 0.12
CONTRARY = "E6"  # an expert who goes round in circles
SAATY = np.array([1 / 9, 1 / 8, 1 / 7, 1 / 6, 1 / 5, 1 / 4, 1 / 3, 1 / 2, *range(1, 10)])


def draw_reviews(rng: np.random.Generator) -> pd.DataFrame:
    """Draw the table ``reviews``: thirty materials, three to five of five readers each.

    Planted: one reader is strict, one passes nearly everything; in ideology nearly all have full marks, so that readers agree often and
    chance would have them agree nearly as often; some marks and verdicts are missing.
    """
    quality = rng.normal(0.8, 0.9, MATERIALS)
    number = rng.choice([n for n, _ in READERS], MATERIALS, p=[p for _, p in READERS])
    readers = np.array(list(LENIENT))
    pairs = [(i, k) for i in range(MATERIALS) for k in np.sort(rng.permutation(len(readers))[: number[i]])]
    material, reader = np.array(pairs).T
    seen = quality[material] + np.array(list(LENIENT.values()))[reader] + rng.normal(0, 0.5, len(pairs))
    frame = pd.DataFrame({"material": [f"M{i + 1:02d}" for i in material], "reviewer": readers[reader]})
    for aspect, level in ASPECTS.items():
        mark = np.clip(np.round(2.7 + level + 0.45 * seen + rng.normal(0, 0.4, len(pairs))), 1, 4)
        frame[aspect] = np.where(rng.random(len(pairs)) < UNKNOWN["aspect"], np.nan, mark)
    verdict = np.select([seen > 0.1, seen > -0.9], ["pass", "mend"], "reject").astype(object)
    verdict[rng.random(len(pairs)) < UNKNOWN["verdict"]] = None
    return frame.assign(verdict=verdict, county_id=None)


def draw_expert_pairs(rng: np.random.Generator) -> pd.DataFrame:
    """Draw the table ``expert_pairs``: seven experts compare five aspects, each pair once, on Saaty's scale.

    Planted: one expert contradicts himself, and holds each of three aspects to be more important than the next, in a circle.
    """
    names = list(WEIGHTS)
    pairs = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
    ratio = np.array([WEIGHTS[a] / WEIGHTS[b] for a, b in pairs])
    rows = []
    for k in range(1, EXPERTS + 1):
        said = ratio * rng.lognormal(0, DISAGREE, len(pairs))
        value = SAATY[np.abs(np.log(said[:, None] / SAATY)).argmin(axis=1)]
        if f"E{k}" == CONTRARY:
            circle = {
                ("academic", "growth"): 5.0,
                ("growth", "curriculum"): 5.0,
                ("academic", "curriculum"): 1 / 5,
            }
            value = np.array([circle.get(pair, v) for pair, v in zip(pairs, value, strict=True)])
        rows += [(f"E{k}", a, b, v) for (a, b), v in zip(pairs, value, strict=True)]
    frame = pd.DataFrame(rows, columns=["expert", "first", "second", "value"])
    return frame.assign(value=frame["value"].round(4), county_id=None)
