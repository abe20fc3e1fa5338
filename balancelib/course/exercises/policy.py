"""Exercises of module 一: the two schemes' rules, who falls behind, five ideas of equity, mobility, and whose a gap is to mend."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from balancelib.assess import assess
from balancelib.county import County, Lacking, indicators, road_matrix
from balancelib.county.funding import funding_table
from balancelib.course.exercises.model import Exercise
from balancelib.measures import cv
from balancelib.policy import (
    IDEAS,
    Compensation,
    alliance_roles,
    causes,
    chance_to_find,
    compensated,
    control_limits,
    digital_reach,
    equity_table,
    five_ideas,
    indicator_history,
    levels_by_area,
    mobility_counts,
    nearest_first,
    odds_ratios,
    pair_schools,
    sample_for,
    signals,
    whose_to_mend,
)
from balancelib.standards import load_standard
from balancelib.standards.quotas import Formula

YEAR = 2025  # of the returns
LINE, QUOTA = 8000, 7000  # 元 a pupil of a special school: the standard's, and the national base quota
PER_PUPIL, KEPT, BEFORE = 720, 0.8, 3  # 元 a primary pupil; share of a loss made up for; its years
WITHIN, MOST = 10, 1  # km; partners of a strong school
PLACED_LINE = 85  # % of the children of migrants
SHARE, SURE = 0.10, 0.95  # of the schools are drawn; how sure a sample is to be


# What several answers and mistakes start from


def _backbone(county: County) -> pd.DataFrame:
    """Pupils and backbone teachers of the primary sections, and teachers per 100 pupils ``x``."""
    sections = indicators(county)
    sections = sections[sections["stage"] == "primary"]
    return pd.DataFrame({"pupils": sections["pupils"], "x": sections["backbone_teachers"]})


def _unweighted(county: County, ddof: int, of_pupils: bool = False) -> float:
    """The CV as spreadsheets give it: each school counts once, over the mean of schools or that of the county."""
    schools = _backbone(county)
    mean = np.average(schools["x"], weights=schools["pupils"]) if of_pupils else schools["x"].mean()
    return schools["x"].std(ddof=ddof) / mean


def _passing(county: County, least_met: int = 6, floor: float = 0.85) -> int:
    """Primary sections with so many indicators met and the others above the floor."""
    verdict = assess(county)
    ratios = verdict.ratios[verdict.sections["stage"] == "primary"].round(9)
    return int((((ratios >= 1).sum(axis=1) >= least_met) & (ratios.min(axis=1) >= floor)).sum())


def _special(county: County, column: str = "running_budget", line: float = LINE) -> dict[str, float]:
    """Running costs of the special schools per pupil, and what they lack to the line."""
    pupils = funding_table(county).query("kind == 'special'")["pupils_special"]
    if not pupils.sum() > 0:
        raise Lacking("这个县没有特殊教育学校")
    money = county.tables["money"].query(f"year == {YEAR}").set_index("school_id")
    have = money[column].reindex(pupils.index).sum()
    return {"生均": have / pupils.sum(), "还差": max(line * pupils.sum() - have, 0)}


def _behind(county: County, cause: str | None = "resources") -> set[str]:
    """Schools whose own series is low this year, for one cause or for any."""
    history = indicator_history(county)
    low = causes(signals(history, control_limits(history)), history)
    low = low[low["year"] == YEAR]
    return set(low["name"][low["cause"] == cause] if cause else low["name"])


def _with_recording(county: County) -> float:
    """Share of schools that have a recording room, in %."""
    return 100 * (county.tables["digital"]["recording_rooms"] > 0).mean()


def _ideas(county: County) -> pd.Series:
    """Which ideas of equity hold for the equipment of primary schools, by their Chinese names."""
    indicator = load_standard("quality-2017").indicator("equipment_value")
    table = equity_table(county, indicator.key, "primary")
    return five_ideas(table, indicator.thresholds["primary"], 0.5).set_index("label")["holds"].eq(True)


def _holding(county: County) -> set[str]:
    holds = _ideas(county)
    return set(holds.index[holds])


def _migrants(county: County) -> tuple[float, float]:
    """Children of migrants that qualify for a place, and those that have one."""
    items = county.tables["county_items"].iloc[0]
    eligible, placed = items["migrant_children_eligible"], items["migrant_children_placed"]
    if not eligible > 0:
        raise Lacking("这个县没有符合条件的随迁子女")
    return eligible, placed


def _near_the_line(county: County) -> dict[str, float]:
    """Share of them placed, how many fewer still keep to the line, and the share with those who are not registered."""
    eligible, placed = _migrants(county)
    return {
        "比例": 100 * placed / eligible,
        "还能少": max((100 * placed - PLACED_LINE * eligible) // 100, 0),
        "补上以后": 100 * placed / (eligible + _unlisted(county)),
    }


def _unlisted(county: County) -> int:
    """Children that the exercise supposes nobody has registered: one a school outside the villages."""
    return int((county.schools["area"] != "rural").sum())


def _fewer_of_both(county: County) -> float:
    """As if who loses a place no longer qualified for one."""
    eligible, placed = _migrants(county)
    return max((100 * placed - PLACED_LINE * eligible) // (100 - PLACED_LINE), 0)


def _all_placed(county: County) -> float:
    """The share as if who is registered late had a place too."""
    eligible, placed = _migrants(county)
    return 100 * (placed + _unlisted(county)) / (eligible + _unlisted(county))


def _primary_teachers(county: County) -> pd.DataFrame:
    schools = county.schools[["pupils_primary", "teachers_primary"]].dropna()
    return schools[(schools > 0).all(axis=1)]


def _rural(county: County) -> pd.DataFrame:
    """Counts at each level, of rural primary schools that were monitored last."""
    levels = county.tables["monitoring_levels"].query("stage == 'primary'")
    levels = levels[levels["year"] == levels["year"].max()]
    area = levels["school_id"].map(county.schools.set_index("school_id")["area"])
    return levels[(area == "rural") & (levels["tested"] > 0)]


def _reached(county: County, levels: Sequence[int]) -> float:
    rural = _rural(county)
    return 100 * rural[[f"level{n}" for n in levels]].sum().sum() / rural["tested"].sum()


def _four_cells(county: County) -> tuple[float, float, float, float]:
    """Children at college and at junior school, of parents with senior school and of those with primary school or less."""
    counts = mobility_counts(county).to_numpy()
    return counts[2, 3], counts[2, 1], counts[0, 3], counts[0, 1]


def _chances(county: County) -> float:
    """How many times as likely college is: the ratio of shares, which is no odds ratio."""
    counts = mobility_counts(county).to_numpy()
    shares = counts[:, 3] / counts.sum(axis=1)
    return shares[2] / shares[0]


def _odds_against_all(county: County) -> float:
    """The odds of college against all that is below it."""
    counts = mobility_counts(county).to_numpy()
    odds = counts[:, 3] / counts[:, :3].sum(axis=1)
    return odds[2] / odds[0]


def _between_townships(county: County, column: str = "township_share", measure: str = "theil_t") -> float:
    parts = whose_to_mend(county, measure).set_index(["stage", "indicator"])
    return 100 * parts.loc[("junior", "sports_area"), column]


def _pupils_by_year(county: County) -> pd.DataFrame:
    """Pupils by year of the primary schools that had 100 in all of them; a column a school."""
    enrolment = county.tables["enrolment"]
    kinds = county.schools.set_index("school_id")["kind"]
    rows = enrolment[enrolment["school_id"].map(kinds) == "primary"]
    pupils = rows.filter(like="grade").sum(axis=1).groupby([rows["year"], rows["school_id"]]).sum().unstack()
    pupils = pupils.loc[YEAR - BEFORE : YEAR]
    return pupils.loc[:, (pupils >= 100).all()]


def _shrinking(county: County) -> pd.Series:
    """Pupils by year of the one that lost most against its three years before."""
    pupils = _pupils_by_year(county)
    lost = pupils.iloc[:-1].mean() - pupils.loc[YEAR]
    if lost.empty or lost.max() <= 0:
        raise Lacking("没有一所100人以上的小学学生减少")
    return pupils[lost.idxmax()]


def _compensation(county: County, share: float = KEPT, years: int = BEFORE) -> float:
    pupils = _shrinking(county)
    tables = [pd.DataFrame({"pupils_primary": [n]}) for n in pupils]
    rule = Compensation(share=share, years=years, formula=Formula({"pupils_primary": PER_PUPIL}))
    return compensated(tables[-1], tables[:-1], rule)["compensation"].item()


def _pairing(county: County, how: object = pair_schools, most: int = MOST) -> set[str]:
    """Weak primary schools that are left without a partner."""
    roles = alliance_roles(county, "primary")
    km = road_matrix(county.tables["distances"], roles.index)
    return set(roles.loc[list(how(roles, km, within=WITHIN, most=most).left), "name"])


def _small(county: County) -> tuple[int, int, int]:
    """Schools, those of fewer than 100 pupils, and how many a tenth is."""
    pupils = county.schools.filter(like="pupils_").sum(axis=1)
    return len(pupils), int((pupils < 100).sum()), math.ceil(SHARE * len(pupils))


def _found(county: County) -> dict[str, float]:
    schools, small, drawn = _small(county)
    return {
        "抽得到": 100 * float(chance_to_find(schools, small, drawn)),
        "要抽": sample_for(schools, small, SURE),
    }


def _with_replacement(county: County) -> float:
    schools, small, drawn = _small(county)
    return 100 * (1 - (1 - small / schools) ** drawn)


def _shortage(county: County) -> pd.Series:
    """Backbone teachers by which each primary section is short of its threshold, negative where it has more."""
    schools = _backbone(county)
    line = load_standard("quality-2017").indicator("backbone_teachers").thresholds["primary"]
    return (line - schools["x"]) * schools["pupils"] / 100


def _lack_and_spare(county: County) -> dict[str, float]:
    short = _shortage(county)
    return {"缺": short.clip(lower=0).sum(), "富余": -short.clip(upper=0).sum()}


def _whole_teachers(county: County) -> dict[str, float]:
    """As if each school's shortage were rounded up to whole teachers, and each surplus down."""
    short = _shortage(county)
    return {"缺": np.ceil(short.clip(lower=0)).sum(), "富余": np.floor(-short.clip(upper=0)).sum()}


