"""The solver of the room's plans."""

import numpy as np
from scipy.sparse import csr_array

from balancelib.highs import minimise


def test_the_answer_is_the_same_from_every_start():
    # Two half days, one of 2 periods and one of 3, and a person for one of both: 3.
    rows = csr_array([[1.0, 1.0]])
    asked = np.array([-2.0, -3.0]), rows, np.array([-np.inf]), np.ones(1), np.ones(2)
    for start in (None, np.zeros(2), np.array([1.0, 0.0])):
        found = minimise(*asked, start=start)
        assert found.x.tolist() == [0, 1]
        assert (found.value, found.bound) == (-3, -3)
