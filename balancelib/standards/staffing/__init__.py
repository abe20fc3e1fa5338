"""What decides how many teachers a school needs, gets and keeps: the curriculum, the establishment, the age of retirement."""

from balancelib.standards.staffing.curriculum import Curriculum, CurriculumError, Subject, load_curriculum
from balancelib.standards.staffing.establishment import Establishment, EstablishmentError, load_establishment
from balancelib.standards.staffing.retirement import Retirement, RetirementError, load_retirement

__all__ = [
    "Curriculum", "CurriculumError", "Establishment", "EstablishmentError", "Retirement", "RetirementError", "Subject",
    "load_curriculum", "load_establishment", "load_retirement",
]  # fmt: skip
