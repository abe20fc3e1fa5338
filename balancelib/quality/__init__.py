"""Module 四: what is taught and how well, reviews of materials, tests, and how schools differ."""

from balancelib.quality.items import (
    Answers,
    Limits,
    Reliability,
    answers,
    item_table,
    option_curves,
    option_table,
    papers,
    reliability,
)
from balancelib.quality.review import (
    ASPECTS,
    OUTCOMES,
    RULES,
    VERDICTS,
    agreement_table,
    decide,
    disputes,
    ratings,
    reviewer_leanings,
    reviewer_pairs,
    rules_side_by_side,
    said_again,
    verdict_alpha,
)

__all__ = [
    "ASPECTS", "OUTCOMES", "RULES", "VERDICTS", "Answers", "Limits", "Reliability", "agreement_table", "answers", "decide", "disputes", "item_table",
    "option_curves", "option_table", "papers", "ratings", "reliability", "reviewer_leanings", "reviewer_pairs", "rules_side_by_side", "said_again",
    "verdict_alpha",
]  # fmt: skip
