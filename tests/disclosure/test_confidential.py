"""What wraps exact counts shows none of them; what is hostile or unknown is refused in Chinese."""

import copy
import json
import pickle

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from balancelib.disclosure import Confidential, Policy, PolicyError, Refused, cumulative, load_policy
from balancelib.disclosure.lot import Lots

FRAME = pd.DataFrame({"township": ["甲", "甲", "乙"], "kind": ["x", "y", "x"], "children": [73, 3, 91]})
SECRET = ("73", "91", "76", "167", "164")


def test_no_way_of_showing_shows_a_count():
    wrapped = Confidential(FRAME)
    for text in (repr(wrapped), str(wrapped), f"{wrapped}", f"{wrapped:>5}", "%s" % wrapped):  # noqa: UP031
        assert "保密" in text
        assert not any(number in text for number in SECRET)
    assert not any(number in json.dumps(dir(wrapped)) for number in SECRET)
    assert not hasattr(wrapped, "_repr_html_")


@pytest.mark.parametrize(
    "way",
    [
        pickle.dumps,
        copy.copy,
        copy.deepcopy,
        list,
        dict,
        len,
        bool,
        float,
        json.dumps,
        np.array,
        pd.DataFrame,
        vars,
        lambda c: c["children"],
        lambda c: c.to_csv(),
        lambda c: c.plot(),
        lambda c: c + 1,
        lambda c: c < 2,
        lambda c: 3 in c,
        lambda c: pd.DataFrame({"a": [1]}).merge(c),
        plt.plot,
    ],
)
def test_no_way_out_leads_out(way):
    with pytest.raises((Refused, TypeError, AttributeError, ValueError)) as caught:
        way(Confidential(FRAME))
    assert not any(number in str(caught.value) for number in SECRET)


def test_exact_counts_are_for_purposes_that_are_written_down():
    wrapped = Confidential(FRAME)
    assert wrapped.exact("核对")["count"].sum() == 167
    assert wrapped.only(township=["甲"]).exact("核对")["count"].tolist() == [73, 3]
    with pytest.raises(Refused, match=r"没有写在policy\.toml"):
        wrapped.exact("随便看看")


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([("甲", np.nan)], "不明不等于0"),
        ([("甲", "五")], "不明不等于0"),
        ([("甲", -1)], "人数应在0到"),
        ([("甲", 1e12)], "人数应在0到"),
        ([("甲", np.inf)], "人数应在0到"),
        ([("甲", 1.5)], "整数"),
        ([(None, 3)], "是空的"),
        ([(" ", 3)], "类别名"),
        ([("甲\x1b[31m", 3)], "类别名"),
        ([("甲" * 1001, 3)], "类别名"),
        ([("合计", 3)], "合计由程序来算"),
        ([("…", 3)], "合计由程序来算"),
    ],
)
def test_what_is_unknown_or_hostile_is_refused(rows, why):
    with pytest.raises(Refused, match=why):
        Confidential(pd.DataFrame(rows, columns=["township", "children"]))


def test_odd_but_honest_values_are_published_as_they_are():
    rows = [("=HYPERLINK(1)", "1"), ("<b>", "2.0"), ("=HYPERLINK(1)", "2.0"), ("<b>", "1")]
    frame = pd.DataFrame(rows, columns=["a", "b"]).assign(children=[10**8, 10**8 - 1, 7, 2])
    found = Confidential(frame).publish([("a", "b")], Policy(seconds=5))
    assert list(found.table("a", "b").index) == ["<b>", "=HYPERLINK(1)", "合计"]
    assert (found.attack()["greatest"] - found.attack()["least"] >= 5).all()


def test_nobody_and_one_cell_are_tables_too():
    nobody = FRAME.assign(children=0)
    assert (Confidential(nobody).publish([("township",)]).table("township")["人数"] == "0").all()
    assert Confidential(FRAME).publish([()]).text() == "167"
    assert Confidential(FRAME.assign(children=1)).publish([()]).text() == "…"
    for tables, why in (
        ([("town",)], "没有“town”这一列"),
        (["township"], "写成列名的组"),
        ([("kind", "kind")], "写了两次"),
    ):
        with pytest.raises(Refused, match=why):
            Confidential(FRAME).publish(tables)


def test_lots_hang_on_counts_and_secret_and_are_not_shown():
    same, other = Lots("s", ["a\t1"]), Lots("t", ["a\t1"])
    assert (same.draw("x", "abc") == Lots("s", ["a\t1"]).draw("x", "abc")).all()
    assert (same.draw("x", "abc") != other.draw("x", "abc")).all()
    assert (same.draw("x", "abc") != Lots("s", ["a\t2"]).draw("x", "abc")).all()
    policy = Policy(secret="机密之词", seconds=5)
    found = Confidential(FRAME).publish([("township", "kind")], policy)
    assert "机密之词" not in repr(policy) + repr(found) + repr(found.policy) + found.message


def test_policy_is_data_and_is_checked(tmp_path):
    assert load_policy() == Policy()
    own = tmp_path / "province.toml"
    own.write_text('version = "1"\nleast = 10\nzeros = "hidden"\n', encoding="utf-8")
    assert load_policy(own) == Policy(least=10, zeros="hidden")
    for text in (
        'version = "1"\nleast = 1',
        'version = "1"\nlest = 3',
        "least = 4",
        'version = "1"\nzeros = "x"',
    ):
        own.write_text(text, encoding="utf-8")
        with pytest.raises(PolicyError):
            load_policy(own)
    with pytest.raises(PolicyError):
        Confidential(FRAME).publish([("kind",)], Policy(width=0))


def test_cumulative_counts_become_what_each_week_added():
    first = FRAME
    second = pd.concat(
        [FRAME.assign(children=[73, 4, 99]), pd.DataFrame([("乙", "y", 2)], columns=FRAME.columns)]
    )
    added = cumulative({1: first, 2: second})
    assert added[added["period"] == "2"].set_index(["township", "kind"])["children"].to_dict() == {
        ("甲", "x"): 0,
        ("甲", "y"): 1,
        ("乙", "x"): 8,
        ("乙", "y"): 2,
    }
    with pytest.raises(Refused, match="比上一次少了"):
        cumulative({1: second, 2: first})
    with pytest.raises(Refused, match="已有“period”"):  # it would be written over
        cumulative({1: FRAME.rename(columns={"kind": "period"})})
