"""What is missing where no plan can comply: by how much which limits of which schools are too narrow."""

import dataclasses
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from balancelib.county.schema import STAGES, schema
from balancelib.resources.compliance.model import Model
from balancelib.resources.compliance.search import Question
from balancelib.resources.needs import unit_size
from balancelib.resources.unit_costs import STAGED, Action
from balancelib.standards import Standard

COLUMNS = ["school_id", "name", "stage", "indicator", "label", "amount", "unit"]
THOUSANDTHS = 1000  # of a threshold: amounts of different indicators are added as such


def lacking(question: Question) -> pd.DataFrame:
    """Return the least that is missing beyond all limits: a row for each school and indicator."""
    needs, known = question.model.needs, question.model.actions
    model = Model(needs, (*known, *_beyond(needs.standard, known)))
    extra = {v: c for v, c in enumerate(model.choices) if c.action >= len(known)}
    weights = {v: THOUSANDTHS * _share(model, v) for v in extra}
    found = dataclasses.replace(question, model=model, budgets=None).lacking(weights)
    rows = (
        []
        if found.amounts is None
        else list(_rows(model, [v for v in extra if found.amounts[v]], found.amounts))
    )
    return pd.DataFrame(rows, columns=COLUMNS)


def _beyond(standard: Standard, actions: Sequence[Action]) -> Iterator[Action]:
    """For each indicator an action that no limit binds: it raises a column, and those of which that one is a part."""
    table = schema().table("schools")
    for indicator in standard.indicators:
        column = table.column(next(t for t in indicator.sum[STAGES[0]] if not t.startswith("-")))
        names, unit = [column.name], column.unit
        while column.within:
            column = table.column(column.within)
            names.append(column.name)
        staged = [name.replace(f"_{STAGES[0]}", f"_{STAGED}") for name in names]
        yield Action(indicator.key, indicator.short_label, unit, tuple(staged), unit_size(indicator, actions))


def _share(model: Model, v: int) -> float:
    """Share of a threshold that one unit of a choice is, in the section where it is largest."""
    needs = model.needs
    per = np.array([indicator.per for indicator in needs.standard.indicators])
    asked = needs.thresholds * needs.sections["pupils"].to_numpy()[:, None] / per
    return max(
        float(needs.per_unit[at] / asked[at]) for at, terms in model.effects.items() if terms.get(v, 0) > 0
    )


def _rows(model: Model, chosen: Sequence[int], amounts: np.ndarray) -> Iterator[tuple[object, ...]]:
    for v in chosen:
        choice = model.choices[v]
        action, school = model.actions[choice.action], model.needs.schools.iloc[choice.school]
        amount = round(int(amounts[v]) * action.size, 9)
        yield school["school_id"], school["name"], choice.stage, action.key, action.label, amount, action.unit
