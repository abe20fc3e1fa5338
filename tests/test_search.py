"""Search, in a real browser with the network closed: the book as files on a stick, and served over HTTP."""

import functools
import gzip
import json
import re
import shutil
import threading
from collections import Counter
from fnmatch import fnmatch
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

import pytest
import yaml
from bs4 import BeautifulSoup
from conftest import NEEDS_BROWSER, ROOT
from docutils import nodes

from balancelib.course.search import WORD, places_of_terms, terms, texts_of

BUDGET = 300_000  # bytes, gzip, loaded to answer one query
SHOWN = 3  # the first results, among which a page is found

# What people type, and where they should arrive.
PHRASES = {
    "基尼系数": "book/measures/gini",
    "洛伦兹曲线": "book/measures/lorenz",
    "差异系数公式": "book/measures/cv",
    "泰尔指数": "book/measures/theil_t",
    "阿特金森": "book/measures/atkinson",
    "麦克卢恩": "book/measures/mcloone",
    "置信区间": "book/measures/estimate",
    "自助法": "book/measures/estimate",
    "组间差距": "book/glossary",
    "学校隔离": "book/measures/isolation",
    "可达性": "book/measures/two_step_fca",
    "财富中立": "book/measures/wealth_neutrality",
    "各家软件": "book/measures/peers",
    "用哪个度量": "book/measures/index",
    "一票否决": "book/standards",
    "社会认可度": "book/standards",
    "放宽条款": "book/standards",
    "政府保障程度": "book/standards",
    "弄虚作假": "book/standards",
    "大班额": "book/standards",
    "本省标准": "book/standards",
    "填报模板": "book/own_county",
    "身份证号": "book/own_county",
    "怎样查错": "book/own_county",
    "空白和零": "book/own_county",
    "判定几个县": "book/own_rules",
    "自己的培训班": "book/own_course",
    "办一期班": "book/own_course",
    "学校代码": "book/data",
    "数据字典": "book/data",
    "随迁子女": "book/glossary",
    "留守儿童": "book/groups",
    "信息化": "book/policy",
    "质量监测": "book/policy",
    "校际差异率": "notebooks/quality/between",
    "2035年": "book/policy",
    "常见算错": "notebooks/policy/five_schools",
    "九年一贯制": "notebooks/policy/five_schools",
    "WPS怎样算": "notebooks/policy/five_schools",
    "县里的自评": "notebooks/policy/self_assessment",
    "整改台账": "book/progress",
    "倒查差距": "notebooks/policy/self_assessment",
    "没有查到": "book/references",
    "骨干教师": "book/glossary",
    "这门课给谁用": "book/index",
    "六个模块": "book/index",
}

