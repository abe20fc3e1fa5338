"""What decides how many teachers a school needs and gets: the curriculum's periods, a full load, the establishment's ratios."""

from balancelib.standards.staffing.curriculum import Curriculum, CurriculumError, Subject, load_curriculum
from balancelib.standards.staffing.establishment import Establishment, EstablishmentError, load_establishment

__all__ = [
    "Curriculum", "CurriculumError", "Establishment", "EstablishmentError", "Subject", "load_curriculum", "load_establishment",
]  # fmt: skip
