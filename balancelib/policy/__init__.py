"""Module 一, policy background and core ideas: who is drawn to be checked, and what that tells."""

from balancelib.policy.chances import chance_by_share, chance_to_find, most_faulty, sample_for
from balancelib.policy.field import (
    FieldCheck,
    FieldChecksError,
    Planted,
    PlantedFault,
    doctor_remarks,
    field_check,
    load_checks,
    load_faults,
    plant_faults,
    visit_list,
    what_finds_what,
    write_visit_list,
    wrong_schools,
)
from balancelib.policy.verification import (
    ErrorRate,
    allocate,
    draw_sample,
    error_rate,
    stratum_names,
    ticket,
)

__all__ = [
    "ErrorRate", "FieldCheck", "FieldChecksError", "Planted", "PlantedFault", "allocate", "chance_by_share", "chance_to_find",
    "doctor_remarks", "draw_sample", "error_rate", "field_check", "load_checks", "load_faults", "most_faulty", "plant_faults",
    "sample_for", "stratum_names", "ticket", "visit_list", "what_finds_what", "write_visit_list", "wrong_schools",
]  # fmt: skip
