"""Several releases: what they tell together, and that protecting one beside the others keeps it from being told."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array

from balancelib.disclosure import (
    HIDDEN,
    Confidential,
    Policy,
    Refused,
    Release,
    audit,
    cumulative,
    differences,
)
from balancelib.disclosure.attack import Attacker
from balancelib.disclosure.audit import Public, attacked, attacker

POLICY = Policy(seconds=5, rounds=5)
ROWS = [("甲", "x", 30), ("甲", "y", 40), ("乙", "x", 3), ("乙", "y", 20), ("丙", "x", 25), ("丙", "y", 31)]
FRAME = pd.DataFrame(ROWS, columns=["township", "kind", "children"])


def test_all_townships_and_all_but_one_tell_the_one():
    whole = Confidential(FRAME)
    first = whole.publish([("kind",)], POLICY)
    part = whole.only(township=["甲", "丙"])
    alone = part.publish([("kind",)], POLICY)
    assert not any(text == HIDDEN for text in alone.table("kind")["人数"])  # neither table has a small cell
    found = differences([first, alone]).set_index("cell")
    assert found.loc["kind=x、township=乙", ["value", "small"]].tolist() == [3, True]
    assert found.loc["kind=y、township=乙", ["value", "small"]].tolist() == [20, False]
    assert "kind=x、township=乙" in audit([first, alone], POLICY)["cell"].tolist()
    beside = part.publish([("kind",)], POLICY, beside=[first])
    assert audit([first, beside], POLICY).empty
    assert "kind=x、township=乙" not in differences([first, beside])["cell"].tolist()


def test_old_and_new_boundaries_do_not_tell_who_moved():
    rows = [
        ("甲", "甲", "x", 30),
        ("甲", "乙", "x", 2),
        ("乙", "乙", "x", 40),
        ("甲", "甲", "y", 9),
        ("乙", "乙", "y", 9),
    ]
    moved = Confidential(
        pd.DataFrame(rows, columns=["old", "new", "kind", "children"]), known=[("old", "new")]
    )
    old = moved.publish([("old", "kind")], POLICY)
    new = moved.publish([("new", "kind")], POLICY)
    assert 2 in differences([old, new])["value"].tolist()
    assert not audit([old, new], POLICY).empty
    assert audit([old, moved.publish([("new", "kind")], POLICY, beside=[old])], POLICY).empty


def test_this_week_minus_last_week_does_not_tell_who_came():
    weeks = {1: FRAME, 2: FRAME.assign(children=[30, 40, 3, 21, 25, 31])}
    wrapped = Confidential(cumulative(weeks, period="week"))
    last = wrapped.only(week=[1]).publish([("kind",), ("township",)], POLICY)
    blind = wrapped.publish([("kind",), ("township",)], POLICY)
    assert 1 in differences([last, blind])["value"].tolist()
    seen = wrapped.publish([("kind",), ("township",)], POLICY, beside=[last])
    assert audit([last, seen], POLICY).empty


def test_a_saved_release_protects_as_the_one_that_was_saved(tmp_path):
    whole = Confidential(FRAME)
    first = whole.publish([("township", "kind")], POLICY)
    first.save(tmp_path / "old.json")
    text = (tmp_path / "old.json").read_text(encoding="utf-8")
    assert "cost" not in text
    assert "secret" not in text
    again = Release.load(tmp_path / "old.json")
    assert again == first
    assert again.attack().equals(first.attack())
    (tmp_path / "old.json").write_text(text[:-40], encoding="utf-8")
    with pytest.raises(Refused, match="读不出来"):
        Release.load(tmp_path / "old.json")


def test_a_file_that_claims_more_cells_than_it_has_is_refused_before_they_are_made(tmp_path):
    path = tmp_path / "old.json"
    Confidential(FRAME).publish([("kind",)], POLICY).save(path)
    saved = json.loads(path.read_text(encoding="utf-8"))
    columns = [f"c{n}" for n in range(40)]
    many = {
        "甲": {d: ["x"] for d in columns},
        "乙": {d: [str(n) for n in range(9999)] for d in columns[:3]},
    }
    for values in many.values():
        claimed = saved | {"values": values, "tables": [list(values)], "scope": {}}
        path.write_text(json.dumps(claimed), encoding="utf-8")
        with pytest.raises(Refused, match="读不出来"):
            Release.load(path)


def test_a_release_that_cannot_be_written_leaves_the_old_one(tmp_path, monkeypatch):
    path = tmp_path / "old.json"
    Confidential(FRAME).publish([("kind",)], POLICY).save(path)
    before = path.read_bytes()

    def full(self, *_, **__):
        self.write_bytes(b"{")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="No space"):
        Confidential(FRAME).publish([("township",)], POLICY).save(path)
    assert path.read_bytes() == before


def test_an_attack_uses_what_stands_beside_those_beside_too():
    counts = [10, 7, 6, 3, 3, 0, 0, 0, 2, 9, 7, 10]
    rows = [(t, k, w) for t in "甲乙丙" for k in "xy" for w in "12"]
    whole = Confidential(pd.DataFrame(rows, columns=["township", "kind", "week"]).assign(children=counts))
    first = whole.only(township=["甲", "丙"]).publish([("kind", "week")], POLICY)
    second = whole.publish([("week",)], POLICY, beside=[first])
    third = whole.publish([("kind", "week")], POLICY, beside=[second])
    found, all_three = third.attack(), attacked([third, second, first], seconds=5)
    assert found["least"].tolist() == all_three.loc[all_three["release"] == 0, "least"].tolist()
    two = attacked([third, second], seconds=5)
    assert (found["least"] > two.loc[two["release"] == 0, "least"]).any()  # or the case shows nothing


def test_tables_that_only_halves_of_children_fit_contradict_each_other():
    pairs = csr_array(
        np.array([[1.0, 1, 0], [0, 1, 1], [1, 0, 1]])
    )  # each pair of three crossings has one child
    known = Public(None, None, pairs, np.ones(3), np.ones(3), [], [])
    with pytest.raises(Refused, match="互相矛盾"):
        attacker(known, pairs, 1)


def test_an_attacker_who_found_no_table_begins_without_one():
    assert Attacker(csr_array(np.eye(2)), csr_array(np.eye(2)), 1).start() is None


def test_other_numbers_or_other_columns_beside_are_refused():
    first = Confidential(FRAME).publish([("township",)], POLICY)
    changed = Confidential(FRAME.assign(children=FRAME["children"] + 10))
    with pytest.raises(Refused, match="不是同一批儿童"):
        changed.publish([("kind",)], POLICY, beside=[first])
    assert Confidential(FRAME, of="另一批").publish([("kind",)], POLICY, beside=[first]).text(kind="x")
    fewer = Confidential(FRAME.groupby("kind", as_index=False)["children"].sum())
    with pytest.raises(Refused, match="township"):
        fewer.publish([("kind",)], POLICY, beside=[first])


def test_what_was_told_before_cannot_be_taken_back():
    loose = Confidential(FRAME).publish([("township", "kind")], Policy(least=2, seconds=5))
    assert loose.text(township="乙", kind="x") == "3"
    with pytest.raises(Refused, match="以前公布过了"):
        Confidential(FRAME).publish([("township", "kind")], POLICY, beside=[loose])


def test_a_small_sum_that_no_table_shows_is_not_told():
    # Every pair of columns is at least 5 or 0, and yet the three pairs together leave only one table: its 0s hold all others fast.
    counts = np.array([[[2, 5], [3, 5]], [[6, 0], [6, 0]]])
    base = pd.DataFrame(np.argwhere(counts >= 0).astype(str), columns=["a", "b", "c"]).assign(
        children=counts.ravel()
    )
    pairs = [("a", "b"), ("a", "c"), ("b", "c")]
    plain = Confidential(base).publish(pairs, POLICY._replace(least=2))
    naive = Release(plain.layout, plain.shown, POLICY)
    assert not any(s is None or 0 < s < 5 for s in naive.shown)
    assert {"a=0、b=0、c=0", "a=0、b=1、c=0"} == set(audit([naive], POLICY)["cell"])
    found = Confidential(base).publish(pairs, POLICY)
    assert audit([found], POLICY).empty


def test_the_county_of_twenty_townships_ends_in_time_with_a_pattern_that_holds():
    rng = np.random.default_rng(5)
    sizes = {"township": 20, "kind": 7, "level": 5, "age": 2}
    draws = {d: rng.choice(n, 250, p=rng.dirichlet(np.full(n, 2.0))).astype(str) for d, n in sizes.items()}
    base = pd.DataFrame(draws).assign(children=1)
    tables = [("township", "kind"), ("township", "level"), ("kind", "level")]
    found = Confidential(base).publish(tables, Policy(seconds=2.0))
    assert 0 <= found.bound <= found.cost
    assert audit([found], Policy(seconds=60.0)).empty  # the attack takes as long as it needs
    truth = base.groupby(["township", "kind"]).size()
    assert all(found.text(township=t, kind=k) == HIDDEN for (t, k), n in truth.items() if n < 5)
