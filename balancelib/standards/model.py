"""What a standard's TOML file holds; an unknown key, a missing one or a wrong type is refused."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Stage = Literal["primary", "junior"]
AnyStage = Literal["primary", "junior", "senior"]
Key = Annotated[str, Meta(pattern="^[a-z][a-z0-9_]*$")]
Text = Annotated[str, Meta(min_length=1)]
Term = Annotated[str, Meta(pattern="^-?[a-z][a-z0-9_]*$")]  # a column, with a minus where it is taken away
Number = Annotated[float, Meta(ge=-1e15, le=1e15)]
Positive = Annotated[float, Meta(gt=0, le=1e15)]


class Record(Struct, frozen=True, forbid_unknown_fields=True):
    """Base of all that stands in a standard's file."""


class Document(Record):
    """An official document that numbers come from."""

    id: Text
    title: Text
    number: Text
    issuer: Text
    year: int


class Range(Record):
    """Bounds of a condition on a number; all that are given must hold."""

    minimum: Number | None = None
    maximum: Number | None = None
    below: Number | None = None


Conditions = dict[str, tuple[str, ...] | Range]  # column → its values or its range


class Scope(Record):
    """Which schools the resource part counts."""

    kinds: tuple[str, ...]
    source: str
    teaching_point_minimum_pupils: int = 0
    private: bool = True
    note: str = ""


class Split(Record):
    """Weights by which a school's undivided resources go to its stages; some kinds have their own."""

    weights: dict[AnyStage, Positive]
    source: str
    kind_weights: dict[str, dict[AnyStage, Positive]] = {}
    note: str = ""


class SchoolRule(Record):
    """A section meets the standard with so many indicators met and none below ``floor`` × threshold."""

    met_at_least: int
    source: str
    floor: Annotated[float, Meta(ge=0, le=1)] = 0.0
    note: str = ""


class CvRule(Record):
    """Limits of the coefficient of variation: of ``each`` indicator, or of their ``composite`` mean."""

    test: Literal["each", "composite"]
    limits: dict[Stage, Positive]
    source: str
    note: str = ""


class RelaxedIndicator(Record):
    """Columns added to an indicator's numerator under a relaxation, for the schools in ``when``."""

    relaxation: Key
    when: Conditions
    add: dict[Stage, tuple[Term, ...]]


class Indicator(Record):
    """One resource indicator: ``scale × Σ columns ÷ pupils × per``, in ``unit``."""

    key: Key
    label: Text
    short_label: Text
    unit: Text
    split: bool
    sum: dict[Stage, tuple[Term, ...]]
    source: str
    per: Positive = 1.0
    scale: Positive = 1.0
    thresholds: dict[Stage, Positive] = {}
    in_cv: bool = True
    relaxed: tuple[RelaxedIndicator, ...] = ()
    note: str = ""


class RelaxedTest(Record):
    """Other bounds of a test under a relaxation, for the schools in ``when``."""

    relaxation: Key
    when: Conditions
    minimum: Number | None = None
    maximum: Number | None = None
    room_area: Positive | None = None


class Test(Record):
    """A value with its bound: ``Σ sum ÷ Σ over`` of the county, or of each school, or a count of rooms."""

    __test__ = False  # not a test of pytest's

    sum: tuple[Term, ...] = ()
    over: tuple[Term, ...] = ()
    minimum: Number | None = None
    maximum: Number | None = None
    below: Number | None = None
    label: str = ""
    unit: str = ""
    each_school: bool = False
    when: Conditions = {}
    rooms: str = ""
    room_area: Positive | None = None
    classes_per_room: Positive | None = None
    relaxed: tuple[RelaxedTest, ...] = ()


class Item(Record):
    """One official requirement; all its tests must hold."""

    key: Key
    number: int
    label: Text
    source: str
    tests: Annotated[tuple[Test, ...], Meta(min_length=1)]
    note: str = ""


class Part(Record):
    """A part of the assessment beside the resources; all its items must hold."""

    title: Text
    items: tuple[Item, ...]


class Relaxation(Record):
    """A switch, off by default."""

    key: Key
    label: Text
    source: str
    note: str = ""


class Standard(Record):
    """A whole scheme."""

    key: Text
    label: Text
    version: Text
    resources_title: Text
    value_decimals: Annotated[int, Meta(ge=0, le=9)]
    cv_decimals: Annotated[int, Meta(ge=0, le=9)]
    documents: Annotated[tuple[Document, ...], Meta(min_length=1)]
    scope: Scope
    split: Split
    cv_rule: CvRule
    indicators: Annotated[tuple[Indicator, ...], Meta(min_length=1)]
    school_rule: SchoolRule | None = None
    precondition: Part | None = None
    government: Part | None = None
    quality: Part | None = None
    recognition: Part | None = None
    veto: Part | None = None
    relaxations: tuple[Relaxation, ...] = ()
    ratio_decimals: Annotated[int, Meta(ge=0, le=9)] = 1

    def indicator(self, key: str) -> Indicator:
        """Return the indicator named ``key``, or raise KeyError."""
        for indicator in self.indicators:
            if indicator.key == key:
                return indicator
        raise KeyError(f"{self.label}没有指标{key}；有：{'、'.join(i.key for i in self.indicators)}")

    def document(self, id_: str) -> Document:
        """Return the document that a ``source`` names."""
        return next(d for d in self.documents if d.id == id_)


PARTS = ("veto", "precondition", "government", "quality", "recognition")
