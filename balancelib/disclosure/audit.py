"""An attack on everything published together, by someone who has nothing else."""

import time
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.sparse import csr_array, vstack

from balancelib.disclosure.attack import Attacker
from balancelib.disclosure.layout import Cell, Space, fingerprints
from balancelib.disclosure.policy import Policy, Refused, load_policy
from balancelib.disclosure.problem import contained, merge, owners
from balancelib.disclosure.protect import family
from balancelib.disclosure.release import Release
from balancelib.disclosure.sweep import sweep

Line = tuple[str, float, float, str]  # of an audit
UNSURE = "没有来得及算清"


class Public(NamedTuple):
    """All that releases about the same children say: crossings that may have a child, cells, and bounds that a reader knows of them."""

    space: Space
    keep: np.ndarray
    rows: csr_array
    low: np.ndarray
    high: np.ndarray
    names: list[Cell]
    places: list[np.ndarray]


def public(releases: Sequence[Release]) -> Public:
    """Put together what releases about the same children say.

    Raises
    ------
    Refused
        They contradict each other.
    """
    layouts = [r.layout for r in releases]
    space = Space(layouts)
    keep = np.ones(len(space.codes), bool)
    for release in releases:
        zero = np.array([s == 0 for s in release.shown], float)
        keep &= zero @ space.rows(release.layout.cells, release.layout.scope) == 0
    rows, places, names = merge(space, layouts, keep)
    low, high = np.zeros(len(names)), np.full(len(names), np.inf)
    for release, own in zip(releases, places, strict=True):
        for place, count in zip(own, release.shown, strict=True):
            floor = int(release.policy.zeros == "shown") if count is None else count
            if place < 0 and floor:
                raise Refused(_contradiction(release))
            if place >= 0:
                low[place] = max(low[place], floor)
                high[place] = min(high[place], np.inf if count is None else count)
                if low[place] > high[place]:
                    raise Refused(_contradiction(release))
    return Public(space, keep, rows, low, high, names, places)


def attacker(known: Public, targets: csr_array, width: float) -> Attacker:
    """Return an attacker who knows what is public and has one table that agrees with it.

    Raises
    ------
    Refused
        No table agrees, or none of whole numbers.
    """
    shown = known.high[np.isfinite(known.high)]
    made = Attacker(known.rows, targets, float(shown.max(initial=0)) + width + 1)
    made.limit(known.low, known.high)
    nothing = np.zeros(known.rows.shape[1])
    for whole in (False, True):
        found = made.model.minimise(nothing, whole=whole)
        if found.infeasible:
            raise Refused("这些表互相矛盾：没有一组人数同时符合它们。多半不是同一批儿童，请核对")
        if made.add(found.x):
            break
    return made


def attacked(releases: Sequence[Release], seconds: float) -> pd.DataFrame:
    """Return every hidden cell of all releases with its range: ``release`` (its place), ``cell``, ``least``, ``greatest``, ``exact``."""
    together = _together(releases)
    deadline, lines = time.monotonic() + seconds, []
    for group in together:
        known = public([releases[n] for n in group])
        made = attacker(known, known.rows, 1)
        ranges: dict[int, tuple[float, float, bool]] = {}
        for n, own in zip(group, known.places, strict=True):
            release = releases[n]
            for cell, place, shown in zip(release.layout.cells, own, release.shown, strict=True):
                if shown is None:
                    if place not in ranges:
                        ranges[place] = made.range(int(place), deadline)
                    lines.append((n, str(cell), *ranges[place]))
    return pd.DataFrame(lines, columns=["release", "cell", "least", "greatest", "exact"])


def audit(
    releases: Sequence[Release], policy: Policy | None = None, seconds: float | None = None
) -> pd.DataFrame:
    """Return what releases tell too much of together: hidden cells and unpublished crossings whose range is below the policy.

    Columns: ``cell`` in words; ``least`` and ``greatest`` that a reader finds possible; ``why``. No row: nothing was found; where time ran out, cells whose
    range is not known are listed too. A hidden cell that another release shows is not hidden any more, and listed only if its count is small.

    Raises
    ------
    Refused
        The releases contradict each other.
    """
    policy = policy or load_policy()
    deadline, lines = time.monotonic() + (policy.seconds if seconds is None else seconds), []
    everything = family(releases)
    for group in _together(everything):
        lines += _too_narrow([everything[n] for n in group], policy, deadline)
    return pd.DataFrame(lines, columns=["cell", "least", "greatest", "why"]).drop_duplicates(
        ignore_index=True
    )


