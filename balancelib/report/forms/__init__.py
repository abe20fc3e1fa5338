"""What a county hands in, as workbooks: the official tables, each school's sheet and plan, the list of problems.

Cells hold the rounded numbers that the forms ask for (halves away from zero), as numbers; verdicts are of the full ones. What is not met is
shaded and has a sign that survives printing in grey; what was not supplied says 缺数 and is never 0.
"""

from balancelib.report.forms.official import forms_workbook
from balancelib.report.forms.plans import school_plans
from balancelib.report.forms.rectification import rectification
from balancelib.report.forms.schools import self_assessments

__all__ = ["forms_workbook", "rectification", "school_plans", "self_assessments"]
