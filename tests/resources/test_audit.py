"""The audit: what was planted is found and nothing else; rules by hand; files of rules that are refused."""

import msgspec
import numpy as np
import pandas as pd
import pytest
from samples import sample_county
from scipy import stats

from balancelib.assess.logic import within
from balancelib.county import County
from balancelib.resources import AuditRulesError, audit, audit_fields, load_rules
from balancelib.resources.audit import _apart
from balancelib.resources.audit_rules import RULES
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


def test_what_decides_whether_a_row_is_asked_may_be_missing():
    """Without pupils nobody knows the quota of the four rows: they are missing, not passed over."""
    county = small_county()
    del county.tables["enrolment"]
    looked_at = audit(county).looked_at.set_index("id")
    for rule in ("quota", "small_school", "not_in_ledger", "not_paid"):
        assert looked_at.loc[rule, ["judged", "found", "missing"]].tolist() == [0, 0, 4]
    county.tables["money"].loc[0, "running_spending"] = np.nan  # the year before of row 1; row 0 has none
    looked_at = audit(county).looked_at.set_index("id")
    assert looked_at.loc["jump", ["judged", "missing"]].tolist() == [1, 1]


def test_money_is_needed():
    county = small_county()
    money = county.tables.pop("money")
    with pytest.raises(ValueError, match="没有“学校经费”表"):
        audit(county)
    county.tables["money"] = money.iloc[:0]
    with pytest.raises(ValueError, match="一格也没有填"):
        audit(county)


@pytest.mark.parametrize(
    ("value", "limit", "texts"),
    [
        (4.034, 4.0331, ("4.03", "4.0")),
        (4.06, 4.0331, ("4.1", "4.0")),
        (3.98, 3.96, ("4.0", "3.96")),  # 4.0 not over 4.0 would be no finding
        (4.4, 3.96, ("4.4", "4.0")),
    ],
)
def test_a_value_never_looks_like_its_limit(value, limit, texts):
    assert _apart(value, limit, 1, within) == texts


@pytest.mark.parametrize("limit", [4.78, 9.2])  # two schools are 4.790 and 9.210 away
def test_distances_never_look_like_their_limit(limit):
    rules = load_rules()
    probability = stats.chi2.sf(limit**2, len(rules.outliers.fields))
    outliers = msgspec.structs.replace(rules.outliers, probability=probability)
    findings = audit(sample_county(7), msgspec.structs.replace(rules, outliers=outliers)).findings
    for row in findings[findings["id"] == "outliers"].itertuples():
        far = row.value.partition("，")[0].removeprefix("稳健距离")
        assert float(far) > float(row.limit.removeprefix("不超过"))


def test_the_rule_of_small_schools_says_whom_it_is_for():
    rule = next(rule for rule in load_rules().rules if rule.id == "small_school")
    assert rule.meaning == "不足100名学生的村小和教学点按100人核定公用经费。"


def test_fields_of_the_year_before():
    fields = audit_fields(small_county()).set_index(["school_id", "year"])
    assert fields.loc[("1", 2025), "previous_equipment_spending"] == 5_005
    assert np.isnan(fields.loc[("1", 2024), "previous_equipment_spending"])
    assert fields.loc[("1", 2024), ["pupils", "quota", "ledger_bought"]].tolist() == [200, 144_000, 5_005]
    assert fields.loc[("2", 2025), ["pupils", "quota", "ledger_bought"]].tolist() == [50, 72_000, 0]


def test_why_a_quota_is_not_known_is_told():
    county = small_county()
    county.tables["enrolment"] = county.tables["enrolment"].query("year == 2024")
    found = audit(county)
    assert found.unknown == {2024: "“分年级学生”表里没有2023年的数"}
    assert found.looked_at.set_index("id").at["not_in_ledger", "missing"] == 2
    assert audit(small_county()).unknown == {}


def test_a_blank_in_the_ledger_is_not_nothing_bought():
    county = small_county()
    county.tables["ledger"].loc[0, "unit_value"] = np.nan
    fields = audit_fields(county).set_index(["school_id", "year"])
    assert np.isnan(fields.loc[("1", 2024), "ledger_bought"])
    assert fields.loc[("1", 2025), "ledger_bought"] == 0
    assert "not_in_ledger" not in [rule for rule, *_ in questions(county)]


def test_the_sample_county_has_what_was_planted_and_nothing_else():
    """See `balancelib.county.sample.money`: five schools, each one thing; some of it is far from the others as well."""
    findings = audit(sample_county(7)).findings
    asked = {
        frozenset((row.id, None if pd.isna(row.year) else row.year) for row in school.itertuples())
        for _, school in findings.groupby("school_id")
    }
    assert asked == {
        frozenset({("training_share", 2023), ("outliers", 2023)}),
        frozenset({("overspent", 2022), ("outliers", 2022)}),
        frozenset({("jump", 2024), ("outliers", 2024), ("drop", 2025)}),
        frozenset({("round", None)}),
        frozenset({("outliers", 2025)}),
    }
    assert findings["school_id"].nunique() == 5
    last = findings[(findings["id"] == "outliers") & (findings["year"] == 2025)]
    assert "生均维修偏高" in last["value"].item()


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_what_was_planted_is_found_whatever_the_seed(seed):
    ids = audit(sample_county(seed)).findings["id"].value_counts()
    assert ids.drop("outliers").to_dict() == {
        "training_share": 1,
        "overspent": 1,
        "jump": 1,
        "drop": 1,
        "round": 1,
    }
    assert 3 <= ids["outliers"] <= 7


def test_the_table_is_in_chinese_and_rules_come_first():
    table = audit(sample_county(7)).table()
    assert list(table.columns) == ["学校", "年份", "问题", "数值", "限值", "性质", "请学校提供"]
    assert table["性质"].tolist() == sorted(table["性质"], key=["不合规定", "反常"].index)
    assert table["年份"].tolist().count("各年") == 1
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
