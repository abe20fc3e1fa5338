"""What small schools lack where not every teacher's subject is known."""

import numpy as np
import pandas as pd
import pytest

from balancelib.county import County
from balancelib.teachers import subject_gaps

MUSIC = {("primary", "music"): 2.0}


def lack(subjects, teachers=2.0, periods=4.0):
    """Periods of music that one school of eight classes lacks: it needs 16."""
    schools = pd.DataFrame({"school_id": ["a"], "kind": ["primary"], "operator": ["public"], "classes_primary": [8], "classes_junior": [None],
                            "teachers_primary": [teachers], "teachers_junior": [None]})  # fmt: skip
    rows = [{"school_id": "a", "stage": "primary", "subject": s, "periods": periods} for s in subjects]
    staff = pd.DataFrame(rows, columns=["school_id", "stage", "subject", "periods"])
    return subject_gaps(County({"schools": schools, "teachers": staff}), MUSIC)["lack"].item()


def test_known_subjects_are_counted():
    assert lack(["music", "math"]) == 12
    assert lack(["math", "math"]) == 16


def test_a_blank_subject_may_be_the_one_that_is_lacking():
    assert np.isnan(lack(["music", None]))
    assert np.isnan(lack(["math", None]))
    assert lack(["music", None], periods=16.0) == 0, "whatever the other teaches, nothing is lacking"


@pytest.mark.parametrize(("teachers", "expected"), [(2.0, np.nan), (np.nan, np.nan), (0.0, 16.0)])
def test_teachers_that_are_not_listed_are_not_none(teachers, expected):
    assert lack([], teachers) == pytest.approx(expected, nan_ok=True)
