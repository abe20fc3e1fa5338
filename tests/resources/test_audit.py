"""The audit: what was planted is found and nothing else; rules by hand; files of rules that are refused."""

import numpy as np
import pandas as pd
import pytest

from balancelib.county import County, sample_county
from balancelib.resources import AuditRulesError, audit, audit_fields, load_rules
from balancelib.resources.audit import RULES
from balancelib.resources.expressions import evaluate, fault

YEARS = [2024, 2025]


def small_county():
    """Two schools and two years without a fault: 200 primary pupils at 720, and 50 who are funded as 100."""
    schools = pd.DataFrame(
        {
            "school_id": ["1", "2"], "name": ["甲校", "乙校"], "kind": "primary", "operator": "public", "area": "rural",
            "pupils_primary": [200.0, 50.0], "pupils_junior": np.nan,
        }
    )  # fmt: skip
    quota = np.array([144_000.0, 144_000.0, 72_000.0, 72_000.0])
    money = pd.DataFrame(
        {
            "school_id": ["1", "1", "2", "2"], "year": YEARS * 2, "running_budget": quota, "grant_upper": 0.6 * quota,
            "grant_county": 0.4 * quota, "other_income": 1001.0, "running_spending": quota - 111, "training_spending": 0.05 * quota,
            "equipment_spending": [5_005.0, 0.0, 0.0, 0.0], "repair_spending": 3_003.0,
        }
    )  # fmt: skip
    grades = {f"grade{grade}": np.nan for grade in range(1, 10)} | {"grade1": [200.0, 200, 50, 50]}
    enrolment = pd.DataFrame({"school_id": ["1", "1", "2", "2"], "year": [2023, 2024] * 2} | grades)
    ledger = pd.DataFrame(
        {"school_id": ["1"], "quantity": [5.0], "unit_value": [1_001.0], "year_bought": [2024.0]}
    )
    return County({"schools": schools, "money": money, "enrolment": enrolment, "ledger": ledger})


def questions(county):
    return [(row.id, row.school_id, row.year, row.value) for row in audit(county).findings.itertuples()]


def test_a_county_without_a_fault_is_asked_nothing():
    assert questions(small_county()) == []


@pytest.mark.parametrize(
    ("column", "row", "amount", "asked"),
    [
        ("training_spending", 0, 7_199, [("training_share", "1", 2024, "4.999%")]),  # 5 % of 144,000 is 7,200
        ("running_spending", 1, 145_002, [("overspent", "1", 2025, "145,002元")]),  # 144,000 + 1,001
        ("running_spending", 1, 145_001, []),
        ("equipment_spending", 0, 15_025, [("not_in_ledger", "1", 2024, "50.1元/人")]),  # 5,005 in the ledger, 10,000 = 50 × 200
        ("equipment_spending", 0, 15_005, []),
        ("equipment_spending", 0, 2_999, [("not_paid", "1", 2024, "10.03元/人")]),
        ("equipment_spending", 3, 2_600, [("not_in_ledger", "2", 2025, "52元/人")]),
        ("running_spending", 0, 90_000, [("jump", "1", 2025, "1.60倍")]),  # 143,889 / 90,000
    ],
)  # fmt: skip
def test_rules_by_hand(column, row, amount, asked):
    county = small_county()
    county.tables["money"].loc[row, column] = amount
    assert questions(county) == asked


def test_a_small_school_is_funded_as_a_hundred():
    county = small_county()
    money = county.tables["money"]
    money.loc[2, ["running_budget", "grant_upper", "grant_county"]] = [36_000, 21_600, 14_400]  # 50 × 720
    money.loc[2, ["running_spending"]] = 36_000
    ids = audit(county).findings["id"].tolist()
    assert "small_school" in ids
    assert "quota" not in ids
    money.loc[0, ["running_budget", "grant_county"]] = [140_000, 53_600]  # 140,000 is under 99 % of 144,000
    assert "quota" in audit(county).findings["id"].tolist()


def test_what_is_not_known_is_not_judged():
    county = small_county()
    del county.tables["ledger"]
    looked_at = audit(county).looked_at.set_index("id")
    assert looked_at.loc["not_in_ledger", ["judged", "found", "missing"]].tolist() == [0, 0, 4]
    county.tables["money"].loc[0, "training_spending"] = np.nan
    looked_at = audit(county).looked_at.set_index("id")
    assert looked_at.loc["training_share", ["judged", "missing"]].tolist() == [3, 1]
    assert looked_at.loc["jump", ["judged", "missing"]].tolist() == [
        2,
        0,
    ]  # 2024 is the first year: not asked


