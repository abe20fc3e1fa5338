"""A desk of buttons for who writes no code: choose a workbook, look at its faults, the verdict, the report."""

import base64
import functools
import io
import logging
import os
import re
import tempfile
from collections.abc import Callable, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from balancelib import report
from balancelib.assess import Assessment, assess, conclusion, parts_table
from balancelib.county import County, Fault, InputError, faults_table, read_county, sample_county
from balancelib.county.write import without_long, write_workbook
from balancelib.course.archive import write_zip
from balancelib.figures.explorers import IN_BOOK
from balancelib.standards import bundled, load_standard
from balancelib.text import shown

LOGGER = logging.getLogger(__name__)
LARGEST = 8  # megabytes; Jupyter drops, without a word, the connection that more than 10 come over
SEED = 7  # of the sample county of the course
MOST_SHOWN = 300  # faults: a page with more is slow, and nobody reads them
NO_WIDGETS = (
    "这里还没有装按钮要用的部件`ipywidgets`。请在“命令提示符”里进入项目文件夹，运行"
    "`.venv\\Scripts\\python -m pip install ipywidgets`，再重新打开这一页。"
)
FAILED = "这一步没有做成，是程序的问题。请把工作簿在Excel或WPS里另存一份再试；还是不行，请交给管程序的人看。"
MORE = "更多：上一年的工作簿、放宽条款"
BUTTON = {"width": "auto", "height": "44px", "align_self": "flex-start"}
VERDICT = (report.verdict_section, report.parts_section, report.resources_section, report.schools_section)
STYLE = f"<style>\n{files(__package__).joinpath('desk.css').read_text(encoding='utf-8')}</style>"


class Workbook(NamedTuple):
    """A workbook that was chosen: the name of its file, and its bytes."""

    file: str
    content: bytes

    @property
    def title(self) -> str:
        """What it is called on the desk."""
        return f"{shown(self.file)}（{len(self.content) / 1000:,.0f}KB）"


def desk() -> Any:
    """Return the desk: live in Jupyter; in the book, which has no kernel, what it does and what it would show."""
    if os.environ.get(IN_BOOK):
        return still()
    try:
        return Desk().box
    except ModuleNotFoundError as error:
        if error.name != "ipywidgets":
            raise
        return _markdown(NO_WIDGETS)


def still() -> Any:
    """Return what the book shows in the place of the buttons."""
    from balancelib.course.tables import as_table  # noqa: PLC0415  only notebooks have what it needs

    verdict = assess(read(sample_workbook()))
    lines = [
        "打开以后，从上到下是四个按钮：",
        "1. **选择工作簿**：选你们县填好的`.xlsx`；手边没有，就点**用示例县试一试**。",
        "2. **检查**：列出所有的错，在哪张表、第几行、哪一列、怎么办。没有错误才能往下走。",
        "3. **判定**：用文字和表格说出结论，每一项达到没有，哪些学校没有达到、为什么。",
        "4. **报告**：得到Word报告、网页报告，和要交的全部材料（一个压缩包）。",
        "用示例县点到“判定”，最前面的几行是：",
        "\n>\n".join(f"> {line}" for line in conclusion(verdict)),
        as_table(parts_table(verdict).reset_index()).data,
    ]
    return _markdown("\n\n".join(lines))


def _markdown(text: str) -> Any:
    from IPython.display import Markdown  # noqa: PLC0415  only notebooks have it

    return Markdown(text)


@functools.cache
def sample_workbook() -> Workbook:
    """Return the sample county as the workbook that lies in ``data/county``: always the same bytes, so written once."""
    with tempfile.TemporaryDirectory() as folder:
        path = write_workbook(Path(folder) / "county.xlsx", without_long(sample_county(SEED).tables))
        return Workbook("示例县（合成）.xlsx", path.read_bytes())


def read(now: Workbook, before: Workbook | None = None) -> County:
    """Read and check a workbook; it is on the disk only as long as that takes.

    Raises
    ------
    InputError
        Everything that is wrong, at once.
    """
    with tempfile.TemporaryDirectory() as folder:
        paths = [_laid(book, Path(folder) / str(i)) for i, book in enumerate((now, before)) if book]
        return read_county(*paths)


