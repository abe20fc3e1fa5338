"""What one sheet or workbook says of one school, and how two sayings are put together."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec

from balancelib.county.faults import Fault
from balancelib.county.returns.shapes import shapes
from balancelib.county.returns.values import Reading, disagreement
from balancelib.county.schema import Column, plain, schema
from balancelib.county.trace import Cell

TEXTS = ("name", "kind", "operator", "area", "township", "county")  # of table schools
Key = tuple[str, str]  # table and column


@dataclass
class Record:
    """One school as one place tells of it.

    Attributes
    ----------
    school_id : str
        Its number.
    place : Cell
        Where that stands.
    values : dict
        By table and column.
    counted : bool
        False for a branch site, which is part of another school (是否计校数).
    parent_id, parent_name : str
        That other school, where the file says which.
    years : set of int
        The school years that the file names.
    """

    school_id: str
    place: Cell
    values: dict[Key, Reading] = field(default_factory=dict)
    counted: bool = True
    parent_id: str = ""
    parent_name: str = ""
    years: set[int] = field(default_factory=set)

    def text(self, column: str) -> str:
        """Return a text of table ``schools``, blank where nothing was read."""
        reading = self.values.get(("schools", column))
        return str(reading.value) if reading is not None and reading.value is not None else ""

    @property
    def title(self) -> str:
        """What the school is called in messages."""
        name = self.text("name")
        return f"{name}（{self.school_id}）" if name else self.school_id


def column_of(key: Key) -> Column:
    """Return the column of ours."""
    return schema().table(key[0]).column(key[1])


def of_school(fault: Fault, school_id: str) -> Fault:
    """Return a fault with the school that can mend it, and the rule of cells where it is about one."""
    rule = "read.cell" if fault.rule == "read.file" and fault.column else fault.rule
    return msgspec.structs.replace(fault, school_id=fault.school_id or school_id, rule=rule)


def joined(records: list[Record]) -> tuple[Record, list[Fault]]:
    """Put together what several files say of one school: the same number once; two numbers are a fault."""
    first, faults = records[0], []
    whole = Record(first.school_id, first.place, {}, first.counted, first.parent_id, first.parent_name)
    for record in records:
        whole.years |= record.years
        whole.parent_id = whole.parent_id or record.parent_id
        whole.parent_name = whole.parent_name or record.parent_name
        faults += _against(whole, record)
        for key, reading in record.values.items():
            known = whole.values.get(key)
            if known is None or (known.value is None and (reading.value is not None or reading.refused)):
                whole.values[key] = reading
            elif reading.value is not None and reading.value != known.value:
                faults.append(disagreement(known, reading, column_of(key)))
    return whole, [of_school(fault, whole.school_id) for fault in faults]


def _against(whole: Record, record: Record) -> Iterator[Fault]:
    """Find what two files cannot both say of a school."""
    if whole.counted != record.counted:
        action = "请核对后改成一样"
        yield Fault(
            str(record.place),
            f"“是否计校数”和{whole.place}不一样",
            action,
            column="学校标识码",
            value=record.school_id,
        )
    for one, other in ((whole.parent_id, record.parent_id), (whole.parent_name, record.parent_name)):
        if one and other and one != other:
            reason = f"所属学校在这里是“{other}”，在{whole.place}是“{one}”"
            yield Fault(str(record.place), reason, "请核对后改成一样", value=record.school_id)


def coded(column: str, text: str) -> str | None:
    """Return the code of a kind, operator or area in the words of the forms; None where it is none of them."""
    known = {plain(word): code for word, code in shapes().codes[column].items()}
    return known.get(plain(text))
