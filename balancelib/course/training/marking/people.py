"""Who is in the class, and whose a returned notebook is by the names of its file and folders."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from balancelib.bounded import regular_bytes
from balancelib.county.delimited import csv_rows
from balancelib.county.faults import Unreadable
from balancelib.text import shown, shown_path, why

LARGEST, MOST_PEOPLE = 2**20, 2_000
LARGEST_SEED = 2**32 - 1
HEADS = {"seat": "座位", "name": "姓名", "seed": "种子"}
AGAIN = r"(?:\s*[(（]\d{1,2}[)）])+$"  # what a browser adds to the name of what is there already
ENDINGS = r"(?:\.(?:ipynb|zip|txt|json))+$"
APART = r"[\s_\-—–.,，。、;；:：()（）\[\]【】《》#]+"


@dataclass(frozen=True, order=True)
class Person:
    """Somebody in the class, and the seed of the county that they do the exercises in."""

    seat: str
    name: str
    seed: int | None


class PeopleError(ValueError):
    """The list of people cannot be used; says where and what to do."""


def read_people(path: Path) -> tuple[Person, ...]:
    """Read ``people.csv``: a row for each person, with seat, name and seed.

    Raises
    ------
    PeopleError
        It is missing, no CSV, or has a row that cannot be.
    """
    name = shown_path(path.name)
    try:
        every = enumerate(csv_rows(regular_bytes(path, LARGEST)), 1)
        rows = [(n, row) for n, row in every if any(cell.strip() for cell in row)]
    except OSError as error:
        raise PeopleError(f"{name}读不出来：{why(error)}。请检查路径") from None
    except Unreadable as error:
        raise PeopleError(f"{name}：{'；'.join(map(str, error.args[:2]))}") from None
    head = [cell.strip().casefold() for cell in rows[0][1]] if rows else []
    places = [next((i for i, cell in enumerate(head) if cell in both), None) for both in HEADS.items()]
    if None in places:
        raise PeopleError(f"{name}的第一行要有seat、name、seed三列（或座位、姓名、种子）")
    if len(rows) > MOST_PEOPLE:
        raise PeopleError(f"{name}有{len(rows) - 1}人，最多{MOST_PEOPLE - 1}人：请检查是不是选错了文件")
    people = tuple(_person(row, places, f"{name}第{n}行") for n, row in rows[1:])
    seats = [alike(person.seat) for person in people]
    if double := next((seat for seat in seats if seats.count(seat) > 1), None):
        raise PeopleError(f"{name}里座位{shown(double)}有两行：一个座位只留一行")
    return people


def _person(row: Sequence[str], places: Sequence[int], where: str) -> Person:
    seat, name, seed = (row[i].strip() if i < len(row) else "" for i in places)
    if not seat:
        raise PeopleError(f"{where}没有座位")
    if not re.fullmatch(r"[0-9]{1,10}", seed) or int(seed) > LARGEST_SEED:
        raise PeopleError(f"{where}的种子要一个不小于0的整数，现在是“{shown(seed)}”")
    return Person(shown(seat), shown(name), int(seed))


def whose(path: PurePath, people: Iterable[Person]) -> Person | None:
    """Return whose a notebook is by its path in the returned folder, or None where that names nobody, or several.

    A folder or file that is called as a seat or a name is decides, where no other is called as another's (``1/03/policy.ipynb``);
    else people's names are looked for within the names, and then seats: a number may be that of a day or a copy.
    """
    people, parts = tuple(people), [alike(_bare(part)) for part in path.parts]
    exact = [{person for person in people if part in _called(person)} for part in parts]
    if alone := {person for found in exact if len(found) == 1 for person in found}:
        return alone.pop() if len(alone) == 1 else None
    words = {alike(word) for part in parts for word in re.split(APART, part)}
    by_name = {person for person in people if _named(parts, words, person)}
    found = by_name or {person for person in people if alike(person.seat) in words}
    longest = {p for p in found if not any(p is not q and p.name and p.name in q.name for q in by_name)}
    return longest.pop() if len(longest) == 1 else None


def _bare(part: str) -> str:
    """Return a name without its endings and what is added to a copy's."""
    return re.sub(AGAIN, "", re.sub(ENDINGS, "", part, flags=re.IGNORECASE))


def _called(person: Person) -> set[str]:
    return {alike(text) for text in (person.seat, person.name) if text}


def _named(parts: Iterable[str], words: set[str], person: Person) -> bool:
    """Whether a name is among the words, or, where it is long enough not to be there by chance, within a part."""
    name = alike(person.name)
    within = len(name) > 1 and not name.isascii() and any(name in part for part in parts)
    return bool(name) and (name in words or within)


def alike(text: str) -> str:
    """Return a text as it is compared: full-width digits, capitals, leading zeros and 座位…号 make no difference."""
    text = unicodedata.normalize("NFKC", text).strip().casefold()
    number = re.fullmatch(r"(?:座位号?|座|seat|no)?\s*0*(\d+)\s*号?座?", text)
    return number[1] if number else text
