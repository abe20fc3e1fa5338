"""Module 一, policy and its ideas: national strategy, what equity means, who has to mend what."""

from balancelib.policy.disagreement import compare_measures, lorenz_crossings
from balancelib.policy.faces import three_faces
from balancelib.policy.ideas import IDEAS, equity_table, five_ideas, five_ideas_by_indicator, means_by_area
from balancelib.policy.learning import level_shares, levels_by_area
from balancelib.policy.provinces import provinces_2005

__all__ = [
    "IDEAS", "compare_measures", "equity_table", "five_ideas", "five_ideas_by_indicator", "level_shares", "levels_by_area",
    "lorenz_crossings", "means_by_area", "provinces_2005", "three_faces",
]  # fmt: skip