def _too_narrow(releases: list[Release], policy: Policy, deadline: float) -> list[Line]:
    """Return what releases about the same children tell too much of: hidden cells, then crossings that nobody publishes."""
    known = public(releases)
    names, targets = unpublished(known)
    width, n = max(policy.width, policy.implied), len(known.names)
    made = attacker(known, csr_array(vstack([known.rows, targets])), width)
    need = np.r_[np.full(n, float(policy.width)), np.full(len(names), float(policy.implied))]
    sweep(made, np.r_[np.flatnonzero(~np.isfinite(known.high)), n : n + len(names)], need, deadline)
    hidden = {
        int(place)
        for release, own in zip(releases, known.places, strict=True)
        for place, shown in zip(own, release.shown, strict=True)
        if shown is None
    }
    lines = [line for cell in sorted(hidden) if (line := _hidden_line(known, made, cell, policy, deadline))]
    for place, name in enumerate(names, n):
        if made.seen and made.least[place] < policy.least and made.width(place) < policy.implied:
            if made.protected(place, policy.implied, deadline):
                continue
            low, high, exact = made.range(place, deadline)
            if not exact or 0 < high < policy.least:
                lines.append((name, low, high, "没有公布，但算得出" if exact else UNSURE))
    return lines


def _hidden_line(known: Public, made: Attacker, cell: int, policy: Policy, deadline: float) -> Line | None:
    """Say of a hidden cell how it is told too closely, if it is."""
    name, low, high = str(known.names[cell]), float(known.low[cell]), float(known.high[cell])
    if low == high:
        return (name, low, low, "一处遮住，另一处公布了") if low < policy.least else None
    if made.protected(cell, policy.width, deadline):
        return None
    low, high, exact = made.range(cell, deadline)
    return name, low, high, "范围太窄" if exact else UNSURE


def unpublished(known: Public) -> tuple[list[str], csr_array]:
    """Return crossings of the columns that no release publishes, by name and row, those that count the same once."""
    cells = known.space.crossings()
    rows = csr_array(known.space.rows(cells, {})[:, known.keep])
    seen, new = set(fingerprints(known.rows)) | {b""}, []
    for n, key in enumerate(fingerprints(rows)):
        if key not in seen:
            seen.add(key)
            new.append(n)
    return [str(cells[n]) for n in new], csr_array(rows[new])


def differences(
    releases: Sequence[Release], least: int | None = None, seconds: float | None = None
) -> pd.DataFrame:
    """Return counts that nobody published and that can be computed from several releases together, though from none of them alone.

    Columns: ``cell`` in words (a crossing, or “A − B”: what A counts and B does not), ``value``, ``small``: whether it is 1 … ``least`` − 1.

    Raises
    ------
    Refused
        The releases contradict each other.
    """
    policy = load_policy()
    least = policy.least if least is None else least
    deadline, lines = time.monotonic() + (policy.seconds if seconds is None else seconds), []
    everything = family(releases)
    for group in _together(everything):
        if len(group) > 1:
            lines += _computed([everything[n] for n in group], deadline)
    found = pd.DataFrame(lines, columns=["cell", "value"]).astype({"cell": object, "value": "Int64"})
    found["small"] = [0 < v < least for v in found["value"]]
    return found.drop_duplicates("cell", ignore_index=True)


def _computed(releases: list[Release], deadline: float) -> list[tuple[str, int]]:
    known = public(releases)
    names, targets = unpublished(known)
    more_names, more = _subtracted(known)
    hidden = [n for n in range(len(known.names)) if not np.isfinite(known.high[n])]
    names = [*names, *more_names, *(str(known.names[n]) for n in hidden)]
    rows = csr_array(vstack([targets, more, known.rows[hidden]]))
    made, lines = attacker(known, rows, 1), []
    for n, name in enumerate(names):
        if made.protected(n, 1, deadline) is False and made.least[n] > 0 and not _alone(known, rows[[n]]):
            lines.append((name, int(made.least[n])))
    return lines


def _alone(known: Public, row: csr_array) -> bool:
    """Whether one release alone tells a sum: its own cells, over the crossings that all releases together know to be possible."""
    for own in owners(known.places, len(known.names)):
        low, high = np.where(own, known.low, 0), np.where(own, known.high, np.inf)
        shown = attacker(known._replace(low=low, high=high), row, 1)
        if shown.protected(0, 1) is False:
            return True
    return False


def _subtracted(known: Public) -> tuple[list[str], csr_array]:
    """Differences of two shown cells of different releases of which one counts all that the other counts."""
    shown = np.flatnonzero(np.isfinite(known.high))
    rows = csr_array(known.rows[shown])
    of = owners(known.places, len(known.names))[:, shown]
    seen, names, new = set(fingerprints(known.rows)), [], []
    for x, y in zip(*contained(rows, of), strict=True):
        row = csr_array(rows[[y]] - rows[[x]])
        row.eliminate_zeros()
        if (key := fingerprints(row)[0]) not in seen:
            seen.add(key)
            names.append(f"{known.names[shown[y]]} − {known.names[shown[x]]}")
            new.append(row)
    return names, csr_array(vstack(new)) if new else csr_array((0, known.rows.shape[1]))


def _together(releases: Sequence[Release]) -> list[list[int]]:
    """Places of the releases about the same children."""
    groups: dict[str, list[int]] = {}
    for n, release in enumerate(releases):
        groups.setdefault(release.layout.of, []).append(n)
    return list(groups.values())


def _contradiction(release: Release) -> str:
    return f"“{release.layout.of}”的几张表互相矛盾：同一格的数不同。多半不是同一批儿童，请核对"
