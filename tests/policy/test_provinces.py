"""Primary schools by province in 2005: the real table, and the row that is computed."""

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT

from balancelib.measures import gini
from balancelib.policy import provinces_2005

FILE = ROOT / "data" / "provinces_2005.csv"


def test_the_four_missing_provinces_are_what_is_left_of_the_nation():
    table = provinces_2005(FILE)
    assert table["computed"].sum() == 1
    assert len(table) == 28
    # The yearbook's national row.
    assert table["students"].sum() == 108_640_655
    assert table["fulltime_teachers"].sum() == 5_592_453
    assert table["schools"].sum() == 366_213
    assert round(108_640_655 / 5_592_453, 2) == 19.43
    assert table.loc["北京", ["students", "fulltime_teachers"]].tolist() == [494_482, 47_948]
    (name,) = table.index[table["computed"]]
    assert all(province in name for province in ("甘肃", "青海", "宁夏", "新疆"))
    assert "推算" in name


def test_gini_by_its_definition():
    table = provinces_2005(FILE)
    x, w = (table["fulltime_teachers"] / table["students"]).to_numpy(), table["students"].to_numpy()
    pairs = np.abs(x[:, None] - x) * w[:, None] * w
    assert gini(x, w) == pytest.approx(pairs.sum() / (2 * w.sum() ** 2 * np.average(x, weights=w)))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: t.drop("北京"), "应有27个省"),
        (lambda t: t.drop("全国"), "全国一行"),
        (lambda t: t.rename(index={"北京": "天津"}), "应有27个省"),
        (lambda t: t.assign(students=t["students"].where(t.index != "全国", 1_000)), "不少于全国"),
    ],
)
def test_another_table_is_refused(tmp_path, change, words):
    change(pd.read_csv(FILE, index_col="province")).to_csv(tmp_path / "p.csv", index_label="province")
    with pytest.raises(ValueError, match=words):
        provinces_2005(tmp_path / "p.csv")
