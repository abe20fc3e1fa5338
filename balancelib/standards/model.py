"""What a standard's TOML file holds; an unknown key, a missing one or a wrong type is refused."""

from collections.abc import Iterator
from typing import Annotated, Literal

from msgspec import Meta, Struct

from balancelib.toml import Key, Text, nth

Stage = Literal["primary", "junior"]
AnyStage = Literal["primary", "junior", "senior"]
Note = Annotated[str, Meta(pattern=r"^[^\x00-\x1f\x7f-\x9f]*\Z")]
Term = Annotated[str, Meta(pattern=r"^-?[a-z][a-z0-9_]*\Z")]  # a column, with a minus where it is taken away
Terms = Annotated[tuple[Term, ...], Meta(min_length=1)]
Number = Annotated[float, Meta(ge=-1e15, le=1e15)]
Positive = Annotated[float, Meta(gt=0, le=1e15)]
Ordinal = Annotated[int, Meta(ge=1, le=999)]
# A dict by stage that has every stage: its keys can be no others, so that its length says so.
StageTerms = Annotated[dict[Stage, Terms], Meta(min_length=2)]
StageThresholds = Annotated[dict[Stage, Positive], Meta(min_length=2)]
StageLimits = Annotated[dict[Stage, Annotated[float, Meta(gt=0, le=10)]], Meta(min_length=2)]
StageWeights = Annotated[dict[AnyStage, Positive], Meta(min_length=3)]


class Record(Struct, frozen=True, forbid_unknown_fields=True):
    """Base of all that stands in a standard's file."""


class Document(Record):
    """An official document that numbers come from."""

    id: Text
    title: Text
    number: Text
    issuer: Text
    year: Annotated[int, Meta(ge=1900, le=2100)]


class Range(Record):
    """Bounds of a condition on a number; all that are given must hold."""

    minimum: Number | None = None
    maximum: Number | None = None
    below: Number | None = None


Codes = Annotated[tuple[str, ...], Meta(min_length=1)]
Conditions = dict[Key, Codes | Range]  # column → its values or its range


class Scope(Record):
    """Which schools the resource part counts."""

    kinds: Codes
    source: str
    teaching_point_minimum_pupils: Annotated[int, Meta(ge=0, le=100_000)] = 0
    private: bool = True
    note: Note = ""


class Split(Record):
    """Weights by which a school's undivided resources go to its stages; some kinds have their own."""

    weights: StageWeights
    source: str
    kind_weights: dict[str, dict[AnyStage, Positive]] = {}
    note: Note = ""


class SchoolRule(Record):
    """A section meets the standard with so many indicators met and none below ``floor`` × threshold."""

    met_at_least: Annotated[int, Meta(ge=1)]
    source: str
    floor: Annotated[float, Meta(ge=0, le=1)] = 0.0
    note: Note = ""


class CvRule(Record):
    """Limits of the coefficient of variation: of ``each`` indicator, or of their ``composite`` mean."""

    test: Literal["each", "composite"]
    limits: StageLimits
    source: str
    note: Note = ""


class RelaxedIndicator(Record):
    """Columns added to an indicator's numerator under a relaxation, for the schools in ``when``."""

    relaxation: Key
    when: Conditions
    add: StageTerms


class Indicator(Record):
    """One resource indicator: ``scale × Σ columns ÷ pupils × per``, in ``unit``."""

    key: Key
    label: Text
    short_label: Text
    unit: Text
    split: bool
    sum: StageTerms
    source: str
    per: Positive = 1.0
    scale: Positive = 1.0
    thresholds: StageThresholds = {}
    in_cv: bool = True
    relaxed: tuple[RelaxedIndicator, ...] = ()
    note: Note = ""


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
    label: Note = ""
    unit: Note = ""
    each_school: bool = False
    when: Conditions = {}
    rooms: str = ""
    room_area: Positive | None = None
    classes_per_room: Positive | None = None
    relaxed: tuple[RelaxedTest, ...] = ()


class Item(Record):
    """One official requirement; all its tests must hold."""

    key: Key
    number: Ordinal
    label: Text
    source: str
    tests: Annotated[tuple[Test, ...], Meta(min_length=1)]
    note: Note = ""


class Part(Record):
    """A part of the assessment beside the resources; all its items must hold."""

    title: Text
    items: tuple[Item, ...]


class Relaxation(Record):
    """A switch, off by default."""

    key: Key
    label: Text
    source: str
    note: Note = ""


class Rules(Record):
    """A whole scheme, as its file has it."""

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

    def items(self) -> Iterator[tuple[str, Item]]:
        """Every item of every part, after the key at which it stands in the file."""
        for name in PARTS:
            part = getattr(self, name)
            for item in part.items if part else ():
                yield f"{name}.items.{item.key}", item

    def tests(self) -> Iterator[tuple[str, Test]]:
        """Every test of every item, after the key at which it stands in the file."""
        for key, item in self.items():
            for n, test in enumerate(item.tests, 1):
                yield f"{key}.tests.{nth(n)}", test

    def indicator(self, key: str) -> Indicator:
        """Return the indicator named ``key``, or raise KeyError."""
        for indicator in self.indicators:
            if indicator.key == key:
                return indicator
        raise KeyError(f"{self.label}没有指标{key}；有：{'、'.join(i.key for i in self.indicators)}")

    def document(self, id_: str) -> Document:
        """Return the document that a ``source`` names."""
        return next(d for d in self.documents if d.id == id_)


class Standard(Rules, kw_only=True):
    """A scheme, and the name of the file that it was read from."""

    file: str


PARTS = ("veto", "precondition", "government", "quality", "recognition")
