"""The list of what is to be mended on one day, as an office hands it round: what to ask about, what comes next, who is in arrears."""

from datetime import date
from typing import Any

import pandas as pd

from balancelib.progress import STATUS, Claim, ledger_counts, overdue_list
from balancelib.report.blocks import Report, Section, Strong, Table, numbered, with_synthetic
from balancelib.report.sheeted import a_sheet_a_section
from balancelib.sheets import Entry, Page, text

NOTHING = "没有。"
HEADS = {
    "name": "学校或单位",
    "label": "项目",
    "owner": "责任岗位",
    "due": "时限",
    "said": "怎么了",
    "days_late": "过期（天）",
}
COUNTED = {"owner": "责任岗位", "label": "项目", "name": "学校或单位"}
WIDE = {"学校或单位": 24, "项目": 26, "责任岗位": 14, "时限": 12, "怎么了": 24}
NARROW = 9
LEAST = 80  # of a whole sheet, for its notes
HOW = (
    "写了已完成、已核验，没有写佐证的，不算改好。",
    "改好以后到校又看到没有做到，或者又立了一件同样的，算“改了又出现”，回到要追问的单子里。",
    "过期的天数从时限的第二天算起；改了又出现的，从又看到的那天算起。宽限只决定要不要列进超期，不改天数。",
    "又出现的，后来到校看到做到了，或者新立的那一件改好了，不再追问；新立的那一件也要追问的，只列新的。",
    "批准延期的，不改原来的完成时限，把新的时限、谁批的写进措施：天数照原来的时限数。",
    "完成日期写在这一天以后的，这一天还不算完成；没有写完成日期的，按完成算。",
)


def ledger_report(judged: pd.DataFrame, claim: Claim, on: date, county: str = "") -> Report:
    """Say how a list stands.

    Parameters
    ----------
    judged : DataFrame
        As of `balancelib.progress.judge_ledger`.
    claim : Claim
        What of it stands, as of `balancelib.progress.ledger_claim`.
    on : date
        The day that both are of.
    county : str
        Its name.
    """
    notice = with_synthetic(f"按{on.isoformat()}这一天算。", county)
    soon = judged[judged["status"] == "soon"].sort_values(["due", "action"], kind="stable")
    sections = [
        Section("一页看懂", [Strong(ledger_sentence(judged)), *claim_sentences(claim), _by_status(judged)]),
        Section("要追问的", _listed(overdue_list(judged), "超期没改、没有佐证、改了又出现的，最久的在前")),
        Section("快到期的", _listed(soon, "三十天以内到期的")),
        Section("分给各岗位", _listed(_by_owner(judged), "没有改好的，一个岗位的排在一起")),
        Section("按责任岗位", _counted(judged, "owner")),
        Section("按项目", _counted(judged, "label")),
        Section("怎样算", list(HOW)),
    ]
    return numbered(Report(f"{county}整改台账：{on.isoformat()}", notice, sections))


def _by_owner(judged: pd.DataFrame) -> pd.DataFrame:
    """Return all that is not mended, to be handed out post by post."""
    left = judged[judged["status"] != "mended"].sort_values(["days_late", "due"], ascending=[False, True])
    return left.sort_values("owner", kind="stable", key=lambda owners: owners.fillna(""))


def ledger_sentence(judged: pd.DataFrame) -> str:
    """Say in a sentence what is to be asked about."""
    counts = overdue_list(judged)["status"].value_counts()
    asked = "、".join(
        f"{STATUS[key]}的{counts[key]}件" for key in ("overdue", "unproven", "reopened") if counts.get(key)
    )
    overdue = judged.loc[judged["status"] == "overdue", "days_late"]
    late = f"，最久的超期{overdue.max()}天" if len(overdue) else ""
    mended = (judged["status"] == "mended").sum()
    return f"一共{len(judged)}件，改好有佐证的{mended}件。要追问的：{asked or '没有'}{late}。"


def claim_sentences(claim: Claim) -> list[str]:
    """Say how much of what is said to be mended stands."""
    if not claim.closed:
        return ["没有写已完成、已核验的。"]
    lines = [f"写已完成、已核验的{claim.closed}件，其中写了佐证的{claim.proven}件。"]
    if claim.seen_again:
        _, low, high = claim.share
        lines.append(
            f"改好以后又到校看过的{claim.seen_again}件，还是做到的{claim.held}件（95%区间{low:.0%}到{high:.0%}）。回头看的不是随机抽的，这个比例不能推到全县。"
        )
    return lines


def _by_status(judged: pd.DataFrame) -> Table:
    counts = judged["status"].value_counts().reindex(list(STATUS), fill_value=0)
    return Table(
        pd.DataFrame({"件": counts.to_numpy()}, index=pd.Index(STATUS.values(), name="怎么样")), "各有多少件"
    )


def _listed(entries: pd.DataFrame, caption: str) -> list[Any]:
    if entries.empty:
        return [NOTHING]
    goes_on = entries["goes_on"].where(entries["status"] == "reopened")
    said = entries["status"].map(STATUS) + ("，接" + goes_on.astype("string")).fillna("")
    frame = entries.assign(said=said, due=entries["due"].dt.strftime("%Y-%m-%d"))
    frame = frame.set_index("action")[list(HEADS)].rename(columns=HEADS).rename_axis("编号")
    return [Table(frame.astype(object).where(frame.notna(), "—"), caption)]


def _counted(judged: pd.DataFrame, by: str) -> list[Any]:
    if judged.empty:
        return [NOTHING]
    counts = ledger_counts(judged, by).rename(columns=STATUS | {"total": "合计", "longest": "过期最久（天）"})
    return [Table(counts.rename_axis(COUNTED[by]), f"按{COUNTED[by]}，欠得多的在前")]


def ledger_workbook(report: Report) -> bytes:
    """Return the same as a workbook, a sheet a section; the same bytes each time."""
    return a_sheet_a_section(report, _sheet)


def _sheet(book: Any, name: str, report: Report, section: Section) -> None:
    tables = [block.texts for block in section.blocks if isinstance(block, Table)]
    head = max((table[0] for table in tables), key=len, default=[""] * 5)
    widths = [
        max(22 if k == 0 and "编号" not in head else 8, WIDE.get(cell, NARROW)) for k, cell in enumerate(head)
    ]
    widths += [LEAST - sum(widths)] if sum(widths) < LEAST else []
    page = Page(book, name, widths, landscape=len(head) > 5)
    page.title(report.title)
    page.note(report.notice)
    for block in section.blocks:
        if isinstance(block, Table):
            first, *rows = block.texts
            page.table(
                first, [[text(row[0]), *map(_cell, row[1:])] for row in rows], [1] * len(first), repeat=True
            )
        else:
            page.note(block.text if isinstance(block, Strong) else block)


def _cell(shown: str) -> Entry:
    """Write counts as numbers, so that they can be added up."""
    return Entry(int(shown)) if shown.isdecimal() else text(shown)
