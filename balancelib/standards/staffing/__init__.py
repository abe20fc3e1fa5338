"""What decides how many teachers a school needs: the curriculum's periods, a full post's load."""

from balancelib.standards.staffing.curriculum import Curriculum, CurriculumError, Subject, load_curriculum

__all__ = ["Curriculum", "CurriculumError", "Subject", "load_curriculum"]
