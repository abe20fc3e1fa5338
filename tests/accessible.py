"""What axe-core, which browsers' own audits use, finds wrong in a page: asked wholly, but of nothing twice.

Its look at contrast takes most of its time, and by far the most texts of a page are like others: cells of a table, words
of code, entries of the contents. So it looks at two of those that are alike in all that decides their contrast: element,
classes, colours and size, of their own and of all around them. Which are alike is asked of the browser in the look that
it shows, so a style that makes one cell paler makes it a cell of its own kind. What is placed over others may have
anything below it, and is asked one by one; of what has less than two letters or digits axe-core says nothing, so it
stands for no others.
"""

from importlib.resources import files

LEVEL_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]  # of WCAG 2.1
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
ASKED = """([within, rules]) => {
  const decides = ["color", "backgroundColor", "backgroundImage", "opacity", "fontSize", "fontWeight", "textShadow",
    "filter", "mixBlendMode", "visibility", "position", "zIndex", "transform"];
  const kinds = new Map(), counts = new Map();
  const walk = (e, around) => {
    const style = getComputedStyle(e), text = [...e.childNodes].filter(n => n.nodeType === Node.TEXT_NODE).map(n => n.data);
    const alone = ["absolute", "fixed"].includes(style.position) ? kinds.size : "";
    const own = [around, e.localName, e.getAttribute("class"), e.matches(":disabled"), alone, ...decides.map(d => style[d])];
    const key = own.join("|"), kind = kinds.get(key) ?? kinds.set(key, kinds.size).get(key);
    const like = `${kind} ${/[\\p{L}\\p{N}].*[\\p{L}\\p{N}]/su.test(text.join(""))}`;
    e.removeAttribute("data-asked");
    if ((text.some(t => t.trim()) || e.matches("input, select, textarea")) && e.checkVisibility()) {
      counts.set(like, (counts.get(like) ?? 0) + 1);
      e.toggleAttribute("data-asked", counts.get(like) <= 2);
    }
    for (const child of e.children) walk(child, kind);
  };
  document.querySelectorAll(within).forEach((root, i) => walk(root, `root ${i}`));
  axe.configure({rules: [{id: "color-contrast", selector: "[data-asked]"}]});
  return axe.run(within, {runOnly: rules, resultTypes: ["violations"]});
}"""
SWITCHED = """async () => {
  const shown = document.documentElement.dataset, before = shown.theme;
  const button = document.querySelector(".theme-switch-button");
  for (let i = 0; i < 3 && (shown.theme === before || shown.mode === "auto"); i++) button.click();
  const ends = performance.now() + 30_000;  // of what fades, some is replaced by another fading and never said to be finished
  const fading = () => document.getAnimations().some(a => a.effect.getComputedTiming().endTime < Infinity);
  do await new Promise(painted => requestAnimationFrame(() => requestAnimationFrame(painted)));
  while (fading() && performance.now() < ends);
  return shown.theme !== before && !fading();
}"""


def violations(page, within="html", rules=LEVEL_AA):
    """Names of the rules that are broken, and the elements that break them."""
    page.emulate_media(reduced_motion="reduce")  # or what is fading in would be too pale
    if not page.evaluate("'axe' in window"):
        page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate(ASKED, [within, rules])
    assert len(found["passes"]) > (10 if (within, rules) == ("html", LEVEL_AA) else 0), "axe-core did not run"
    return {one["id"]: [node["html"][:150] for node in one["nodes"]] for one in found["violations"]}


def violations_in_both_themes(page):
    """Those in the theme that is shown, and then, once the page's own button has switched it, those of colours.

    The other theme shows the same elements, so that whatever else is asked would be answered the same.
    """
    found = violations(page)
    assert page.evaluate(SWITCHED)
    return found | violations(page, rules=COLOURS)