def _laid(book: Workbook, folder: Path) -> Path:
    """Write a workbook where it can be read, under a name that no file's name can lead out of."""
    if len(book.content) > LARGEST * 1e6:
        reason = f"文件有{len(book.content) / 1e6:.0f}MB，超过{LARGEST}MB"
        raise InputError([Fault(book.file, reason, "请检查是不是选错了文件，或者删去工作簿里的图片和别的表")])
    if not book.file.lower().endswith(".xlsx"):
        raise InputError(
            [Fault(book.file or "选的文件", "不是.xlsx工作簿", "请在Excel或WPS里另存为.xlsx，再选它")]
        )
    folder.mkdir()
    path = folder / "工作簿.xlsx"
    path.write_bytes(book.content)
    return path


def faults_sections(found: Sequence[Fault]) -> list[report.Section]:
    """Faults and warnings apart, each in a table."""
    sections = []
    for severity, title in (("fault", "错误（必须改正）"), ("warning", "提醒（请核实）")):
        these = [fault for fault in found if fault.severity == severity]
        if these:
            more = f"这里列出前{MOST_SHOWN}处，改完再查，会列出其余的。" if len(these) > MOST_SHOWN else ""
            table = report.Table(faults_table(these[:MOST_SHOWN]), more)
            sections.append(report.Section(f"{title}：{len(these)}处", [table]))
    return sections


