"""The county that a course is held on: what of its data is handed to all, and how notebooks find it."""

from pathlib import Path

from balancelib.county import Fault, InputError, read_county, sample_county
from balancelib.county.write import write_csv
from balancelib.course.training.course import Course

SAMPLE_SEED = 7  # of the course's own county
NAME = "county_of_course"  # the folder, in data/
# Tables that are handed to everyone in the room: a row is a school, a township, a county or a thing. Those with a row a person, a
# lesson or a small group of children stay with the trainer (a school's mean score may be that of two children), as does what
# people wrote about a check (exceptions); a lesson that needs them is held on the sample.
HANDED = (
    "schools", "school_items", "county_items", "money", "ledger", "buildings", "boarding", "digital", "enrolment", "births",
    "distances", "history", "mobility", "pairings", "local_resources", "items", "programmes",
    "peer_counties", "inspections", "actions",
)  # fmt: skip


def lay_county(course: Course, home: Path, data: Path) -> str:
    """Write the county of a course into its data folder.

    Parameters
    ----------
    course
        What was asked for.
    home
        Folder of ``course.yml``.
    data
        The course's data folder.

    Returns
    -------
    str
        Where notebooks find it, from their own folder; empty where the course is held on the sample.

    Raises
    ------
    InputError
        The county's data are at fault, or are those of several counties.
    """
    if course.county is None and course.seed in (None, SAMPLE_SEED):
        return ""
    if course.county is None:
        tables = sample_county(course.seed).tables
    else:
        read = read_county(home / course.county, only=dict.fromkeys(HANDED, ())).tables
        if (several := read["schools"]["county_id"].nunique()) > 1:
            action = "一期班用一个县的数：请把一个县的行单独存成一份"
            raise InputError([Fault(Path(course.county).name, f"里面有{several}个县", action)])
        tables = {name: read[name] for name in HANDED if name in read}
    write_csv(tables, data / NAME)
    return f"../../data/{NAME}"
