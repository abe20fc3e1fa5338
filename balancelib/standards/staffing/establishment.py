"""The establishment of staff (编制): how many posts the pupils of a school bring, by the official ratios."""

from pathlib import Path
from typing import Annotated

import msgspec
import numpy as np
import pandas as pd
from msgspec import Meta

from balancelib.standards.model import Positive, Record, Stage
from balancelib.standards.staffing.curriculum import Curriculum
from balancelib.toml import Key, Text, TomlError, convert, parse

OURS = Path(__file__).with_name("establishment.toml")
Share = Annotated[float, Meta(gt=0, le=1)]


class EstablishmentError(TomlError):
    """An establishment's file is malformed: ``file``, ``key`` and ``reason`` say where and why."""

    called = "编制标准文件"


class Establishment(Record):
    """The official ratios, and what is assumed where they are silent.

    Attributes
    ----------
    pupils_per_staff : dict
        Pupils for one post of staff (教职工), by stage.
    teaching_share : dict
        Least share of staff who teach, by stage.
    per_class : dict
        Posts of teachers a class in small schools, by stage; empty where the province gave none.
    small_below : float
        Pupils of a stage below which a school is small.
    posts : dict
        Share of a full load that the holder of each post teaches.
    """

    label: Text
    number: Text
    issuer: Text
    year: Annotated[int, Meta(ge=1900, le=2100)]
    pupils_per_staff: Annotated[dict[Stage, Positive], Meta(min_length=2)]
    teaching_share: Annotated[dict[Stage, Share], Meta(min_length=2)]
    posts: dict[Key, Share]
    per_class: dict[Stage, Positive] = msgspec.field(default_factory=dict)
    small_below: Annotated[float, Meta(ge=0)] = 0

    def teachers(self, stage: Stage, pupils: pd.Series, classes: pd.Series) -> pd.Series:
        r"""Posts of teachers that schools get: ``\max(a_s N / r_s, k_s C)``, the second in small schools alone and where ``per_class`` says it.

        Examples
        --------
        >>> load_establishment().teachers("primary", pd.Series([1900.0]), pd.Series([40])).tolist()
        [91.0]
        """
        quota = pupils / self.pupils_per_staff[stage] * self.teaching_share[stage]
        if stage not in self.per_class:
            return quota
        return quota.where(pupils >= self.small_below, np.maximum(quota, self.per_class[stage] * classes))

    def break_even_class(self, plan: Curriculum, stage: Stage) -> float:
        r"""Pupils a class at which the ratio brings just the posts that the timetable needs (平衡班额).

        .. math::
            m^* = \frac{r_s}{a_s} \sum_j \frac{p_{sj}}{l_{sj}}

        with :math:`p` periods a week and class, :math:`l` the load, :math:`r` pupils a post of staff and :math:`a` the share who teach.
        """
        loads = plan.loads(stage)
        posts = sum(periods / loads[key] for key, periods in plan.periods(stage).items())
        return posts * self.pupils_per_staff[stage] / self.teaching_share[stage]


def load_establishment(path: str | Path = OURS) -> Establishment:
    """Load an establishment's ratios.

    Parameters
    ----------
    path : str or Path
        A TOML file in the shape of ours, such as a province's with its ``per_class``.

    Raises
    ------
    EstablishmentError
        The file is missing, unreadable or malformed.

    Notes
    -----
    Sources: 中央编办发〔2014〕72号 for the ratios, one for town and country; 国办发〔2001〕74号 for the most that other staff may be; both read in
    accounts of them. The shares by post are this course's assumption.
    """
    path = Path(path)
    read = parse(path, EstablishmentError, "找不到这个文件")
    return convert(read, Establishment, path.name, EstablishmentError)