# The same in the words of county officials, inspectors and principals, who seldom use the book's.
WORDS = {
    "CV": "book/measures/cv",
    "Gini": "book/measures/gini",
    "控辍保学": "book/glossary",
    "农民工子女": "book/glossary",
    "验收": "book/glossary",
    "许可": "book/index",
    "怎么安装": "book/index",
    "变异系数": "book/glossary",
    "亩": "book/own_county",
    "一校一案": "book/policy",
    "申报表": "book/glossary",
    "申报条件": "book/standards",
    "督导评估": "book/glossary",
    "评估办法": "book/standards",
    "教督2017": "book/standards",
    "还差什么": "book/glossary",
    "572个县": "book/policy",
    "教师工资": "book/standards",
    "教师培训": "book/standards",
    "360学时": "book/standards",
    "音乐教室": "book/standards",
    "专用教室": "book/standards",
    "学校规模": "book/standards",
    "班额": "book/glossary",
    "择校": "book/standards",
    "重点班": "book/standards",
    "编外教师": "book/standards",
    "公用经费": "book/glossary",
    "教师编制": "book/standards",
    "四统一": "book/glossary",
    "轮岗": "book/glossary",
    "送教上门": "book/glossary",
    "残疾儿童": "book/glossary",
    "特教经费": "book/resources",
    "辍学": "book/glossary",
    "毕业生数": "book/data",
    "就近入学": "book/glossary",
    "划片": "book/glossary",
    "电脑": "book/glossary",
    "职称": "book/glossary",
    "音体美教师": "book/glossary",
    "生师比": "book/glossary",
    "教师学历": "book/glossary",
    "图书册数": "book/standards",
    "仪器设备": "book/glossary",
    "风雨操场": "book/glossary",
    "操场面积": "book/glossary",
    "班班通": "book/policy",
    "学生减少": "book/policy",
    "抽查": "book/policy",
    "满意度": "book/standards",
    "问卷": "book/standards",
    "章程": "book/standards",
    "课业负担": "book/standards",
    "小规模学校": "book/standards",
    "附设幼儿班": "book/references",
    "合并校区": "book/references",
    "四舍五入": "book/own_county",
    "保留两位": "book/own_county",
    "元和万元": "book/own_county",  # 万元 alone: every lesson on money holds it
    "元还是万元": "book/data",
    "单位填错": "book/own_county",
    "全角": "book/own_county",
    "乱码": "book/own_county",
    "手机号": "book/own_county",
    "联网": "book/own_county",
    "打印": "book/own_county",
    "PDF": "book/own_county",
    "导出报告": "book/own_county",
    "点按钮": "notebooks/own_county",
    "下载模板": "book/own_county",
    "和去年比": "book/own_county",
    "STDEV": "notebooks/policy/five_schools",
    "加权": "notebooks/progress/survey",
    "标准差": "book/glossary",
    "中位数": "book/glossary",
    "城乡差距": "book/measures/decompose",
    "抽样误差": "notebooks/progress/sampling",
    "学位": "book/glossary",
    "督学": "book/index",
    "课时": "notebooks/teachers/need",
    "转载": "book/index",
    "版权": "book/index",
    "示例县": "book/glossary",
    "师生比": "book/glossary",
    "Excel公式": "notebooks/policy/five_schools",
    "标准班额": "book/glossary",
    "教师交流": "book/glossary",
    "骨干比例": "book/glossary",
    "县级骨干": "book/glossary",
    "学历达标": "book/glossary",
    "生均面积": "book/glossary",
    "教学用房": "book/glossary",
    "实验室": "book/glossary",
    "多媒体": "book/glossary",
    "艺术教师": "book/returns",
    "美术老师": "notebooks/teachers/need",
    "村小": "book/standards",
    "不足100人": "book/standards",
    "寄宿生": "book/glossary",
    "民办": "book/glossary",
    "随迁": "book/glossary",
    "留守": "book/glossary",
    "公务员工资": "book/standards",
    "培训经费": "book/resources",
    "安全事故": "book/standards",
    "造假": "book/glossary",
    "考试招生": "book/standards",
    "学业水平": "book/glossary",
    "四年级": "book/glossary",
    "2035": "book/policy",
    "全国多少县": "book/policy",
    "省定标准": "book/glossary",
    "自评报告": "book/own_county",
    "怎么填表": "book/own_county",
    "填错了": "book/own_county",
    "完全中学": "book/glossary",
    "一贯制": "book/glossary",
    "初中部": "book/standards",
    "怎么分摊": "book/glossary",
    "底线": "book/glossary",
    "85%": "book/groups",
    "0.45": "book/standards",
    "加权平均": "book/glossary",
    "WPS": "notebooks/policy/five_schools",
    "督导室": "book/measures/cv",
    "局长": "book/teachers",
    "隐私保护": "book/own_county",
    "断网": "book/run",
    "U盘": "book/index",
    "术语": "book/glossary",
    "练习题": "book/index",
    "参考文献": "book/references",
    "泰尔": "book/measures/theil_t",
    "Theil": "book/measures/theil_t",
    "P90": "book/measures/percentile_ratio",
    "五分之一": "book/measures/quintile_share_ratio",
    "两校合并": "book/checks",
    "平均工资": "book/standards",
    "校长": "book/policy",
    "职业学校": "book/glossary",
    # Of chapter 2 and its lessons: a phrase that the chapter treats in a section of its own may lead there.
    "公用经费定额": "book/glossary",
    "钱怎么分": "notebooks/resources/funding",
    "转移支付": "notebooks/resources/funding",
    "上级补助": "notebooks/resources/funding",
    "教学点不足100人": "book/glossary",
    "经费审计": "notebooks/resources/audit",
    "培训经费5%": "book/resources",
    "危房": "notebooks/resources/facilities",
    "危险校舍": "notebooks/resources/facilities",
    "先建哪所学校": "notebooks/resources/facilities",
    "最省达标方案": "notebooks/resources/facilities",
    "几年做完": "notebooks/resources/facilities",
    "学生数预测": "notebooks/resources/pupils",
    "生源预测": "notebooks/resources/pupils",
    "出生人口": "notebooks/resources/pupils",
    "学位缺口": "book/resources",
    "电脑更新": "book/resources",
    "设备报废": "notebooks/resources/upkeep",
    "寄宿生床位": "notebooks/resources/upkeep",
    "宿舍": "notebooks/resources/upkeep",
    "浴室": "notebooks/resources/upkeep",
    "住校生": "book/resources",
    "带宽": "notebooks/resources/digital",
    "薄弱学校": "notebooks/quality/mending",
    "机房": "notebooks/resources/digital",
    "智慧教育平台": "book/resources",
    "平板": "book/resources",
    "达标预算": "notebooks/resources/facilities",
    "教师待遇": "book/standards",
    # Of chapter 3 and its lessons.
    "交流轮岗": "book/glossary",
    "轮岗名单": "notebooks/teachers/rotation",
    "教师流动": "book/teachers",
    "县管校聘": "book/glossary",
    "编制": "book/glossary",
    "师资编制": "book/glossary",
    "超编缺科": "book/glossary",
    "缺编": "book/glossary",
    "编制满了还缺人": "notebooks/teachers/need",
    "教非所学": "book/glossary",
    "走教": "book/glossary",
    "共享教师": "book/glossary",
    "缺音乐老师": "notebooks/teachers/shared_pool",
    "教师老龄化": "book/glossary",
    "教师年龄": "book/glossary",
    "教师退休": "book/teachers",
    "退休": "notebooks/teachers/ages",
    "学时": "notebooks/teachers/training",
    "岗位补贴": "notebooks/teachers/incentives",
    "周转房": "notebooks/teachers/incentives",
    "乡村教师补贴": "book/teachers",
    "城乡结对": "book/teachers",
    "结对帮扶": "book/glossary",
    "乡土课程": "notebooks/teachers/partners",
    "教研": "book/teachers",
    "名师工作室": "book/glossary",
    "工作室有用吗": "notebooks/teachers/effects",
    # Of chapter 4 and its lessons.
    "开齐开足": "notebooks/quality/curriculum",
    "阴阳课表": "book/quality",
    "区分度": "book/glossary",
    "κ": "book/glossary",
    "答案给错": "notebooks/quality/items",
    "总分排名": "notebooks/quality/composite",
    "名次区间": "book/glossary",
    "增值": "book/glossary",
    "增值评价": "book/quality",
    "改好了": "notebooks/quality/mending",
    # Of chapter 5 and its lessons.
    "随班就读": "book/glossary",
    "巩固率": "book/glossary",
    "特校": "book/glossary",
    "资源教室": "book/groups",
    "预警名单": "notebooks/groups/warning",
    "先看哪个孩子": "book/groups",
    "查准率": "book/glossary",
    "校车": "notebooks/groups/support",
    "营养餐": "notebooks/groups/support",
    "有多少留守儿童": "notebooks/groups/registers",
    "几个部门数不一样": "notebooks/groups/registers",
    "入学率超过100%": "notebooks/groups/enrolled",
    "怎样公布": "book/groups",
    "残疾儿童能公布吗": "notebooks/groups/publish",
    "政府购买学位": "book/groups",
    "随迁子女成绩": "notebooks/groups/gaps",
    "家庭收入": "notebooks/groups/income",
    # Of chapter 6 and its lessons.
    "目标路径": "book/glossary",
    "哪一年达标": "notebooks/progress/targets",
    "看板": "book/glossary",
    "年度计划": "book/progress",
    "晨检": "notebooks/progress/series",
    "合成控制": "book/glossary",
    "双重差分": "book/glossary",
    "抽多少": "notebooks/progress/sampling",
    "设计效应": "book/glossary",
    "满意度调查": "notebooks/progress/survey",
    "检查单": "book/glossary",
    "超期": "book/glossary",
    "改了没有": "notebooks/progress/rectify",
}

