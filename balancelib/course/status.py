"""Sphinx extension that says what the book stands on: versions, run times of the notebooks, the last run of the tests."""

import os
import platform
from importlib.metadata import version
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from balancelib import __version__
from balancelib.course.execution import digest_folder

PYTHONS = Path("benchmarks") / "pythons.csv"  # written by `make pythons`
PACKAGES = {"newest": "最新", "oldest": "允许的最旧"}
TESTS = "tests.xml"  # in _build; written by `make test`
NAMED = [
    "numpy",
    "pandas",
    "scipy",
    "matplotlib",
    "seaborn",
    "jupyterlab",
    "ipywidgets",
    "jupyter-book",
    "sphinx",
    "myst-nb",
]
FAILED, SKIPPED, PASSED = "失败", "跳过", "通过"
OUTCOMES = {"failure": FAILED, "error": FAILED, "skipped": SKIPPED}
SHARES = {"balancelib": "程序库说明里的例子", "notebooks": "笔记本逐格重跑"}  # the others by their file


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directives of the page of the state."""
    for name, directive in {
        "versions": Versions,
        "run-times": RunTimes,
        "test-results": TestResults,
        "pythons": Pythons,
    }.items():
        app.add_directive(name, directive)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


class Report(SphinxDirective):
    """Text made in the build, read as if it stood in the page."""

    def run(self) -> list[nodes.Node]:
        """Put the text into the page, which is read anew in each build."""
        self.env.note_reread()
        return self.parse_text_to_nodes(self.text())

    def text(self) -> str:
        """Text in MyST Markdown."""
        raise NotImplementedError


class Versions(Report):
    """What the book was made of, and with."""

    def text(self) -> str:
        """Table of versions."""
        ours = {
            "程序库`balancelib`": __version__,
            "示例数据": digest_folder(Path(self.env.srcdir) / "data")[:8],
            "Python": platform.python_version(),
        }
        others = {f"`{name}`": version(name) for name in NAMED}
        return in_table(pd.Series(ours | others, name="版本").rename_axis("名称").reset_index())


class RunTimes(Report):
    """How long the notebooks took."""

    def text(self) -> str:
        """Table of seconds, the longest first."""
        seconds = self.env.execution_seconds
        table = pd.Series(
            {f"{{doc}}`/{page}`": seconds[page] for page in seconds if page in self.env.found_docs}
        )
        shown = table.sort_values(ascending=False).map("{:.1f}".format)
        return (
            f"共{len(table)}个，一个接一个要{table.sum():.0f}秒；生成这本书的机器有{os.cpu_count()}个处理器，"
            "几个笔记本同时跑。\n\n"
            + in_table(shown.rename("用时（秒）").rename_axis("笔记本").reset_index())
        )


class TestResults(Report):
    """What the tests said when they were last run."""

    def text(self) -> str:
        """Summary and table by file."""
        record = Path(self.env.srcdir) / "_build" / TESTS
        return (
            describe_tests(record) if record.exists() else "还没有测试记录。先运行`make test`，再生成这本书。"
        )


class Pythons(Report):
    """On which Pythons the library was tried."""

    def text(self) -> str:
        """Table of Pythons."""
        return describe_pythons(Path(self.env.srcdir) / PYTHONS)


def describe_pythons(record: Path) -> str:
    """Sum up the record of `make pythons`; a Python that was not there is named too."""
    if not record.exists():
        return "还没有记录。运行`make pythons`。"
    found = pd.read_csv(record, dtype=str, keep_default_na=False)
    ran = found["ran"] == "yes"
    names = {"passed": PASSED, "failed": FAILED, "skipped": SKIPPED, "commit": "提交"}
    table = pd.DataFrame(
        {
            "Python": found["python"].where(ran, found["asked"]),
            "软件包": found["packages"].map(PACKAGES),
            **{title: found[name].where(ran, "没有运行") for name, title in names.items()},
        }
    )
    return in_table(table)


def describe_tests(record: Path) -> str:
    """Sum up a record of pytest in JUnit's format."""
    suite = ElementTree.parse(record).getroot().find("testsuite")
    tests = pd.DataFrame(
        {
            "测试": share_of(case.get("classname")),
            "结果": next((OUTCOMES[part.tag] for part in case if part.tag in OUTCOMES), PASSED),
            "用时（秒）": float(case.get("time")),
        }
        for case in suite.iter("testcase")
    )
    counts = pd.crosstab(tests["测试"], tests["结果"]).reindex(
        columns=[PASSED, FAILED, SKIPPED], fill_value=0
    )
    table = counts.join(tests.groupby("测试")["用时（秒）"].sum().map("{:.1f}".format))
    commit = next((p.get("value") for p in suite.iter("property") if p.get("name") == "commit"), "")
    total = "，".join(f"{number:,}项{outcome}" for outcome, number in counts.sum().items())
    tested = f"提交{commit}" if commit else "还没有提交的文件"
    return f"测的是{tested}：{total}，共用{float(suite.get('time')) / 60:.0f}分钟。\n\n" + in_table(
        table.reset_index()
    )


def share_of(classname: str) -> str:
    """Part of the project that a test belongs to."""
    top, *below = classname.split(".")
    return SHARES.get(top) or f"`{top}/{'/'.join(below)}.py`"


def in_table(frame: pd.DataFrame) -> str:
    """Markdown of a table."""
    return frame.to_markdown(index=False, disable_numparse=True)
