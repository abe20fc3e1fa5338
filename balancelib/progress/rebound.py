"""Who joins after a bad year comes back without any help: what a programme seems to do then."""

import pandas as pd

from balancelib.county import County, Lacking
from balancelib.county.schema import schema
from balancelib.progress.series import ONE_COUNTY

SECTION = ["school_id", "stage"]


def came_back(county: County, programme: str) -> pd.DataFrame:
    """Show how the scores of those who joined after a bad year came back, beside others that had as bad a year (向均值回归).

    Parameters
    ----------
    county : County
        With tables ``school_results`` and ``programmes``.
    programme : str
        Its code, such as ``"reading"``. Of those who joined, the ones who began in the year in which most did.

    Returns
    -------
    DataFrame
        Rows ``joined``; ``alike``, those without any programme by then that fell no less than the joined who fell least; ``others``, all without one. Columns ``sections``
        (schools in a stage), and means in points: ``fall``, by how much the year before was below the mean of earlier years; ``gain``, the first year less the year before.

    Raises
    ------
    Lacking
        Several counties; nobody joined who has scores of three years, or nobody else fell as far.
    """
    county.tables.need(["school_results.score", "programmes.began"])
    joined, results = county.tables["programmes"], county.tables["school_results"]
    if "county_id" in results and results["county_id"].nunique() > 1:
        raise Lacking(ONE_COUNTY)
    own = joined[joined["programme"] == programme]
    name = schema().table("programmes").column("programme").codes.get(programme, programme)
    if own.empty:
        raise Lacking(f"“改进项目”表里没有一所学校做“{name}”。")
    began = int(own["began"].mode().iloc[0])
    moved = _moved(results, began)
    mine = moved.index.isin(own[own["began"] == began].set_index(SECTION).index)
    none = ~moved.index.isin(joined[joined["began"] <= began].set_index(SECTION).index)
    alike = none & (moved["fall"] >= moved.loc[mine, "fall"].min())
    groups = {"joined": moved[mine], "alike": moved[alike], "others": moved[none]}
    if any(group.empty for group in groups.values()):
        raise Lacking(
            f"比不了：{began - 2}年或更早、{began - 1}年、{began}年都有成绩的，要有做“{name}”的，也要有跌得一样多、什么项目都没有做的。"
        )
    means = pd.DataFrame({name: group.mean() for name, group in groups.items()}).T
    means.insert(0, "sections", [len(group) for group in groups.values()])
    return means


def _moved(results: pd.DataFrame, began: int) -> pd.DataFrame:
    """Return by section its fall in the year before, and its gain in the first year."""
    rows = results.dropna(subset=["score"]).astype({"year": int, "score": float})
    year = rows["year"]
    earlier, before, first = (
        rows[chosen].groupby(SECTION)["score"].mean()
        for chosen in (year < began - 1, year == began - 1, year == began)
    )
    return pd.DataFrame({"fall": earlier - before, "gain": first - before}).dropna()
