/* Answers a query in Sphinx's results page, from the scripts that balancelib/course/search.py writes: so also from files on a disk. */
"use strict";

const BookSearch = (() => {
  const WORD = /[0-9]+(?:\.[0-9]+)*%?(?!(?![\u3400-\u9fff])[\p{L}\p{N}_])|[\u3400-\u9fff]+|(?:(?![\u3400-\u9fff])[\p{L}\p{N}_])+/gu; // as in search.py
  const SHARDS = 64; // as in search.py
  const [READ, SHOWN] = [14, 10]; // pages: whose texts are loaded, to rank them by what they say, and which are shown
  const [SHORT, LONG] = [60, 140]; // characters shown of a page
  const ASKING = /什么是|是什么|有什么|有哪些|为什么|什么|怎么样?|怎样|如何|哪些|多少|[吗呢]/g; // words that only ask
  /* Weights, beside 1 for holding the query in prose: being called so; holding it in a heading; in code or a quiz only; only its parts,
     for how often and for what a kind of page is worth beforehand (_config.yml). */
  const [CALLED, HEADED, ASIDE, PARTLY] = [10, 2, 0.4, 0.1];
  const MANY = 4; // times, that count half as much as ever so many

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
  const pieces = (text) => text.split(/\s+/);
  const pairs = (word) => (isChinese(word) ? [...word].slice(1).map((c, i) => word[i] + c) : [word]);
  const terms = (text) => [...new Set(words(text).flatMap(pairs))];
  const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);

  /* What is asked for: as typed, without the words that only ask, and, where that is another name of a term, the book's own word. */
  const understand = (asked, book) => {
    const query = plain(asked).trim();
    const told = query.replace(ASKING, " ").trim();
    const core = words(told).some((word) => word.length > 1) ? told : query;
    const own = book.flatMap(([, , titles]) => titles.filter(([, , others]) => plain(others).split("、").includes(core)));
    const term = own.length ? own[0][1] : "";
    return { asked: asked.trim(), query, term, names: [core, plain(term)].filter((name) => name) };
  };

  /* The units in which a term stands, with 1 for prose and ASIDE for code and quizzes; one Chinese character begins the terms that hold it. */
  const places = (shard, term) => {
    const isBeginning = /^[\u3400-\u9fff]$/.test(term);
    const held = new Map();
    for (const name of Object.keys(shard).filter((name) => (isBeginning ? name.startsWith(term) : name === term))) {
      let place = 0;
      for (const step of shard[name]) {
        place += step;
        held.set(place >> 1, Math.max(held.get(place >> 1) ?? 0, place & 1 ? ASIDE : 1));
      }
    }
    return held;
  };

  /* For each term of the query its units and its weight, the greater the rarer. */
  const lookUp = (terms, size) =>
    Promise.all(
      terms.map(async (term) => {
        const held = places(await load(`terms/${term.codePointAt(0) % SHARDS}`), term);
        return { term, held, weight: Math.log(1 + size / (held.size || 1)) };
      }),
    );

  /* A title is called as its whole, its parts between punctuation, and their words: `CV` of 差异系数（coefficient of variation，CV）. */
  const isCalled = (names, query) =>
    names === query || [/[():,、]\s*/, /[():,、\s]+/].some((between) => names.split(between).includes(query));

  /* How well a title answers: CALLED so, HEADED so, or by the parts that it and its page's title hold (“公式” of which measure); the more, the less else it says in Chinese or in English. */
  const rateTitle = (page, title, others, { query, names }, found) => {
    const all = `${title}、${others}`;
    const path = `${page}、${all}`;
    const share = sum(found.filter(({ term }) => path.includes(term)).map(({ weight }) => weight));
    const rates = names.map((name) => {
      const close = Math.max(...title.split(/[()]/).map((part) => part.includes(name) && name.length / part.length));
      if (isCalled(title, query) || isCalled(all, name)) return CALLED + HEADED * close;
      return all.includes(name) ? HEADED + HEADED * close : share;
    });
    return Math.max(...rates);
  };

  /* At most 1, and the first few times count most: no page leads only because it is long. */
  const often = (count) => count / (count + MANY);

  /* Pages by score; the second lesson of a chapter counts half, the third a third, lest ten with one word hide all else. */
  const ranked = (pages) => {
    const before = new Map();
    const byScore = (pages) => pages.sort((a, b) => b.rank - a.rank);
    const spread = byScore(pages.map((page) => ({ ...page, rank: page.score }))).map((page) => {
      const chapter = page.page.match(/^notebooks\/.+(?=\/)/)?.[0] ?? page.page;
      before.set(chapter, (before.get(chapter) ?? 0) + 1);
      return { ...page, rank: page.score / before.get(chapter) };
    });
    return byScore(spread);
  };

  /* The pages whose titles and sections hold a third of the query, and half of what the fullest holds: not those that hold it only aside. */
  const candidates = (book, question, found) => {
    let number = 0;
    const pages = book.map(([page, worth, titles]) => {
      const about = plain(titles[0][1]);
      const units = titles.map(([anchor, title, others]) => {
        const held = found.map((term) => term.held.get(number) ?? 0);
        number += 1;
        const name = plain(title);
        const named = rateTitle(about, name, plain(others), question, found);
        const share = sum(held.map((part, position) => part * found[position].weight));
        const opens = named >= CALLED && [question.query, ...question.names].some((asked) => name.startsWith(asked));
        return { anchor, title, share, held: sum(held), opens, score: share + named };
      });
      const most = (part) => Math.max(...units.map((unit) => unit[part]));
      const score = most("score") + often(sum(units.map(({ share }) => share))) + worth * most("share");
      return { page, worth, title: titles[0][1], units, held: most("held"), score };
    });
    const enough = Math.max(found.length / 3, ...pages.map(({ held }) => held / 2));
    return ranked(pages.filter(({ held }) => held >= enough));
  };

  /* A page with its texts, and the section to lead to: the query as typed or in the book's words, and often, counts most. */
  const settle = async (page, { query, names }, found) => {
    const texts = (await load(`texts/${page.page}`)).map(([, title, , prose, aside]) => ({ title, prose, aside }));
    const asked = [...new Set([query, ...names].flatMap(pieces))];
    const told = texts.map(({ prose }) => plain(prose));
    const times = (word, text) => text.split(word).length - 1;
    const whole = told.map((text) => sum(asked.map((piece) => times(piece, text))));
    const longer = found.filter(({ term }) => term.length > 1); // not each letter u of the page for U盘
    const parts = told.map((text) => sum(longer.map(({ term, weight }) => weight * times(term, text))));
    const counts = whole.map((count, position) => count + PARTLY * parts[position]);
    const scores = page.units.map(({ score }, position) => score + often(counts[position]));
    const best = scores.indexOf(Math.max(...scores));
    const text = texts.slice(best).find(({ prose, aside }) => prose || aside) ?? texts[best]; // a section of sections shows the first
    const all = plain(texts.flatMap(({ title, prose, aside }) => [title, prose, aside]).join("\n"));
    const isWhole = names.some((name) => pieces(name).every((piece) => all.includes(piece)));
    const score = scores[best] + often(sum(counts)) + page.worth * (sum(whole) ? 1 : PARTLY);
    return { ...page, ...{ best: page.units[best], text, isWhole, score } };
  };

  /* What to mark, longest first: the query where it stands as typed, such as 0.65 or Ⅲ级, otherwise the longest parts of its words that do. */
  const marks = ({ asked, query, names }, text) => {
    const typed = `${asked.toLowerCase()} ${query}`.split(/\s+/).filter((piece) => piece && text.includes(piece));
    const found = [...typed];
    for (const word of words(names.join(" "))) {
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

  /* Sentences, or lines of code, with how much of the query each holds. */
  const rated = (text, { names }, found) =>
    (text.match(/[^。！？；\n]+[。！？；\n]*/g) ?? []).map((sentence) => {
      const held = (text) => plain(sentence).includes(text);
      const parts = found.filter(({ term }) => held(term)).map(({ weight }) => weight);
      return { sentence, score: sum(parts) + 100 * names.flatMap(pieces).filter(held).length };
    });

  /* The sentence that holds most of the query, or the first of what is called so, and what follows until there is enough to read. */
  const excerpt = ({ prose, aside }, { opens }, question, found) => {
    const best = (sentences) => Math.max(0, ...sentences.map(({ score }) => score));
    const [told, besides] = [prose, aside].map((text) => rated(text, question, found));
    const sentences = prose && (best(told) || !best(besides)) ? told : besides;
    const first = opens ? 0 : Math.max(0, sentences.findIndex(({ score }) => score === best(sentences)));
    let shown = "";
    for (let next = first; next < sentences.length && shown.length < SHORT; next += 1) shown += sentences[next].sentence;
    if (shown.length <= LONG) return shown;
    const stands = [...question.names.flatMap(pieces), ...found.map(({ term }) => term)].map((words) => plain(shown).indexOf(words));
    const at = stands.find((place) => place >= 0) ?? 0;
    const start = Math.max(0, at - LONG / 2);
    return (start ? "……" : "") + shown.substr(start, LONG) + (start + LONG < shown.length ? "……" : "");
  };

  const show = ({ page, title, best, text }, question, found) => {
    const item = document.createElement("li");
    const link = item.appendChild(document.createElement("a"));
    link.textContent = best.anchor ? `${title} › ${best.title}` : title;
    const context = item.appendChild(document.createElement("p"));
    context.className = "context";
    context.textContent = excerpt(text, best, question, found);
    const marked = marks(question, `${link.textContent}\n${context.textContent}`.toLowerCase());
    const highlight = marked.length ? `?highlight=${encodeURIComponent(marked.join(" "))}` : "";
    link.href = `${page}.html${highlight}${best.anchor && `#${best.anchor}`}`;
    marked.forEach((piece) => _highlightText(item, piece, "highlighted"));
    return item;
  };

  /* How many pages hold what was asked, or parts of it only, or what to try when none does. */
  const tell = ({ asked, term }, count, isWhole) => {
    if (!count) {
      const link = Object.assign(document.createElement("a"), { href: "book/glossary.html", textContent: "术语表" });
      return [`书里没有找到“${asked}”。可以把词写短一些，或者换一个说法，例如只写“教师”或“经费”；也可以看看`, link, "里用的是哪个词。"];
    }
    const named = term ? `“${asked}”，书里叫“${term}”。` : "";
    const first = count > SHOWN ? `下面是最相关的${SHOWN}页。` : "";
    return [named, isWhole ? `找到${count}页。` : `没有哪一页原样写着“${asked}”，有${count}页写到其中的一部分。`, first];
  };

  /* What answers: the pages shown, each with its best section, and how many there are. */
  const find = async (asked) => {
    const book = await load("titles");
    const question = understand(asked, book);
    const found = await lookUp(terms(question.names.join(" ")), sum(book.map(([, , titles]) => titles.length)));
    const whole = sum(found.map(({ weight }) => weight));
    found.forEach((term) => (term.weight /= whole));
    const pages = found.length ? candidates(book, question, found) : [];
    const read = await Promise.all(pages.slice(0, READ).map((page) => settle(page, question, found)));
    return { question, found, count: pages.length, answers: ranked(read).slice(0, SHOWN) };
  };

  const answer = async (asked) => {
    const { question, found, count, answers } = await find(asked);
    Search.output.replaceChildren(...answers.map((one) => show(one, question, found)));
    Search.stopPulse();
    Search.title.textContent = "搜索结果";
    Search.status.replaceChildren(...tell(question, count, answers.some(({ isWhole }) => isWhole)));
  };

  return { answer, find, terms };
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
