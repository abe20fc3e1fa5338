"""What may be published about few children: small cells hidden, and so many others that nobody can work them out; attacks on one's own tables.

`Confidential` wraps exact counts, its ``publish`` gives a `Release`, which alone may be shown. `rounded` and `coded` are for tables and numbers that are rounded
or cut at the ends instead; `audit` and `differences` attack what was published, however it was made.
"""

from balancelib.disclosure.audit import audit, differences
from balancelib.disclosure.coding import Coded, coded
from balancelib.disclosure.confidential import Confidential, cumulative
from balancelib.disclosure.layout import TOTAL
from balancelib.disclosure.policy import Policy, PolicyError, Refused, load_policy
from balancelib.disclosure.release import HIDDEN, Release
from balancelib.disclosure.rounding import rounded

__all__ = [
    "HIDDEN", "TOTAL", "Coded", "Confidential", "Policy", "PolicyError", "Refused", "Release", "audit", "coded", "cumulative", "differences",
    "load_policy", "rounded",
]  # fmt: skip
