"""Search, in a real browser with the network closed: the book as files on a stick, and served over HTTP."""

import functools
import gzip
import json
import shutil
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote, unquote, urlsplit

import pytest
from bs4 import BeautifulSoup
from conftest import NEEDS_BROWSER

from balancelib.course.search import WORD, terms

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
    "组间差距": "book/measures/decompose",
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
    "判定几个县": "book/own_county",
    "学校代码": "book/data",
    "数据字典": "book/data",
    "随迁子女": "book/glossary",
    "留守儿童": "book/policy",
    "信息化": "book/policy",
    "质量监测": "book/policy",
    "校际差异率": "book/policy",
    "2035年": "book/policy",
    "常见算错": "notebooks/policy/five_schools",
    "九年一贯制": "notebooks/policy/five_schools",
    "WPS怎样算": "notebooks/policy/five_schools",
    "县里的自评": "notebooks/policy/self_assessment",
    "整改台账": "book/policy",
    "倒查差距": "notebooks/policy/self_assessment",
    "没有查到": "book/references",
    "骨干教师": "book/glossary",
    "这门课给谁用": "book/index",
    "六个模块": "book/index",
}

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

    def ask(self, query):
        """Pages found, the first first."""
        self.open(f"search.html?q={quote(query)}")
        return self.results()

    def ask_on(self, query):
        """Pages found by the results page that is open: quicker than opening it anew."""
        self.page.evaluate("query => { Search.status.innerText = ''; return Search.query(query); }", query)
        return self.results()

    def results(self):
        self.page.wait_for_function("Search.status.innerText")
        links = self.page.locator("ul.search > li > a").evaluate_all("links => links.map(a => a.href)")
        return [self.name(link) for link in links]

    def name(self, url):
        return unquote(urlsplit(url).path.removeprefix(urlsplit(self.address).path)).strip("/")[
            : -len(".html")
        ]

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


@pytest.mark.parametrize(("query", "target"), PHRASES.items())
def test_phrase_finds_its_page(reader, query, target):
    found = reader.ask(query)
    assert target in found[:SHOWN]
    sentence, marked = reader.first(target, found)
    assert len(sentence) > 10
    assert marked, "nothing of the query is marked"


def test_every_heading_and_every_term_finds_its_page(reader, site):
    """One that several pages have, such as “公式”, finds one of them."""
    pages = headings_and_terms(site)
    assert len(pages) > 200
    lost, silent, unmarked = [], [], []
    reader.ask("县")
    for query, expected in pages.items():
        found = reader.ask_on(query)
        hit = next((page for page in found[:SHOWN] if page in expected), None)
        if hit is None:
            lost.append((query, found[:SHOWN]))
            continue
        sentence, marked = reader.first(hit, found)
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
    assert "没有匹配到" in reader.page.locator(".search-summary").inner_text()


def test_number_of_results_is_read_out(reader):
    reader.ask("基尼系数")
    assert reader.page.get_by_role("status").inner_text().startswith("搜索完成")


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
    assert "没有匹配到" in reader.page.locator(".search-summary").inner_text()


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
    reader.open("book/policy.html")
    known = {urlsplit(url).path for url in reader.loaded}
    weights = {}
    for query in [*PHRASES, "义务教育学校教师", "资源配置7项指标"]:
        reader.ask(query)
        files = {urlsplit(url).path for url in reader.loaded} - known
        weights[query] = sum(weigh(site / (reader.name(path + ".html"))) for path in files)
    heaviest = max(weights, key=weights.get)
    print(f"{heaviest}: {weights[heaviest]} bytes")
    assert 10_000 < weights[heaviest] <= BUDGET


def weigh(path):
    return len(gzip.compress(path.read_bytes()))


# The index as files


def test_terms_are_the_same_in_the_browser_and_in_the_index(reader):
    text = "基尼系数（Gini）为0.45，第3章𠮷学校_items Ⅲ级ＷＰＳ naïve"
    reader.ask("基尼系数")
    assert set(reader.page.evaluate("text => BookSearch.terms(text)", text)) == terms(text)


def test_index_holds_every_page_of_the_contents(site):
    script = (site / "_static/search/titles.js").read_text(encoding="utf-8")
    titles = json.loads(script.removeprefix('Search.receive("titles",').removesuffix(")"))
    pages = [path.relative_to(site).with_suffix("").as_posix() for path in site.glob("*/**/*.html")]
    pages = [page for page in pages if not page.startswith("_static")]
    assert sorted(page for page, _ in titles) == sorted(pages)
    assert titles[0][0] == "book/index"


def test_no_source_map_is_published(site):
    assert list(site.rglob("*.map")) == []
