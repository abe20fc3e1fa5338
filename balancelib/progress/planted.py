"""What is planted in the synthetic county and found by a trainee at the end; of a county of one's own nobody knows it, and nothing is told."""

import numpy as np
import pandas as pd

from balancelib.county.opened import own_path
from balancelib.progress.peers import Peers
from balancelib.progress.synthetic import naive_claims, placebo_counties, synthetic_county


def planted_effects(panel: pd.DataFrame, programme: str) -> pd.DataFrame:
    """Return the rows with the programme and, as ``effect``, what was planted there in the synthetic county (真实的作用).

    Parameters
    ----------
    panel : DataFrame
        Of `programme_panel`.
    programme : str
        Its code, as ``"mentoring"``.

    Returns
    -------
    DataFrame
        Without a row where a county of one's own is read: there nobody knows.
    """
    from balancelib.county.sample import true_programmes  # noqa: PLC0415  heavy: only where it is used

    truth = true_programmes().query("programme == @programme").drop(columns="programme")
    rows = panel.merge(truth, on=["began", "years_since"]).astype({"years_since": int})
    return rows.iloc[:0] if own_path() else rows


def planted_change() -> pd.Series:
    """Return what the rule truly changed in each month since it began, in absent of a thousand pupil-days.

    Returns
    -------
    Series
        Index ``month``; empty where a county of one's own is read.
    """
    from balancelib.county.sample import true_series  # noqa: PLC0415  heavy: only where it is used

    truth = true_series().query("since >= 0").set_index("month")["effect"]
    return truth.iloc[:0] if own_path() else truth


def planted_reform() -> pd.Series:
    """Return what the reform truly changed in the own county's coefficient of variation.

    Returns
    -------
    Series
        Index ``year``, 0 before the reform; empty where a county of one's own is read.
    """
    from balancelib.county.sample import true_reform  # noqa: PLC0415  heavy: only where it is used

    truth = true_reform().set_index("year")["effect"]
    return truth.iloc[:0] if own_path() else truth


def reform_found(draws: int = 20, seed: int = 0) -> pd.DataFrame:
    """Return what a synthetic county finds of the planted reform in other provinces of the same kind: how far one sample is luck.

    Parameters
    ----------
    draws, seed : int
        How many provinces are drawn, and with what chance.

    Returns
    -------
    DataFrame
        A row a province: ``miss``, mean gap less what is planted, and ``average``, the same of differences from the average county; ``pre``, the fit before; ``rank`` of
        the own county.
    """
    from balancelib.county.sample import true_reform  # noqa: PLC0415  heavy: only where it is used
    from balancelib.county.sample.peers import REFORM, draw_peers  # noqa: PLC0415

    true = true_reform().set_index("year")["effect"].loc[REFORM:].mean()
    rows = []
    for rng in np.random.default_rng(seed).spawn(draws):
        drawn = draw_peers(rng)
        wide = drawn.pivot(index="year", columns="peer", values="cv").rename(index=int)
        own = drawn.loc[drawn["own"] == 1, "peer"].iloc[0]
        peers = Peers(wide[own], wide.drop(columns=own))
        made = synthetic_county(peers, REFORM)
        claim = naive_claims(peers, REFORM)["against_average"]
        rank = placebo_counties(peers, REFORM).rank
        rows.append((made.effect - true, claim - true, made.pre, rank))
    return pd.DataFrame(rows, columns=["miss", "average", "pre", "rank"])