# What the book does not treat.
UNTREATED = ["双减", "校外培训", "校园欺凌", "教师招聘", "集团化办学", "高考志愿", "体育中考", "近视率"]

# Asks the open results page one query after another, and reads what it shows.
ASK = """async queries => {
  const answers = [];
  for (const query of queries) {
    await Search.query(query);
    const items = [...document.querySelectorAll("ul.search > li")];
    const texts = items.map(item => [
      item.querySelector("p.context").textContent,
      [...item.querySelectorAll(".highlighted")].map(mark => mark.textContent),
    ]);
    answers.push([query, items.map(item => item.querySelector("a").href), texts]);
  }
  return answers;
}"""

# The scripts that a search which has loaded nothing yet asks for, for each query.
SCRIPTS = """async ([search, queries]) => {
  const asked = {};
  const scripts = () => [...document.querySelectorAll("script[src^='_static/search/']")];
  for (const query of queries) {
    new Function(search)();
    scripts().forEach(script => script.remove());
    await Search.query(query);
    asked[query] = scripts().map(script => script.getAttribute("src"));
  }
  return asked;
}"""

pytestmark = NEEDS_BROWSER


class Quiet(SimpleHTTPRequestHandler):
    """A server of files that does not write each request on the screen."""

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def server(site):
    handler = functools.partial(Quiet, directory=site)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as served:
        threading.Thread(target=served.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{served.server_port}"
        served.shutdown()


@pytest.fixture(scope="module", params=["stick", "http"])
def address(request, site, tmp_path_factory):
    """The book copied to a folder with a Chinese name, as on a stick, or served."""
    if request.param == "http":
        return request.getfixturevalue("server")
    return shutil.copytree(site, tmp_path_factory.mktemp("U盘") / "均衡 课程").as_uri()


class Found(NamedTuple):
    """The pages that answer a query, and for each its sentence and what is marked in the result."""

    pages: list[str]
    texts: list[tuple[str, list[str]]]

    def first(self, wanted):
        """The first result that is wanted, its sentence and its marks, or nothing."""
        shown = zip(self.pages[:SHOWN], self.texts, strict=False)
        return next(((page, *texts) for page, texts in shown if page in wanted), None)


class Reader:
    """Somebody who asks the book, and all that the browser loads meanwhile."""

    def __init__(self, browser, address):
        self.address = address
        self.context = browser.new_context(locale="zh-CN")
        self.page = self.context.new_page()
        self.loaded, self.errors = [], []
        self.page.on("request", self.note)
        self.page.on("requestfailed", lambda request: self.errors.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def note(self, request):
        self.loaded.append(request.url)
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.errors.append(f"asks outside: {request.url}")

    def open(self, path):
        self.loaded.clear()
        self.page.goto(f"{self.address}/{path}")

    def visit(self, query):
        """Pages found, the first first, by a results page opened with the query, as the search box does."""
        self.open(f"search.html?q={quote(query)}")
        self.page.wait_for_function("Search.status.innerText")
        return self.results()

    def ask(self, query):
        """The same by the results page that is open: quicker by far."""
        return self.ask_all([query])[query].pages

    def ask_all(self, queries):
        """For each query what is found."""
        if "/search.html" not in self.page.url:
            self.visit("县")
        answers = self.page.evaluate(ASK, list(queries))
        return {query: Found([self.name(url) for url in urls], texts) for query, urls, texts in answers}

    def results(self):
        links = self.page.locator("ul.search > li > a").evaluate_all("links => links.map(a => a.href)")
        return [self.name(link) for link in links]

    def path(self, url):
        """Of a file of the book."""
        return unquote(urlsplit(url).path.removeprefix(urlsplit(self.address).path)).strip("/")

    def name(self, url):
        """Of a page."""
        return self.path(url).removesuffix(".html")

    def status(self):
        """What is said above the results."""
        return self.page.locator(".search-summary").inner_text()

    def first(self, page, found):
        """What the result for `page` shows."""
        item = self.page.locator("ul.search > li").nth(found.index(page))
        return item.locator("p.context").inner_text(), item.locator(".highlighted").all_inner_texts()


@pytest.fixture(scope="module")
def reader(browser, address):
    opened = Reader(browser, address)
    yield opened
    opened.context.close()
    assert opened.errors == []


def titles(site):
    """Pages in the book's order, with what each is worth and its titles."""
    script = (site / "_static/search/titles.js").read_text(encoding="utf-8")
    return json.loads(script.removeprefix('Search.receive("titles",').removesuffix(")"))


@functools.cache
def headings_and_terms(site):
    """Each heading and each term of the glossary, with all pages that have it."""
    pages = {}
    for path in [*site.glob("book/**/*.html"), *site.glob("notebooks/**/*.html")]:
        article = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser").article
        for node in article.select(":is(h1, h2, h3, h4), dl.glossary dt"):
            for link in node.select("a.headerlink"):
                link.decompose()
            name = path.relative_to(site).with_suffix("").as_posix()
            pages.setdefault(" ".join(node.get_text().split()), set()).add(name)
    return pages


def test_phrases_and_the_words_of_a_county_find_their_pages(reader):
    expected = PHRASES | WORDS
    assert len(expected) > 200
    lost, silent, unmarked = [], [], []
    for query, found in reader.ask_all(expected).items():
        match found.first([expected[query]]):
            case None:
                lost.append((query, expected[query], found.pages[:SHOWN]))
            case _, sentence, marked:
                silent += [query] * (len(sentence) <= 10)
                unmarked += [query] * (not marked)
    assert (lost, silent, unmarked) == ([], [], [])


@pytest.mark.parametrize("query", ["学校", "教师", "学生", "经费", "校长"])
def test_lessons_of_one_chapter_do_not_fill_the_first_page(reader, query):
    """However many of them hold a word."""
    chapters = [page.rpartition("/")[0] for page in reader.ask(query) if re.match("notebooks/.*/", page)]
    assert len(chapters) <= 5
    assert max(Counter(chapters).values(), default=0) <= 2


def test_what_a_page_is_worth_follows_its_kind(site):
    worth = {page: value for page, value, _ in titles(site)}
    assert worth["book/standards"] == worth["book/glossary"] > worth["book/teachers"] == worth["book/checks"]
    assert worth["book/checks"] > worth["notebooks/teachers/rotation"] > worth["notebooks/teachers/exercises"]
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    kinds = config["sphinx"]["config"]["search_worth"]
    assert [kind for kind in kinds if not any(fnmatch(page, kind) for page in worth)] == []


@pytest.mark.parametrize("query", ["CV", "cv", "变异系数"])
def test_a_measure_is_found_by_all_its_names(reader, query):
    assert set(reader.ask(query)[:2]) == {"book/measures/cv", "book/glossary"}


def test_a_word_of_a_title_in_english_is_a_name(reader):
    assert set(reader.ask("Gini")[:2]) == {"book/measures/gini", "book/glossary"}
    assert set(reader.ask("Lorenz")[:2]) == {"book/measures/lorenz", "book/glossary"}


@pytest.mark.parametrize(
    ("query", "own", "target"),
    [
        ("音体美教师", "体育艺术专任教师", "book/returns"),
        ("住校生", "寄宿生", "book/resources"),
        ("教师待遇", "教师平均工资收入", "book/standards"),
    ],
)
def test_another_name_is_asked_for_by_the_books_own_word(reader, site, query, own, target):
    """Also on a page that never says it as the reader does."""
    page = (site / f"{target}.html").read_text(encoding="utf-8")
    assert query not in BeautifulSoup(page, "html.parser").article.get_text()
    assert target in reader.ask(query)[:SHOWN]
    assert f"“{query}”，书里叫“{own}”。" in reader.status()


def test_computers_are_found_where_they_are_renewed(reader):
    assert reader.ask("电脑")[0] == "book/glossary"
    assert "“电脑”，书里叫“计算机”。" in reader.status()
    assert "book/resources" in reader.results()  # after the pages on running the course on one's own computer
    renewed = reader.ask("电脑更新")
    assert renewed[0] == "book/resources"
    assert "notebooks/resources/upkeep" in renewed[:4]  # after the page on updating the course itself


@pytest.mark.parametrize("query", ["图书册数", "CV", "师生比", "示例县"])
def test_sentences_shown_are_no_code(reader, query):
    reader.ask(query)
    shown = reader.page.locator("ul.search > li > p.context").all_inner_texts()[:SHOWN]
    assert shown
    assert [sentence for sentence in shown if re.search(r"\w ?= ?\S|[{}\[\]]|import|print", sentence)] == []


def test_code_is_shown_where_prose_holds_nothing(reader):
    found = reader.ask("school_rule")
    sentence, marked = reader.first("book/own_rules", found)
    assert "school_rule = {" in sentence
    assert marked == ["school_rule"]


@pytest.mark.parametrize("query", ["亩", "均", "层"])
def test_one_character_is_a_query(reader, query):
    found = reader.ask(query)
    assert found
    assert query in reader.first(found[0], found)[1]


def test_every_heading_and_every_term_finds_its_page(reader, site):
    """One that several pages have, such as “公式”, finds one of them."""
    pages = headings_and_terms(site)
    assert len(pages) > 200
    lost, silent, unmarked = [], [], []
    for query, found in reader.ask_all(pages).items():
        match found.first(pages[query]):
            case None:
                lost.append((query, found.pages[:SHOWN]))
            case _, sentence, marked:
                silent += [query] * (not sentence.strip())
                words = {word for word in WORD.findall(query) if len(word) > 1 or word == query}
                unmarked += [query] * (not all(any(word in mark for mark in marked) for word in words))
    assert (lost, silent, unmarked) == ([], [], [])


def test_words_with_a_space_between_are_both_asked_for(reader):
    assert "book/measures/gini" in reader.ask("基尼系数 洛伦兹曲线")[:SHOWN]


@pytest.mark.parametrize(
    ("query", "target", "marked"),
    [
        ("0.65", "book/policy", "0.65"),
        ("０．６５", "book/policy", "0.65"),
        ("Ⅲ级", "book/standards", "Ⅲ级"),
        ("U盘", "book/index", "U盘"),
        ("〔2017〕6号", "book/standards", "〔2017〕6号"),
    ],
)
def test_what_is_no_word_is_marked_as_typed(reader, query, target, marked):
    """Numbers, and words of letters and Chinese characters: not only their pieces, and in the page too."""
    found = reader.ask(query)
    assert target in found[:SHOWN]
    assert marked in reader.first(target, found)[1]
    reader.page.locator("ul.search > li > a").nth(found.index(target)).click()
    reader.page.locator("article .highlighted", has_text=marked).first.wait_for()


@pytest.mark.parametrize("query", ["constructor", "__proto__", "toString"])
def test_names_that_scripts_know_are_words_like_others(reader, query):
    assert reader.ask(query) == []
    assert "没有找到" in reader.status()


def test_number_of_results_is_read_out(reader):
    reader.ask("基尼系数")
    assert re.fullmatch(r"找到\d+页。下面是最相关的10页。", reader.status())


def test_marks_are_seen_in_high_contrast(reader):
    reader.page.emulate_media(forced_colors="active")
    reader.ask("基尼系数")
    mark = reader.page.locator("ul.search .highlighted").first
    paper = "e => getComputedStyle(e).backgroundColor"
    assert mark.evaluate(paper) != reader.page.locator("body").evaluate(paper)
    reader.page.emulate_media(forced_colors="none")


def test_full_width_and_capitals_make_no_difference(reader):
    assert reader.ask("ＧＩＮＩ") == reader.ask("gini") != []


@pytest.mark.parametrize("query", ["量子色动力学", "？！"])
def test_what_is_not_in_the_book_is_not_found(reader, query):
    assert reader.ask(query) == []
    assert f"没有找到“{query}”" in reader.status()
    reader.page.locator(".search-summary").get_by_role("link", name="术语表").click()
    reader.page.wait_for_url("**/book/glossary.html")


@pytest.mark.parametrize("query", UNTREATED)
def test_what_the_book_does_not_treat_it_says(reader, query):
    found = reader.ask(query)
    said = f"没有哪一页原样写着“{query}”" if found else f"没有找到“{query}”"
    assert said in reader.status()
    assert "您" not in reader.status()
    assert not re.search(r"[^\x00-\xff] [^\x00-\xff\s]|\d [^\x00-\xff]", reader.status())


def test_a_question_is_asked_for_what_it_asks(reader):
    found = reader.ask("怎么安装")
    assert reader.first("book/index", found)[1] == ["安装"]


def test_a_query_is_text_and_nothing_else(reader):
    reader.ask("<img src=x onerror=alert(1)>指标")
    assert reader.page.locator("#search-results img").count() == 0


def test_one_search_box_leads_from_a_lesson_to_the_marked_place(reader):
    reader.open("notebooks/policy/five_schools.html")
    reader.page.keyboard.press("Control+k")
    boxes = reader.page.locator("input[name=q]:visible")
    assert boxes.count() == 1
    boxes.fill("校际差异率不是差异系数")
    boxes.press("Enter")
    reader.page.wait_for_url("**/search.html?**")
    assert reader.results()[0] == "book/policy"
    reader.page.locator("ul.search > li > a").first.click()
    place = reader.page.locator("article .highlighted", has_text="校际差异率不是差异系数").first
    place.wait_for()
    assert "#policy-monitoring" in reader.page.url


def test_results_page_has_one_box(reader):
    reader.ask("基尼系数")
    boxes = reader.page.locator("input[name=q]:visible, .search-button:visible, .search-button-field:visible")
    assert boxes.count() == 1
    reader.page.locator("h1").click()
    reader.page.keyboard.press("Control+k")
    assert reader.page.evaluate("document.activeElement.name") == "q"


def test_a_query_loads_little(reader, site):
    """All that the results page loads beyond what a text page has loaded before, and the page itself."""
    queries = [*PHRASES, "均", "进城务工人员随迁子女", "义务教育学校教师", "资源配置7项指标"]
    reader.visit("县")
    search = (site / "_static/search.js").read_text(encoding="utf-8")
    scripts = reader.page.evaluate(SCRIPTS, [search, queries])
    heaviest = max(queries, key=lambda query: sum(weigh(site / path) for path in scripts[query]))
    reader.open("book/policy.html")
    known = {reader.path(url) for url in reader.loaded}
    reader.visit(heaviest)
    files = {reader.path(url) for url in reader.loaded} - known
    assert files > set(scripts[heaviest])
    weight = sum(weigh(site / path) for path in files)
    print(f"{heaviest}: {weight} bytes")
    assert 10_000 < weight <= BUDGET


@functools.cache
def weigh(path):
    return len(gzip.compress(path.read_bytes()))


# The index as files


def test_terms_are_the_same_in_the_browser_and_in_the_index(reader):
    text = "基尼系数（Gini）为0.45，第3章𠮷学校_items Ⅲ级ＷＰＳ naïve 85%，1.2.3 2017年 3D 0.5x"
    reader.ask("基尼系数")
    asked = set(reader.page.evaluate("text => BookSearch.terms(text)", text))
    assert asked <= terms(text)
    assert terms(text) - asked == {"数", "校", "85"}  # for who asks for one character, or without the sign
    assert {"0.45", "85%", "1.2.3", "2017", "3d"} < asked


def test_prose_and_code_are_told_apart():
    units = [("", "甲", "", "乙丙", "丙 = cv"), ("b", "丁", "", "", "乙丙")]
    places = places_of_terms(units)
    assert {term: places[term] for term in ("甲", "乙丙", "丙", "cv", "丁")} == {
        "甲": [0],
        "乙丙": [0, 3],  # in the prose of the first, in the code of the second
        "丙": [0, 3],
        "cv": [1],
        "丁": [2],
    }


def test_code_and_the_questions_of_a_quiz_are_aside():
    section = nodes.section(
        "", nodes.title("", "甲"), nodes.paragraph("", "乙"), nodes.literal_block("", "c = 1")
    )
    section += nodes.raw("", "<form><legend>1. 丙？</legend><li>丁</li></form>", format="html")
    assert texts_of(section) == ("乙", "c = 1\n1. 丙？")


def test_index_holds_every_page_of_the_contents(site):
    pages = [path.relative_to(site).with_suffix("").as_posix() for path in site.glob("*/**/*.html")]
    pages = [page for page in pages if not page.startswith("_static")]
    assert sorted(page for page, _, _ in titles(site)) == sorted(pages)
    assert titles(site)[0][0] == "book/index"


def test_no_source_map_is_published(site):
    assert list(site.rglob("*.map")) == []
