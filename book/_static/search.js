/* Answers a query in Sphinx's results page, from the scripts that balancelib/course/search.py writes: so also from files on a disk. */
"use strict";

const BookSearch = (() => {
  const WORD = /[\u3400-\u9fff]+|(?:(?![\u3400-\u9fff])[\p{L}\p{N}_])+/gu; // as in search.py
  const SHARDS = 64; // as in search.py
  const SHOWN = 10; // pages; the texts of each are loaded
  const [SHORT, LONG] = [60, 140]; // characters shown of a page
  const OFTEN = 0.4; // weight of how often a page holds the query, beside 1 for holding it
  const CALLED = 10; // weight of being called as the query is

  const received = {};
  Search.receive = (name, data) => (received[name] = data);

  const load = (name) =>
    new Promise((resolve, reject) => {
      if (name in received) return resolve(received[name]);
      const script = document.createElement("script");
      script.src = `_static/search/${name}.js`;
      script.onload = () => resolve(received[name]);
      script.onerror = () => reject(new Error(script.src));
      document.head.append(script);
    });

  const plain = (text) => text.normalize("NFKC").toLowerCase();
  const words = (text) => plain(text).match(WORD) ?? [];
  const isChinese = (word) => /^[\u3400-\u9fff]{2}/.test(word);
  const pairs = (word) => (isChinese(word) ? [...word].slice(1).map((c, i) => word[i] + c) : [word]);
  const terms = (text) => [...new Set(words(text).flatMap(pairs))];
  const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);

  /* For each term of the query its weight, the greater the rarer, and the units in which it stands. */
  const lookUp = (terms, size) =>
    Promise.all(
      terms.map(async (term) => {
        const shard = await load(`terms/${term.codePointAt(0) % SHARDS}`);
        const steps = Object.hasOwn(shard, term) ? shard[term] : []; // a script's objects know `constructor` too
        let unit = 0;
        const places = new Set(steps.map((step) => (unit += step)));
        return { term, places, weight: Math.log(1 + size / (places.size || 1)) };
      }),
    );

  /* How well a title answers: CALLED if it is the query, with or without its English; else the shares that they have of each other. */
  const rateTitle = (title, query, found, whole) => {
    if (title === query || title.replace(/\s*\(.*$/, "") === query) return CALLED;
    if (title.includes(query)) return 1 + query.length / title.length;
    return sum(found.filter(({ term }) => title.includes(term)).map(({ weight }) => weight)) / whole;
  };

  /* The pages whose titles and sections hold most of the query. */
  const candidates = (book, query, found) => {
    const whole = sum(found.map(({ weight }) => weight));
    let number = 0;
    const pages = book.map(([page, titles]) => {
      const units = titles.map(([anchor, title]) => {
        const held = found.filter(({ places }) => places.has(number));
        number += 1;
        const share = sum(held.map(({ weight }) => weight)) / whole;
        return { anchor, title, held: held.length, score: share + rateTitle(plain(title), query, found, whole) };
      });
      const score = Math.max(...units.map((unit) => unit.score)) + OFTEN * Math.log2(1 + sum(units.map((unit) => unit.score)));
      return { page, title: titles[0][1], units, held: Math.max(...units.map(({ held }) => held)), score };
    });
    const enough = Math.max(found.length / 3, ...pages.map(({ held }) => held / 2));
    return pages.filter(({ held }) => held >= enough).sort((a, b) => b.score - a.score);
  };

  /* A page with its texts, and the section to lead to: the query in its own words, and often, counts most. */
  const settle = async (page, query) => {
    const texts = (await load(`texts/${page.page}`)).map(([, , text]) => text);
    const counts = texts.map((text) => plain(text).split(query).length - 1);
    const scores = page.units.map(({ score }, position) => score + OFTEN * Math.log2(1 + counts[position]));
    const best = scores.indexOf(Math.max(...scores));
    const text = texts.slice(best).find((own) => own) ?? ""; // a section that holds only sections shows the first
    return { ...page, ...{ best: page.units[best], text }, score: scores[best] + OFTEN * Math.log2(1 + sum(counts)) };
  };

  /* What to mark, longest first: the query where it stands as typed, such as 0.65 or Ⅲ级, otherwise the longest parts of its words that do. */
  const marks = (asked, text) => {
    const query = plain(asked).trim();
    const typed = `${asked.toLowerCase()} ${query}`.split(/\s+/).filter((piece) => piece && text.includes(piece));
    const found = [...typed];
    for (const word of words(query)) {
      const least = isChinese(word) ? 2 : word.length;
      const standing = [...typed];
      for (let length = word.length; length >= least; length -= 1) {
        for (let start = 0; start + length <= word.length; start += 1) {
          const piece = word.substr(start, length);
          if (text.includes(piece) && !standing.some((longer) => longer.includes(piece))) standing.push(piece);
        }
      }
      found.push(...standing.slice(typed.length));
    }
    const readable = found.filter((piece) => piece.length > 1 || piece === query); // not each letter l of the page
    return [...new Set(readable)].sort((a, b) => b.length - a.length);
  };

  /* The sentence that holds most of the query, or the first of what is called so, and what follows until there is enough to read. */
  const excerpt = (text, query, found, called) => {
    const sentences = text.match(/[^。！？；\n]+[。！？；\n]*/g) ?? [];
    const rated = sentences.map((sentence) => {
      const held = found.filter(({ term }) => plain(sentence).includes(term)).map(({ weight }) => weight);
      return sum(held) + (plain(sentence).includes(query) ? 100 : 0);
    });
    const first = called ? 0 : Math.max(rated.indexOf(Math.max(...rated)), 0);
    let shown = "";
    for (let next = first; next < sentences.length && shown.length < SHORT; next += 1) shown += sentences[next];
    if (shown.length <= LONG) return shown;
    const stands = [query, ...found.map(({ term }) => term)].map((words) => plain(shown).indexOf(words));
    const at = stands.find((place) => place >= 0) ?? 0;
    const start = Math.max(0, at - LONG / 2);
    return (start ? "……" : "") + shown.substr(start, LONG) + (start + LONG < shown.length ? "……" : "");
  };

  const show = ({ page, title, best, text }, asked, found) => {
    const query = plain(asked).trim();
    const item = document.createElement("li");
    const link = item.appendChild(document.createElement("a"));
    link.textContent = best.anchor ? `${title} › ${best.title}` : title;
    const context = item.appendChild(document.createElement("p"));
    context.className = "context";
    context.textContent = excerpt(text, query, found, best.score >= CALLED);
    const marked = marks(asked, item.textContent.toLowerCase());
    const highlight = marked.length ? `?highlight=${encodeURIComponent(marked.join(" "))}` : "";
    link.href = `${page}.html${highlight}${best.anchor && `#${best.anchor}`}`;
    marked.forEach((piece) => _highlightText(item, piece, "highlighted"));
    return item;
  };

  const answer = async (asked) => {
    const query = plain(asked).trim();
    const book = await load("titles");
    const found = await lookUp(terms(query), sum(book.map(([, titles]) => titles.length)));
    const pages = found.length ? candidates(book, query, found) : [];
    const answers = await Promise.all(pages.slice(0, SHOWN).map((page) => settle(page, query)));
    answers.sort((a, b) => b.score - a.score);
    Search.output.replaceChildren(...answers.map((one) => show(one, asked, found)));
    _finishSearch(pages.length);
    if (pages.length > SHOWN) Search.status.innerText += `下面是最相关的${SHOWN}页。`;
  };

  return { answer, terms };
})();

Search.query = (query) => {
  Search.status.setAttribute("role", "status"); // screen readers read it out when it comes
  return BookSearch.answer(query).catch((error) => {
    Search.stopPulse();
    Search.status.innerText = "没有读到搜索的索引，请刷新页面再试。";
    throw error;
  });
};
Search.setIndex({}); // Sphinx waits for it; what is asked is loaded then
