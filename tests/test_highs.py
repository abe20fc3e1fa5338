"""The solver of the room's plans."""

import numpy as np
from scipy.sparse import csr_array

from balancelib.highs import Aims, minimise, proven


def test_the_answer_is_the_same_from_every_start():
    # Two half days, one of 2 periods and one of 3, and a person for one of both: 3.
    rows = csr_array([[1.0, 1.0]])
    asked = np.array([-2.0, -3.0]), rows, np.array([-np.inf]), np.ones(1), np.ones(2)
    for start in (None, np.zeros(2), np.array([1.0, 0.0])):
        found = minimise(*asked, start=start)
        assert found.x.tolist() == [0, 1]
        assert (found.value, found.bound) == (-3, -3)


def test_what_one_aim_reached_is_held_for_the_next():
    # Two places, children a, b and c; b and c live near. First the most children, then the fewest kilometres.
    aims = Aims(csr_array([[1.0, 1.0, 1.0]]), np.array([2.0]), np.ones(3), np.ones(3, bool))
    children, km = -np.ones(3), np.array([9.0, 2.0, 1.0])
    assert aims.least(children, 5) == (-2, -2)
    aims.hold(children, -2)
    assert aims.least(km, 5) == (3, 3)
    assert aims.x.tolist() == [0, 1, 1]


def test_a_plan_is_proven_where_the_bound_leaves_no_room():
    assert proven(0.9, whole=True)
    assert not proven(1.0, whole=True)
    assert proven([0, 1e-4, 1e-2], [0, 1e3, 1e3]).tolist() == [True, True, False]
