"""The files that an office hands in: each has a name, what makes it, and what that needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module

from balancelib.assess import Assessment
from balancelib.county import County
from balancelib.county.faults import Fault
from balancelib.county.select import only
from balancelib.report.blocks import Report
from balancelib.report.content import make_report


@dataclass(frozen=True)
class Material:
    """What the files are made of: one county and its verdict; last year's data, and the day by which to mend (2026-12-31)."""

    whole: County
    assessment: Assessment
    previous: County | None = None
    deadline: str | None = None

    @cached_property
    def county(self) -> County:
        """The county that the verdict is on, without the others of the same data."""
        return only(self.whole, self.assessment.county_id)

    @cached_property
    def report(self) -> Report:
        """What the report says."""
        return make_report(self.whole, self.assessment)

    @property
    def faults(self) -> Sequence[Fault]:
        """What was found odd in the data."""
        return self.whole.warnings


@dataclass(frozen=True)
class Document:
    """A file: its name, the function that returns its bytes, and the parts of the material that it takes."""

    name: str
    maker: str
    takes: tuple[str, ...]

    @property
    def module(self) -> str:
        """Full name of the module of its function."""
        return f"{__package__}.{self.maker.partition('.')[0]}"

    def made(self, material: Material) -> bytes:
        """Return its bytes; the same material gives the same ones."""
        function = getattr(import_module(self.module), self.maker.partition(".")[2])
        return function(*(getattr(material, name) for name in self.takes))


DOCUMENTS = (
    Document("自评报告.docx", "docx.report_docx", ("report",)),
    Document("自评报告.html", "html.report_html", ("report",)),
    Document("计算过程.xlsx", "numbers.numbers_workbook", ("whole", "assessment")),
    Document("申报表.xlsx", "forms.forms_workbook", ("county", "assessment")),
    Document("学校自评表.xlsx", "forms.self_assessments", ("county", "assessment")),
    Document("一校一案.xlsx", "forms.school_plans", ("county", "assessment", "deadline")),
    Document("整改台账.xlsx", "forms.rectification", ("county", "assessment", "deadline")),
    Document("问题清单.xlsx", "problems.problems_workbook", ("faults", "county")),
    Document("相似学校.html", "similar.similar_html", ("county", "assessment", "previous")),
)
"""All that an office hands in, in the order in which it is read."""

FORMATS = {document.name[-5:]: document for document in DOCUMENTS[:3]}
"""The files that can be asked for alone, by the end of their name."""
