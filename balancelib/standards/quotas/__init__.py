"""What the state lays down for schools' money: the formula, and the national quotas for running costs."""

from balancelib.standards.quotas.formula import RUNNING_COSTS, Formula, running_costs

__all__ = ["RUNNING_COSTS", "Formula", "running_costs"]
