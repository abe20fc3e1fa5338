"""Figures in the house style, each with a Chinese text that says what it shows. Loads matplotlib late."""

from importlib import import_module
from typing import Any

_NAMES = {
    "ages": ("age_pyramids", "exit_bars"),
    "agreement": ("explore_kappa", "leaning_rows", "review_grid"),
    "alliances": ("alliance_map", "explore_alliances"),
    "bars": ("Bars",),
    "board": ("explore_plan", "traffic_board"),
    "coefficient": ("explore_cv",),
    "compensation": ("explore_compensation", "money_curves", "year_lines"),
    "composite": ("choice_bars", "explore_weights", "rank_ranges", "weight_dots"),
    "curriculum": ("delivery_grid", "explore_tolerance", "share_bounds"),
    "curves": ("concentration_curve", "cumulative_steps", "lorenz_curve"),
    "digital": ("coverage_bars", "seats_within_reach"),
    "disclosure": ("explore_disclosure", "hidden_table"),
    "distribution": ("entropy_terms", "index_curve", "value_dots"),
    "effects": ("effect_rows", "explore_selection", "group_lines", "scores_again", "tie_bars"),
    "event_study": ("event_dots", "explore_methods", "method_rows"),
    "explorers": ("Answer", "choice", "explore", "slider"),
    "formula": ("explore_formula",),
    "funding": (
        "before_after", "corridor_dots", "distance_dots", "money_by_size", "quantile_lines",
    ),
    "grades": ("explore_grades", "grade_bars"),
    "growth": ("growth_lines",),
    "group_gaps": ("explore_reference", "gap_rows", "part_rows"),
    "ideas": ("explore_ideas", "lorenz_gaps", "verdict_grid"),
    "incentives": ("explore_allowance", "share_curves"),
    "income": ("explore_line", "income_curves", "index_part_bars", "index_rows", "reach_bars"),
    "items": ("explore_items", "item_dots", "option_lines"),
    "ledger": ("explore_ledger", "ledger_bars"),
    "lesson_log": ("backfill_lines", "daily_series", "explore_as_of"),
    "levels": ("county_quadrants", "explore_levels", "explore_narrowing", "share_bars"),
    "mending": ("change_rows", "explore_rise", "share_funnel"),
    "mistakes": ("explore_ways", "turned_bars"),
    "mixing": ("beside_chance", "change_steps", "explore_places", "share_moves"),
    "mobility": ("explore_schooling", "mobility_heat", "moves_and_ties"),
    "monitoring": ("explore_years", "funnel_plot", "indicator_years", "series_chart"),
    "partners": ("coverage_grid", "pair_dots"),
    "paths": ("explore_target_path", "holding_bars", "pace_and_path"),
    "plan": ("explore_budget", "plan_years"),
    "plots": ("cv_limits", "threshold_ratios"),
    "pool": ("explore_pool", "pool_week"),
    "pupils": ("explore_classes", "pupils_ahead", "sections_ahead"),
    "registers": ("explore_registers", "overlap_grid", "register_ranges", "township_ranges"),
    "relation": (
        "access_map", "contribution_bars", "decomposition_bars", "estimate_intervals", "school_values",
        "summary_bars", "wealth_line",
    ),
    "renewal": ("explore_renewal", "renewal_bars"),
    "retention": ("cohort_waterfall", "explore_transfers", "retention_rows"),
    "roads": ("road_layout",),
    "rooms": ("explore_rooms", "reach_curve", "room_map", "rounded_children"),
    "rotation": ("before_and_after", "explore_rotation"),
    "sampling": ("design_rows", "explore_designs"),
    "schools_differ": ("explore_shares", "school_caterpillar", "share_rows"),
    "segregation": (
        "group_composition", "group_shares", "parity_rates", "school_mixture", "segregation_curve",
    ),
    "series": ("break_lines", "claim_rows", "explore_break", "placebo_dots"),
    "similar": ("card_chart", "change_grid"),
    "staff": ("cover_dots", "explore_load", "posts_by_class_size", "surplus_shortage_bars"),
    "staff_flow": ("rule_lines",),
    "studios": ("explore_placement", "placement_curve", "reach_map", "spread_bands"),
    "style": ("describe", "use_style"),
    "support": ("budget_bars", "explore_support"),
    "survey": ("explore_answers", "limit_rows"),
    "synthetic": ("explore_donors", "synthetic_panels"),
    "training": ("completion_bars", "explore_training"),
    "value_added": ("added_rows", "explore_start", "rank_slopes"),
    "verification": ("chance_curves", "explore_sampling", "repeated_intervals"),
    "warning": ("calibration_dots", "explore_list", "list_curve"),
}  # fmt: skip
_MODULES = {name: module for module, names in _NAMES.items() for name in names}
__all__ = list(_MODULES)


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
