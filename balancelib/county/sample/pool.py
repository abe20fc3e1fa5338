"""When the synthetic county's itinerant teachers are free."""

import numpy as np
import pandas as pd

HALVES = {"am": 4, "pm": 3}  # periods of a half day


def draw_free_periods(rng: np.random.Generator, teachers: pd.DataFrame) -> pd.DataFrame:
    """Draw the table ``free_periods`` of those who would teach elsewhere.

    Two to four half days are kept wholly free for it; the teacher's own periods fill others, and an hour of most of these goes to
    preparation. Periods taught and free are never more than a week has.
    """
    here = teachers[teachers["itinerant"] == 1]
    halves = [(day, half, size) for day in range(1, 6) for half, size in HALVES.items()]
    room = np.array([size for *_, size in halves])
    rows = []
    for teacher, periods in zip(here["teacher_id"], here["periods"], strict=True):
        order = rng.permutation(len(halves))
        left = room.copy()
        todo, kept = periods, set(order[: rng.integers(2, 5)])
        for k in [k for k in order if k not in kept] * 4:
            if todo > 0 and left[k] > 0:
                left[k], todo = left[k] - 1, todo - 1
        for k, (day, half, _) in enumerate(halves):
            free = left[k] if k in kept else max(left[k] - 1, 0)
            if free > 0:
                rows.append((teacher, float(day), half, float(free)))
    return pd.DataFrame(rows, columns=["teacher_id", "weekday", "half", "free"])
