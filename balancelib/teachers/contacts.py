"""Schools that do research into teaching together: a graph, where it has holes, and which contacts would close them."""

import networkx as nx
import numpy as np
import pandas as pd

from balancelib.county import County, Lacking
from balancelib.county.schema import schema
from balancelib.teachers.definitions import are_ordinary


def contact_graph(county: County, stage: str, at_least: float = 1) -> nx.Graph:
    """Return the schools of a stage, joined where they do research into teaching together (教研往来网).

    Parameters
    ----------
    county : County
        Needs the table ``peer_contacts``.
    stage : str
        ``"primary"`` or ``"junior"``; schools without pupils of the stage, special and vocational ones stand aside.
    at_least : float
        Joint meetings a year from which on two schools count as in contact; above 0.

    Returns
    -------
    networkx.Graph
        Nodes: codes of schools, in order. Edges carry ``joint``, meetings a year.

    Raises
    ------
    Lacking
        No school of the stage, pupils that are blank, or a pair whose number of meetings is blank or stands twice and differs.

    Notes
    -----
    A contact that the table does not have is taken as none: the table lists those that there are.
    """
    if not at_least > 0:
        raise ValueError("往来的次数至少要大于0：0次就是没有往来")
    graph = nx.Graph()
    graph.add_nodes_from(schools_of_stage(county, stage).index)
    contacts = county.tables["peer_contacts"]
    inside = contacts[contacts["school_id"].isin(graph) & contacts["other_id"].isin(graph)]
    known_meetings(inside)
    told: dict[frozenset[str], float] = {}
    for school, other, joint in inside[["school_id", "other_id", "joint"]].itertuples(index=False):
        if told.setdefault(frozenset((school, other)), joint) != joint:
            raise Lacking(f"学校{school}和{other}之间的教研往来有两个不同的次数")
        if joint >= at_least and school != other:
            graph.add_edge(school, other, joint=float(joint))
    return graph


def known_meetings(contacts: pd.DataFrame) -> None:
    """Refuse contacts of which the number of meetings is blank (没有填一年几次的)."""
    if blank := int(contacts["joint"].isna().sum()):
        raise Lacking(f"“教研往来”表里有{blank}对学校没有填一年几次：没有往来的填0，不知道的问清楚再填")


def contact_gaps(graph: nx.Graph) -> pd.DataFrame:
    """Say where the schools' contacts break, or hang on one school (孤点、断开的几块、全靠一所的地方).

    Parameters
    ----------
    graph : networkx.Graph
        Of `contact_graph`.

    Returns
    -------
    DataFrame
        By school, in the order of the graph: ``contacts``, with how many schools it meets; ``part``, the number of its part, 1 the largest, of equal
        ones that which comes first; ``cut_off``, how many schools of its part would lose every way to the largest of what is left, were the school to fall out.

    Examples
    --------
    Without c, d is alone.

    >>> contact_gaps(nx.Graph(["ab", "bc", "cd"])).loc["c"].to_dict()
    {'contacts': 2, 'part': 1, 'cut_off': 1}
    """
    parts = sorted(nx.connected_components(graph), key=lambda part: (-len(part), min(map(str, part))))
    part_of = {place: number for number, part in enumerate(parts, 1) for place in part}
    cut = {
        place: _cut_off(graph.subgraph(parts[part_of[place] - 1]), place)
        for place in nx.articulation_points(graph)
    }
    rows = {place: (graph.degree[place], part_of[place], cut.get(place, 0)) for place in graph}
    return pd.DataFrame.from_dict(rows, orient="index", columns=["contacts", "part", "cut_off"])


def _cut_off(part: nx.Graph, place: str) -> int:
    """Count the schools outside the largest of what is left of a part without one school."""
    rest = part.subgraph(set(part) - {place})
    return len(rest) - max(map(len, nx.connected_components(rest)))


def joining_contacts(graph: nx.Graph, km: pd.DataFrame) -> pd.DataFrame:
    r"""Return the fewest new contacts that join all schools, over the fewest kilometres (补几条线，就连成一片).

    .. math::
        \min \sum_{(i, j)\ \text{new}} \ell_{ij} \qquad \text{so that all schools are joined}

    Parameters
    ----------
    graph : networkx.Graph
        Of `contact_graph`.
    km : DataFrame
        Of `balancelib.county.road_matrix`; pairs without a distance are not joined.

    Returns
    -------
    DataFrame
        A row a new contact, the shortest first: ``school_id, other_id, km``. Parts that no known road joins stay apart.

    Notes
    -----
    A minimum spanning tree in which existing contacts cost nothing (Kruskal 1956). Online, distance is no matter, but schools near each other
    can also visit each other; which is why near ones are joined.
    """
    ways = nx.Graph()
    ways.add_nodes_from(graph)
    places = list(graph)
    roads = km.loc[places, places].to_numpy()
    for i, j in zip(*np.triu_indices(len(places), 1), strict=True):
        if np.isfinite(roads[i, j]):
            ways.add_edge(places[i], places[j], km=float(roads[i, j]), known=False)
    ways.add_edges_from(graph.edges, km=-1.0, known=True)
    tree = nx.minimum_spanning_edges(ways, weight="km", data=True)
    new = [(i, j, data["km"]) for i, j, data in tree if not data["known"]]
    return pd.DataFrame(new, columns=["school_id", "other_id", "km"]).sort_values("km", ignore_index=True)


def schools_of_stage(county: County, stage: str) -> pd.DataFrame:
    """Return the schools that have pupils of a stage, by code, in order: ``name, area, pupils``."""
    if county.several:
        raise Lacking("这份数据里有几个县，一次只看一个县：请把一个县的行单独存成一份。")
    schools = county.schools.set_index("school_id").sort_index()
    schools = schools.assign(pupils=schools[f"pupils_{stage}"].fillna(0))  # blank: the kind has no such stage
    schools = schools[are_ordinary(schools) & (schools["pupils"] > 0)]
    if schools.empty:
        raise Lacking(f"没有一所有{schema().stages[stage]}学生的学校")
    return schools[["name", "area", "pupils"]].astype({"pupils": int})
