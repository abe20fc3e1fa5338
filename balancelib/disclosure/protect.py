"""From exact counts to what may be shown."""

import time
from collections.abc import Sequence

import numpy as np

from balancelib.disclosure.lot import Lots
from balancelib.disclosure.optimal import Found, improve
from balancelib.disclosure.pattern import cleaned, first, told_already
from balancelib.disclosure.policy import Policy, Refused
from balancelib.disclosure.problem import Counts, Problem, Published
from balancelib.disclosure.release import Release

BESIDE = 0.25  # of the seconds, for what tables beside tell already
QUICK = 0.7  # of the seconds, for it and the first pattern
CLEAN = 0.85  # of the seconds, for it and for showing again what need not be hidden


def protect(counts: Counts, policy: Policy, beside: Sequence[Release]) -> Release:
    """Return a release that holds: every hidden cell, and every small sum that all tables together may tell, is open by the policy's widths.

    Ends in about ``policy.seconds``; a pattern that holds is found before the search for the cheapest begins, and what the search had no time for is said
    by the release's bound.

    Raises
    ------
    Refused
        What is beside does not agree with these counts, or tells too much already.
    """
    linked = [r for r in family(beside) if r.layout.of == counts.layout.of]
    for column in {d for r in linked for d in r.layout.used} - set(counts.layout.values):
        raise Refused(
            f"以前公布的表里有“{column}”这一列，现在的数里没有：请用同时有两者的数，才能算出合起来会泄露什么"
        )
    problem = Problem(counts, policy, [Published(r.layout, r.shown, r.policy) for r in linked])
    found = search(problem, Lots(policy.secret, _texts(counts)))
    places = problem.merged.places[0]
    shown = tuple(0 if p < 0 else None if found.hidden[p] else int(problem.value[p]) for p in places)
    return Release(counts.layout, shown, policy._replace(secret=""), tuple(beside), found.cost, found.bound)


def search(problem: Problem, lots: Lots) -> Found:
    """Find a pattern: a quick one, then as cheap a one as the time allows."""
    start, seconds = time.monotonic(), problem.policy.seconds
    draw(problem, lots)
    attacker = problem.attacker()
    if problem.shown_before.any():
        told_already(problem, attacker, start + BESIDE * seconds)
    hidden = first(problem, attacker, problem.forced.copy(), start + QUICK * seconds)
    hidden = cleaned(problem, attacker, hidden, start + CLEAN * seconds)
    return improve(problem, attacker, hidden, start + seconds)


def draw(problem: Problem, lots: Lots) -> None:
    """Raise what hiding costs by secret shares, and take some cells for small that are not (`balancelib.disclosure.lot`)."""
    names, policy = problem.merged.names, problem.policy
    problem.weight = problem.weight * (1 + policy.noise * lots.draw("weight", names))
    if not (problem.forced & problem.ours).any():
        return
    columns = max((len(n.margin) for n, o in zip(names, problem.ours, strict=True) if o), default=0)
    inner = problem.free & np.array([len(n.margin) == columns for n in names], bool)
    drawn = np.where(inner, lots.draw("decoy", names), 1.0)
    for cell in np.argsort(drawn, kind="stable")[: min(policy.decoys, int(inner.sum()))]:
        problem.forced[cell] = True


def family(releases: Sequence[Release]) -> list[Release]:
    """Return releases and what they were protected with, each once."""
    found: list[Release] = []
    for release in releases:
        found += [r for r in (release, *family(release.beside)) if r not in found]
    return found


def _texts(counts: Counts) -> list[str]:
    """All exact counts in a fixed order."""
    return sorted(f"{key!r}\t{count}" for key, count in counts.base.items() if count)
