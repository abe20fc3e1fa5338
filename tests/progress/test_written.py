"""Word files and texts as people hand them in: nothing but the text is loaded, and what is hostile or damaged says so."""

import io
import time
import zipfile

import pytest

from balancelib.progress import ReportError, read_report

MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"


def paragraph(text, style=None, before=""):
    looks = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{looks}{before}<w:r><w:t>{text}</w:t></w:r></w:p>"


@pytest.fixture
def word(tmp_path):
    def made(body, before="", styles="", others=None, namespace=MAIN):
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
            head = f'<w:document xmlns:w="{namespace}">'
            packed.writestr("word/document.xml", f"{before}{head}<w:body>{body}</w:body></w:document>")
            if styles:
                packed.writestr("word/styles.xml", f'<w:styles xmlns:w="{namespace}">{styles}</w:styles>')
            for name, inside in (others or {}).items():
                packed.writestr(name, inside)
        path = tmp_path / "报告.docx"
        path.write_bytes(content.getvalue())
        return path

    return made


def sentences(path):
    return [sentence for _, sentence in read_report(path).sentences]


def style(key, name, based="", level=None):
    outline = f'<w:pPr><w:outlineLvl w:val="{level}"/></w:pPr>' if level is not None else ""
    on = f'<w:basedOn w:val="{based}"/>' if based else ""
    return f'<w:style w:styleId="{key}"><w:name w:val="{name}"/>{on}{outline}</w:style>'


@pytest.mark.parametrize("namespace", [MAIN, STRICT])
@pytest.mark.parametrize(
    "styles",
    [
        style("a", "heading 1"),
        style("a", "标题 1"),
        style("a", "一级标题", based="b") + style("b", "heading 1", based="a"),  # a circle ends
        style("a", "公文标题", level=0),
    ],
)
def test_headings_are_known_by_style_by_what_it_is_based_on_and_by_outline(word, styles, namespace):
    path = word(paragraph("资源配置", "a") + paragraph("都好。"), styles=styles, namespace=namespace)
    assert read_report(path).headings == ("资源配置",)


def test_numbers_of_headings_serve_where_no_style_does(word):
    written = read_report(word(paragraph("一、资源配置") + paragraph("（一）小学") + paragraph("都好。")))
    assert written.headings == ("一、资源配置", "（一）小学")
    assert written.levels == (1, 2)
    styled = word(paragraph("整改", "a") + paragraph("一、交流骨干教师"), styles=style("a", "heading 1"))
    assert read_report(styled).headings == ("整改",), "else its list would cut a section short"


def test_what_a_reviewer_put_in_counts_and_what_one_took_out_does_not(word):
    body = (
        "<w:p><w:ins><w:r><w:t>小学共41个</w:t></w:r></w:ins><w:del><w:r><w:delText>小学共40个</w:delText></w:r></w:del>"
        "<w:moveFrom><w:r><w:t>旧的</w:t></w:r></w:moveFrom><w:r><w:t>学段部分</w:t></w:r></w:p>"
    )
    assert sentences(word(body)) == ["小学共41个学段部分"]


def test_content_controls_are_read_and_contents_lists_are_not(word):
    body = (
        f"<w:sdt><w:sdtContent>{paragraph('都好。')}</w:sdtContent></w:sdt>{paragraph('资源配置……3', 'TOC1')}"
    )
    assert sentences(word(body, styles=style("TOC1", "toc 1"))) == ["都好"]


def test_a_cell_over_columns_or_rows_stands_in_each(word):
    def cell(text, looks=""):
        return f"<w:tc><w:tcPr>{looks}</w:tcPr>{paragraph(text) if text else '<w:p/>'}</w:tc>"

    rows = [
        [cell("学段"), cell("指标"), cell("差异系数")],
        [cell("小学", '<w:vMerge w:val="restart"/>'), cell("甲"), cell("0.1")],
        [cell("", "<w:vMerge/>"), cell("乙"), cell("0.2")],
        [cell("合计", '<w:gridSpan w:val="2"/>'), cell("0.3")],
    ]
    table = "".join(f"<w:tr>{''.join(row)}</w:tr>" for row in rows)
    told = sentences(word(f"<w:tbl>{table}</w:tbl>"))
    assert [one for one in told if "差异系数" in one] == [
        "，学段，小学，差异系数0.1",
        "，学段，小学，差异系数0.2",
        "，学段，合计，差异系数0.3",
    ]


def test_a_table_of_one_column_is_read():
    assert [s for _, s in read_report("| 说明 |\n|---|\n| 甲。乙 |\n").sentences] == ["说明", "甲", "乙"]


def test_a_macro_and_a_picture_of_any_size_are_not_opened(word):
    path = word(
        paragraph("都好。"), others={"word/vbaProject.bin": b"x", "word/media/a.png": b"\0" * 200 * 2**20}
    )
    started = time.process_time()
    assert sentences(path) == ["都好"]
    assert time.process_time() - started < 1


def test_an_entity_brings_in_no_other_file(word, tmp_path):
    (tmp_path / "secret.txt").write_text("机密", encoding="utf-8")
    doctype = f'<!DOCTYPE a [<!ENTITY x SYSTEM "{(tmp_path / "secret.txt").as_uri()}">]>'
    path = word(paragraph("甲&x;乙") + paragraph("丙"), before=doctype)
    assert "机密" not in "".join(sentences(path))


HOSTILE = {
    "text that unpacks to 60 MB": (" " * 60 * 2**20, ""),
    "entities that grow": (
        paragraph("&i;"),
        '<!DOCTYPE a [<!ENTITY a "好">'
        + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
        + "]>",
    ),
    "nested deeply": (
        "<w:sdt><w:sdtContent>" * 4000 + paragraph("好") + "</w:sdtContent></w:sdt>" * 4000,
        "",
    ),
    "not closed": ("<w:p>", ""),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_hostile_is_refused_in_words(word, name):
    body, before = HOSTILE[name]
    with pytest.raises(ReportError, match="打不开"):
        read_report(word(body, before))


def test_a_cell_that_claims_a_thousand_million_columns_is_one_of_63(word):
    cell = f'<w:tc><w:tcPr><w:gridSpan w:val="2000000000"/></w:tcPr>{paragraph("甲")}</w:tc>'
    assert len(read_report(word(f"<w:tbl><w:tr>{cell}</w:tr></w:tbl>" + paragraph("乙"))).heads) <= 63


@pytest.mark.parametrize("text", ["\n", "# 资源配置\n", "---\n"])
def test_an_empty_report_says_that_it_is_empty(text):
    with pytest.raises(ReportError, match="是空的"):
        read_report(text)


def test_a_report_of_a_million_characters_is_too_long():
    with pytest.raises(ReportError, match="超过50万字"):
        read_report("好" * 99 + "。\n" + "".join(f"{i}" + "好" * 90 + "。" for i in range(6000)))