class Desk:
    """The desk: its controls and what it knows so far.

    Each step needs the one before it: whatever changes makes it forget all that followed.
    """

    def __init__(self) -> None:
        import ipywidgets  # noqa: PLC0415  only notebooks have it

        self.w = ipywidgets
        self.book: Workbook | None = None
        self.previous: Workbook | None = None
        self.county: County | None = None
        self.assessment: Assessment | None = None
        self.upload, self.upload_previous = self._upload("选择工作簿"), self._upload("选择上一年的工作簿")
        self.sample = self._button("用示例县试一试", self.take_sample)
        standards = sorted(map(load_standard, bundled()), key=lambda standard: standard.version, reverse=True)
        self.standard = self._list("标准", [(f"{s.label}（{s.version}年）", s) for s in standards])
        self.more = self.w.ToggleButton(description=MORE, layout=BUTTON)
        self.relaxations = self.w.VBox()
        self.optional = self.w.VBox([self.upload_previous, self.relaxations])
        self.place = self._list("县区", [])
        self.check = self._button("检查", lambda: self._step("正在检查……", self.look))
        self.judge = self._button("判定", lambda: self._step("正在判定……", self.say_verdict))
        self.write = self._button("报告", lambda: self._step("正在写报告……", self.make_file))
        self.chosen, self.status = self.w.HTML(), self.w.HTML()
        self.found, self.verdict, self.file = self.w.HTML(), self.w.HTML(), self.w.HTML()
        self._offer_relaxations()
        self.upload.observe(lambda change: self._take(change, "book"), "value")
        self.upload_previous.observe(lambda change: self._take(change, "previous"), "value")
        self.standard.observe(lambda _: self._offer_relaxations(), "value")
        self.place.observe(lambda _: self._forget("assessment"), "value")
        self.more.observe(lambda _: self._refresh(), "value")
        self.box = self._laid_out()
        self._forget("county")

    # What it looks like

    def _laid_out(self) -> Any:
        row = {"flex_flow": "row wrap"}
        parts = [
            self.w.HTML(STYLE), self.w.HBox([self.upload, self.sample], layout=row), self.chosen, self.standard,
            self.more, self.optional, self.place, self.w.HBox([self.check, self.judge, self.write], layout=row),
            self.status, self.file, self.found, self.verdict,
        ]  # fmt: skip
        box = self.w.VBox(parts)
        box.add_class("desk")
        return box

    def _button(self, words: str, action: Callable[[], None]) -> Any:
        button = self.w.Button(description=words, layout=BUTTON)
        button.on_click(lambda _: action())
        return button

    def _upload(self, words: str) -> Any:
        return self.w.FileUpload(accept=".xlsx", description=words, layout=BUTTON)

    def _list(self, words: str, options: list[tuple[str, Any]]) -> Any:
        return self.w.Dropdown(options=options, description=words, layout=BUTTON | {"max_width": "100%"})

    def _offer_relaxations(self) -> None:
        boxes = [
            self.w.Checkbox(description=r.label, indent=False, layout={"width": "100%"})
            for r in self.standard.value.relaxations
        ]
        for box in boxes:
            box.observe(lambda _: self._forget("assessment"), "value")
        words = "放宽条款，省里明确可以用的才勾选：" if boxes else "这个标准没有放宽条款。"
        self.relaxations.children = [self.w.HTML(words), *boxes]
        self._forget("assessment")

    def _refresh(self) -> None:
        """Let be pressed what makes sense now, and let the next step stand out."""
        self.sample.disabled = False
        steps = (
            (self.check, self.book, self.county),
            (self.judge, self.county, self.assessment),
            (self.write, self.assessment, self.file.value),
        )
        for button, needed, done in steps:
            button.disabled = not needed
            button.button_style = "primary" if needed and not done else ""
        self.place.layout.display = None if self.place.options else "none"
        self.optional.layout.display = None if self.more.value else "none"

    def _tell(self, words: str) -> None:
        # The paragraph is a new one each time: only an alert is then read out.
        self.status.value = f'<p role="alert" class="strong">{escape(words)}</p>'

    # What it knows

    def _take(self, change: Any, which: str) -> None:
        for file in change["new"]:
            setattr(self, which, Workbook(file["name"], bytes(file["content"])))
            change["owner"].value = ()  # or the same file, chosen once more, would be no change
            self._forget("county")

    def take_sample(self) -> None:
        """Choose the sample county."""
        self.book = sample_workbook()
        self._forget("county")

    def _forget(self, what: str) -> None:
        """Forget the verdict and the report, and where the ``county`` changed, that too."""
        if what == "county":
            self.county, self.found.value, self.place.options = None, "", []
            books = [("已经选好", self.book), ("上一年的", self.previous)]
            self.chosen.value = "<br>".join(f"{words}：{escape(book.title)}" for words, book in books if book)
        self.assessment, self.verdict.value, self.file.value = None, "", ""
        self._refresh()
        self._tell(
            "先选择工作簿。" if not self.book else "请点“检查”。" if not self.county else "请点“判定”。"
        )

    # What the buttons do

    def _step(self, words: str, action: Callable[[], str]) -> None:
        """Do something while nothing can be pressed, and tell how it went; no traceback, whatever happens."""
        self._tell(words)
        for button in (self.sample, self.check, self.judge, self.write):
            button.disabled = True
        try:
            said = action()
        except Exception:
            LOGGER.exception("a step of the desk failed")
            said = FAILED
        self._refresh()
        self._tell(said)

    def look(self) -> str:
        """Check the workbook and list what is wrong."""
        try:
            self.county = read(self.book, self.previous)
            found = self.county.warnings
        except InputError as error:
            self.county, found = None, error.faults
        self.found.value = _html(faults_sections(found))
        if self.county is None:
            faults = sum(fault.severity == "fault" for fault in found)
            return f"有{faults}处错误。改好以后重新选择工作簿，再检查。"
        codes = list(self.county.schools["county_id"].dropna().unique())
        self.place.options = codes if len(codes) > 1 else []
        return "没有错误，可以判定。" + (f"有{len(found)}处提醒，请核实。" if found else "")

    def say_verdict(self) -> str:
        """Judge the county and say what comes out."""
        standard, boxes = self.standard.value, self.relaxations.children[1:]
        relax = [r.key for r, box in zip(standard.relaxations, boxes, strict=True) if box.value]
        result = assess(self.county, standard, relax)
        verdicts = result if isinstance(result, list) else [result]
        asked = self.place.value if self.place.options else verdicts[0].county_id
        self.assessment = next(verdict for verdict in verdicts if verdict.county_id == asked)
        self.verdict.value = _html([section(self.assessment) for section in VERDICT])
        return f"{conclusion(self.assessment)[-1]}。"

    def make_file(self) -> str:
        """Make the report and all else that an office hands in, and offer them for download."""
        before = read(self.previous) if self.previous else None
        material = report.Material(self.county, self.assessment, before)
        made = {document.name: document.made(material) for document in report.DOCUMENTS}
        title = re.sub(r"[^\w（）]+", "", material.report.title)
        everything = io.BytesIO()
        write_zip(everything, made.items())
        offered = [
            ("下载Word报告", f"{title}.docx", made["自评报告.docx"]),
            ("下载网页报告", f"{title}.html", made["自评报告.html"]),
            (f"下载全部材料（{len(made)}个文件）", f"{title}.zip", everything.getvalue()),
        ]
        self.file.value = f"<p>{' '.join(_download(*one) for one in offered)}</p>"
        return "报告写好了，请点下面的按钮下载。Word报告打开后按Ctrl+A、再按F9，目录就有页码；全部材料是一个压缩包，先解压再打开。"


def _download(words: str, name: str, content: bytes) -> str:
    """Return a link that holds the file itself."""
    source = f"data:application/octet-stream;base64,{base64.b64encode(content).decode()}"
    return f'<a class="download" download="{escape(name)}" href="{source}">{escape(words)}</a>'


def _html(sections: Sequence[report.Section]) -> str:
    return "".join(map(report.section_html, sections))
