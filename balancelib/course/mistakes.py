"""What usual mistakes turn: each conclusion on a county as it is, beside the same conclusion by a mistaken calculation."""

import numpy as np
import pandas as pd

from balancelib.assess import Assessment, assess
from balancelib.assess.logic import reaches, within
from balancelib.county import County
from balancelib.county.schema import schema
from balancelib.standards import Standard

WORDS = {True: "达到", False: "未达到"}


def school_rule(ratios: pd.DataFrame, standard: Standard) -> pd.Series:
    """Whether each section meets the standard: enough indicators met, and none below the floor."""
    rule = standard.school_rule
    met = reaches(ratios, 1.0).sum(axis=1)
    return (met >= rule.met_at_least) & reaches(ratios.min(axis=1), rule.floor)


class Turned:
    """A record of mistakes: which conclusions each turns, and in which direction.

    Parameters
    ----------
    right : Assessment
        The verdict on the county without any mistake.

    Examples
    --------
    >>> from balancelib.county import sample_county
    >>> right = assess(sample_county(7))
    >>> turned = Turned(right)
    >>> turned.by_sections("算错", right.sections["meets"]).empty
    True
    >>> turned.table().loc["算错"].to_dict()
    {'误判为达到': 0, '误判为未达到': 0}
    """

    def __init__(self, right: Assessment) -> None:
        self.right = right
        self._rows: dict[str, np.ndarray] = {}

    def by_sections(self, mistake: str, wrong: pd.Series) -> pd.DataFrame:
        """Record the sections' conclusions by a mistaken calculation, on the index of ``right.sections``; return those turned."""
        return self.compare(mistake, wrong, self.right.sections["meets"], _section_names(self.right))

    def by_cv(self, mistake: str, wrong: pd.DataFrame) -> pd.DataFrame:
        """Record coefficients of variation by a mistaken calculation, a row a stage, a column an indicator; return those turned."""
        right = pd.DataFrame({s: self.right.stages[s].cv for s in wrong.index}).T[wrong.columns]
        limits = pd.Series({stage: self.right.stages[stage].cv_limit for stage in wrong.index})
        tests = [
            within(cv, limits.to_numpy()[:, None]) for cv in (wrong.to_numpy(), right.to_numpy(dtype=float))
        ]
        short = {i.key: i.short_label for i in self.right.standard.indicators}
        names = [f"{schema().stages[s]}{short[k]}的差异系数" for s in wrong.index for k in wrong.columns]
        wrong_meets, right_meets = (pd.Series(test.ravel()) for test in tests)
        return self.compare(mistake, wrong_meets, right_meets, pd.Series(names))

    def by_county(self, mistake: str, spoiled: County) -> pd.DataFrame:
        """Judge a county whose data hold the mistake; record the sections' and the coefficients' conclusions."""
        wrong = assess(spoiled, self.right.standard)
        cv = pd.DataFrame({stage: wrong.stages[stage].cv for stage in wrong.sections["stage"].unique()}).T
        found = [self.by_sections(mistake, wrong.sections["meets"]), self.by_cv(mistake, cv.astype(float))]
        return pd.concat(found)

    def compare(self, mistake: str, wrong: pd.Series, right: pd.Series, names: pd.Series) -> pd.DataFrame:
        """Record any conclusions, true and false, on one index; return those turned."""
        wrong, right = wrong.astype(bool), right.astype(bool)
        counts = np.array([(wrong & ~right).sum(), (right & ~wrong).sum()])
        self._rows[mistake] = self._rows.get(mistake, 0) + counts
        found = pd.DataFrame({"对的": right.map(WORDS), "算错以后": wrong.map(WORDS)})[wrong != right]
        return found.set_axis(names[found.index].rename("谁的结论变了"), axis=0)

    def table(self) -> pd.DataFrame:
        """How many conclusions each mistake turned, wrongly to 达到 and wrongly to 未达到."""
        columns = ["误判为达到", "误判为未达到"]
        return pd.DataFrame.from_dict(self._rows, orient="index", columns=columns).rename_axis("错处")


def _section_names(verdict: Assessment) -> pd.Series:
    return verdict.sections["name"] + "（" + verdict.sections["stage"].map(schema().stages) + "）"