EXERCISES = {
    "1": Exercise(
        answer=lambda county: cv(_backbone(county)["x"], weights=_backbone(county)["pupils"]),
        hints=(
            "四步：每百名学生几名；全县的均值；标准差；相除。第二步、第三步都要按学生数。",
            "均值是教师总数除以学生总数，再乘100。标准差里每所学校的权重是它的学生占全县的比例，分母是学生总数，不减1。",
            "`(pupils * (x - mean) ** 2).sum() / pupils.sum()`是标准差的平方，开方（`** 0.5`）以后除以`mean`。",
        ),
        mistakes={
            "每所学校一样重了（STDEV.P除以平均数）。要按学生数加权。": lambda county, right: _unweighted(county, 0),
            "每所学校一样重，又用了样本的公式（STDEV）。全县的学校都在，不减1，而且要按学生数加权。": lambda county, right: _unweighted(county, 1),
            "均值加权了，标准差没有加权：分子分母两个口径。": lambda county, right: _unweighted(county, 0, of_pupils=True),
            "忘了开方：这是差异系数的平方。": lambda county, right: right**2,
        },
        tolerance=0.0005,
        right="拿它和0.50比：按原始数比，不先四舍五入。超过了，先看占比最大的是哪一所。",
    ),
    "2": Exercise(
        answer=_passing,
        hints=(
            "规则是两句话，要同时做到：至少六项不小于1；最小的一项不小于0.85。",
            "一行是一个学段部分。`(ratios >= 1).sum(axis=1)`是每行达标几项，`ratios.min(axis=1)`是每行最小的一项。",
            "`((met >= 6) & (lowest >= 0.85)).sum()`，`met`和`lowest`是上面两列。",
        ),
        mistakes={
            "要求七项全部达标了。规则容许一项短一点。": lambda county, right: _passing(county, 7),
            "只看了“至少六项达标”，忘了余下一项不能低于85%。": lambda county, right: _passing(county, 6, 0),
            "只看了“每一项都不低于85%”，没有数达标的够不够六项。": lambda county, right: _passing(county, 0),
        },
        unit="个",
        right="所有学校都达到，才算过这一关。没有过的，分开看：差在项数上，还是差在底线上，办法不一样。",
    ),
    "3": Exercise(
        answer=_special,
        hints=(
            "先算现在每名学生多少元，再算到8000元一共还差多少元。",
            "用2025年的公用经费预算除以特教学生数。还差的是全校的总数：8000乘学生数，减去预算。",
            "`{\"生均\": budget / pupils, \"还差\": max(8000 * pupils - budget, 0)}`。",
        ),
        mistakes={
            "线用成了7000元：那是国家的基准定额，优质均衡要8000元。": lambda county, right: _special(county, line=QUOTA),
            "用了支出。花了多少是一回事，安排了多少是另一回事，这里看预算。": lambda county, right: _special(county, "running_spending"),
            "“还差”是一名学生差的，要的是全校差的。": lambda county, right: {**right, "还差": LINE - right["生均"]},
        },
        unit="元",
        tolerance={"生均": 0.5, "还差": 1},
        right="再看县级项目表上这一项填的是几元：示例县填的是8000元，和账上的预算对不上。这样的两个数，先弄清楚哪一个算数，再上报。",
        tables=("money", "boarding"),
    ),
    "4": Exercise(
        answer=_behind,
        hints=(
            "三步：每所学校自己的界限；今年的信号；低的一侧各是什么原因。",
            "`causes`的结果里，`cause`一列是原因，`resources`是东西少了，`pupils`是学生多了，`others`是别人添得快。只要2025年的。",
            "`set(low.loc[(low[\"year\"] == 2025) & (low[\"cause\"] == \"resources\"), \"name\"])`。",
        ),
        mistakes={
            "这是今年低的一侧的全部学校。多数是学生多了，东西没有少。": lambda county, right: _behind(county, None),
            "这是学生多了的学校。要的是东西少了的。": lambda county, right: _behind(county, "pupils"),
        },
        right="它今年多半还达标，排名也不靠后，不看它自己的历年就看不见。现在去问，还来得及。",
        tables=("history",),
    ),
    "5": Exercise(
        answer=lambda county: digital_reach(county).loc["recording", "all"],
        hints=(
            "数的是学生，不是学校：有录播教室的学校的学生，除以全县的学生。",
            "`rooms > 0`挑出有录播教室的学校，把它们的学生加起来。",
            "`100 * pupils[rooms > 0].sum() / pupils.sum()`。",
        ),
        mistakes={
            "这是学校的百分比。大校有、小校没有，按学校数和按学生数就差得远。": lambda county, right: _with_recording(county),
            "这是没有录播教室的学校的学生。": lambda county, right: 100 - right,
        },
        unit="%",
        tolerance=0.05,
        right="再按城区、镇区、乡村各算一遍：全县的数高，乡村的数低，好课就还没有送到要去的地方。",
        tables=("digital",),
    ),
    "6": Exercise(
        answer=_holding,
        hints=(
            "五种公平观各有一条线，`five_ideas`一次都算好，`holds`一列是做到没有。",
            "要给它三样：`table`，小学的标准（每名学生2000元），差异系数的上限（0.5）。",
            "`found = five_ideas(table, 2000, 0.5)`，再取`set(found.loc[found[\"holds\"].eq(True), \"label\"])`。",
        ),
        mistakes={
            "这是没有做到的那几种。": lambda county, right: {idea.label for idea in IDEAS.values()} - set(right),
            "“最低标准”要每一名学生都够，县均值过了线不算。": lambda county, right: set(right) | {"最低标准"},
        },
        right="同一张表，有的公平观说公平，有的说不公平。写材料时写明按哪一种说。",
        tables=("monitoring_levels",),
    ),
    "7": Exercise(
        answer=_near_the_line,
        hints=(
            "三个数：现在的比例；就读的再少几名，比例就到85%的线上；分母补上漏登记的以后的比例。",
            "就读的至少要有符合条件的85%，这个数可能带小数，要往上取整。就读的减去它，就是还能少的；已经不够的写0。补登记的没有就读，只进分母，不进分子。",
            "`{\"比例\": 100 * placed / eligible, \"还能少\": max((100 * placed - 85 * eligible) // 100, 0), \"补上以后\": 100 * placed / (eligible + missed)}`。",
        ),
        mistakes={
            "“还能少”多了一名：再少这么多，就不到85%了。": lambda county, right: {**right, "还能少": right["还能少"] + 1},
            "“还能少”把分母也减了。没有了学位的孩子还是符合条件的，还在分母里。": lambda county, right: {
                **right, "还能少": _fewer_of_both(county),
            },
            "补登记的也加进了分子。他们没有就读，只进分母。": lambda county, right: {**right, "补上以后": _all_placed(county)},
            "两个比例写成了小数，题目问百分之几：要乘100。": lambda county, right: {
                **right, "比例": right["比例"] / 100, "补上以后": right["补上以后"] / 100,
            },
        },
        tolerance={"比例": 0.05, "还能少": 0, "补上以后": 0.05},
        right="拿三个数和85%比。余地比漏登记的人还小，就先查分母：谁符合条件，却没有登记。",
        tables=("county_items.migrant_children_eligible", "county_items.migrant_children_placed"),
    ),
    "8": Exercise(
        answer=lambda county: _primary_teachers(county)["pupils_primary"].sum() / _primary_teachers(county)["teachers_primary"].sum(),
        hints=(
            "全县平均每名教师教几名学生：先各自加总，再相除。",
            "不要先算每所学校的比，再把比平均：十几个人的教学点和两千人的学校就一样重了。",
            "`pupils.sum() / teachers.sum()`。",
        ),
        mistakes={
            "这是各校的比再平均。小学校多，平均数就被拉低了。": lambda county, right: (
                _primary_teachers(county)["pupils_primary"] / _primary_teachers(county)["teachers_primary"]
            ).mean(),
            "倒过来了：这是每名学生有几名教师。": lambda county, right: 1 / right,
        },
        unit="名",
        tolerance=0.005,
        right="和全国比：2005年19.43名，2022年16.19名。平均数合适，还要看最挤的那所。",
    ),
    "9": Exercise(
        answer=lambda county: 100 * levels_by_area(county).loc[("primary", "rural"), "good"],
        hints=(
            "把乡村小学的人数合在一起：Ⅲ级和Ⅳ级的人，除以参加监测的人。",
            "达到Ⅲ级“以上”，Ⅳ级也算。不要把各校的百分比平均。",
            "`100 * (level3 + level4).sum() / tested.sum()`。",
        ),
        mistakes={
            "只数了Ⅲ级，Ⅳ级更高，也算达到。": lambda county, right: _reached(county, (3,)),
            "把Ⅱ级也算进去了：要的是Ⅲ级以上。": lambda county, right: _reached(county, (2, 3, 4)),
            "这是各校百分比的平均。几个人的教学点和几十人的学校不能一样重。": lambda county, right: 100
            * (_rural(county)[["level3", "level4"]].sum(axis=1) / _rural(county)["tested"]).mean(),
        },
        unit="%",
        tolerance=0.05,
        right="把城区、镇区也各算一遍。差了多少个百分点，是结果公平要说的话；为什么差，这张表说不出。",
        tables=("monitoring_levels",),
    ),
    "10": Exercise(
        answer=lambda county: odds_ratios(mobility_counts(county), reach=3, instead=1)["ratio"].iloc[2],
        hints=(
            "四个格子：两种父母，两种子女。胜算是上大专的人数除以只读到初中的人数。",
            "父母高中的，胜算是`a / b`；父母小学及以下的，胜算是`c / d`。胜算比是两个胜算相除。",
            "`(a / b) / (c / d)`。",
        ),
        mistakes={
            "这是两个百分比相除，叫机会比，不叫胜算比。人人多读几年书，它会自己变小。": lambda county, right: _chances(county),
            "分母用了所有没上大专的人。题目只拿“大专及以上”和“初中”两级比。": lambda county, right: _odds_against_all(county),
            "倒过来了：父母学历高的放在上面。": lambda county, right: 1 / right,
        },
        unit="倍",
        tolerance=0.05,
        right="这张表是合成的，数不说明任何地方。要紧的是：全社会学历都升高时，胜算比可以一点不变。",
        tables=("mobility",),
    ),
    "11": Exercise(
        answer=_between_townships,
        hints=(
            "`whose_to_mend`一行是一项指标，`within_share`是乡镇里各校之间的，`township_share`是乡镇之间的。",
            "要初中的体育运动场馆：`stage`是`junior`，`indicator`是`sports_area`。",
            "`100 * parts.loc[(\"junior\", \"sports_area\"), \"township_share\"]`。",
        ),
        mistakes={
            "这是乡镇里各校之间的那一份。": lambda county, right: _between_townships(county, "within_share"),
            "这是按差异系数的平方拆的，题目用泰尔指数（不写`measure`就是它）。": lambda county, right: _between_townships(county, measure="cv"),
        },
        unit="%",
        tolerance=0.05,
        right="场馆的差距多在乡镇之间：县城挤、乡里宽。在一个镇里匀来匀去，动不到它。",
        tables=("schools.township",),
    ),
    "12": Exercise(
        answer=_compensation,
        hints=(
            "补的是“过去三年平均”和“今年”之差的八成，一名学生720元。",
            "过去三年是2022、2023、2024年，今年不算在平均里。",
            "`0.8 * 720 * (pupils.loc[2022:2024].mean() - pupils.loc[2025])`。",
        ),
        mistakes={
            "只和去年比了。题目比的是过去三年的平均。": lambda county, right: _compensation(county, years=1),
            "忘了乘0.8：这是少了的全部，补偿只给八成。": lambda county, right: right / KEPT,
            "今年也算进平均里了。": lambda county, right: KEPT * PER_PUPIL * (_shrinking(county).mean() - _shrinking(county).loc[YEAR]),
            "这是人数的差，还没有乘720元和0.8。": lambda county, right: right / KEPT / PER_PUPIL,
        },
        unit="元",
        tolerance=1,
        right="明年往后移一年，学生不再减少的话，补偿会自己退完：这就是到期日。",
        tables=("enrolment",),
    ),
    "13": Exercise(
        answer=_pairing,
        hints=(
            "先分出谁强谁弱，再配对，最后看谁没有配上。",
            "`pair_schools(roles, km, within=10, most=1)`：10公里以内，一所强校只带一所。`left`是没有配上的标识码。",
            "`set(roles.loc[list(pairing.left), \"name\"])`，`pairing`是上一步的结果。",
        ),
        mistakes={
            "这是谁近配谁的结果。就近配，最缺的学校会落下。": lambda county, right: _pairing(county, nearest_first),
            "一所强校带了两所：`most`要写1。": lambda county, right: _pairing(county, most=2),
        },
        right="没有配上的，用`explain_left`看差在哪里：够不着，还是够得着的都已经带了别人。",
        tables=("distances",),
    ),
    "14": Exercise(
        answer=_found,
        hints=(
            "两个问题都是不放回的抽样：抽出来的学校不会再抽到第二次。",
            "`chance_to_find(学校数, 小规模学校数, 抽几所)`是至少碰到一所的机会，`sample_for`反过来算要抽几所。",
            "`{\"抽得到\": 100 * chance_to_find(schools, small, drawn), \"要抽\": sample_for(schools, small, 0.95)}`。",
        ),
        mistakes={
            "当作放回去再抽了：同一所学校不会抽两次。": lambda county, right: {**right, "抽得到": _with_replacement(county)},
            "“抽得到”是一所也没有碰到的机会，要用100%减去它。": lambda county, right: {**right, "抽得到": 100 - right["抽得到"]},
            "“要抽”填成了10%的所数。": lambda county, right: {**right, "要抽": _small(county)[2]},
        },
        tolerance={"抽得到": 0.05, "要抽": 0},
        right="要紧的学校不能靠碰：分层抽，保证每一层都有。分了层，错误率照样算得出来。",
    ),
    "15": Exercise(
        answer=_lack_and_spare,
        hints=(
            "每所小学（小学部分）按标准该有几名：学生数除以100，乘1。和现有的一减，正的是缺，负的是富余。",
            "缺的和富余的分开加，不要相抵，也不要取整：先看总量够不够。",
            "`short = pupils / 100 - backbone`，缺是`short[short > 0].sum()`，富余是`-short[short < 0].sum()`。",
        ),
        mistakes={
            "缺的和富余的相抵了。先各算各的。": lambda county, right: {
                "缺": max(right["缺"] - right["富余"], 0), "富余": max(right["富余"] - right["缺"], 0),
            },
            "每所学校先取整了。排方案时要取整，看总量时先不取。": lambda county, right: _whole_teachers(county),
            "两个数写反了。": lambda county, right: {"缺": right["富余"], "富余": right["缺"]},
        },
        unit="名",
        tolerance=0.05,
        right="富余不少于缺，是分布的问题，县里自己能匀；富余比缺少，怎么匀也不够，差的那一截才向上要。",
    ),
}  # fmt: skip