def test_money_is_needed():
    county = small_county()
    del county.tables["money"]
    with pytest.raises(ValueError, match="没有学校经费表"):
        audit(county)


def test_fields_of_the_year_before():
    fields = audit_fields(small_county()).set_index(["school_id", "year"])
    assert fields.loc[("1", 2025), "previous_equipment_spending"] == 5_005
    assert np.isnan(fields.loc[("1", 2024), "previous_equipment_spending"])
    assert fields.loc[("1", 2024), ["pupils", "quota", "ledger_bought"]].tolist() == [200, 144_000, 5_005]
    assert fields.loc[("2", 2025), ["pupils", "quota", "ledger_bought"]].tolist() == [50, 72_000, 0]


def test_the_sample_county_has_what_was_planted_and_nothing_else():
    """See `balancelib.county.sample.money`: five schools, each one thing."""
    table = audit(sample_county(7)).findings
    asked = {
        (row.name_, row.year if pd.notna(row.year) else None)
        for row in table.rename(columns={"name": "name_"}).itertuples()
    }
    assert asked == {
        ("城关镇第一小学", 2023), ("青石乡第一小学", 2022), ("城关镇第七小学", 2024), ("城关镇第七小学", 2025), ("松坪镇第一初级中学", None),
        ("梅岭镇第一初级中学", 2025),
    }  # fmt: skip
    assert set(table["id"]) == {"training_share", "overspent", "jump", "drop", "round", "outliers"}
    outlier = table[(table["id"] == "outliers") & (table["name"] == "梅岭镇第一初级中学")]
    assert "生均校舍维修支出偏高" in outlier["value"].item()


def test_the_table_is_in_chinese_and_rules_come_first():
    table = audit(sample_county(7)).table()
    assert list(table.columns) == ["学校", "年份", "问题", "数值", "限值", "性质", "请学校提供"]
    assert table["性质"].tolist() == sorted(table["性质"], key=["有规定，请核实", "反常，请说明"].index)
    assert table.loc[0, "数值"] == "3.80%"
    assert table.loc[0, "限值"] == "不低于5.00%"


@pytest.mark.parametrize(
    ("old", "new", "key", "said"),
    [
        ('value = "training_spending / running_budget"', 'value = "__import__(1)"', "rules.training_share.value", "只能有"),
        ('value = "training_spending / running_budget"', 'value = "training / running_budget"', "rules.training_share.value", "没有training这样的数"),
        ('least = "0.05"', 'least = "0.05 +"', "rules.training_share.least", "读不懂"),
        ('least = "0.05"\n', "", "rules.training_share", "至少要写一个"),
        ('severity = "rule"', 'severity = "crime"', "rules.training_share.severity", "不认识"),
        ('fields = ["other_income"', 'fields = ["income"', "round.fields", "没有income"),
        ('id = "overspent"', 'id = "training_share"', "rules.training_share", "写了两遍"),
    ],
)  # fmt: skip
def test_malformed_rules_are_refused(tmp_path, old, new, key, said):
    text = RULES.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "own.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(AuditRulesError, match=said) as error:
        load_rules(path)
    assert (error.value.file, error.value.key) == ("own.toml", key)


def test_rules_of_ones_own(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(
        '[[rules]]\nid = "repair"\nlabel = "维修"\nseverity = "question"\nvalue = "repair_spending"\nmost = "3000"\nunit = "元"\n'
        'meaning = "不超过3000元"\nask = "合同"\n',
        encoding="utf-8",
    )
    table = audit(small_county(), load_rules(path)).table()
    assert table["数值"].tolist() == ["3,003元"] * 4


@pytest.mark.parametrize(
    "expression",
    ["a.b", "a[0]", "a ** 9", "f(a)", "log(a, a)", "lambda: 1", "'a'", "a if a else a", "a < a < a", "a or a", "not a", "True", "a" * 301, "(" * 90, ""],
)  # fmt: skip
def test_expressions_hold_sums_only(expression):
    assert fault(expression, {"a", "b", "f"})


def test_expressions_are_worked_out():
    table = pd.DataFrame({"a": [1.0, 4.0], "b": [2, 0]})
    assert evaluate("(a + 1) * -b / 2 - 1", table).tolist() == [-3.0, -1.0]
    assert evaluate("a > 1 and b <= 0", table).tolist() == [False, True]
    assert evaluate("a / b", table).tolist() == [0.5, np.inf]
    assert evaluate("3", table).tolist() == [3.0, 3.0]
