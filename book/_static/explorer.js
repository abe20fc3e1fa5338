// Replays the explorers of balancelib.figures: puts the parts that the library wrote for a position of the controls in their places.
"use strict";

(() => {
  const CODES = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const SAY = "<!--say-->";
  const PAUSE = 300; // milliseconds without a move, after which the sentence is read out

  function start(explorer) {
    const { template, columns } = JSON.parse(explorer.querySelector("script").textContent);
    const inputs = [...explorer.querySelectorAll("select, input")];
    const [seen, said, heard] = ["seen", "said", "heard"].map((name) => explorer.querySelector(`.explorer-${name}`));
    const wanted = seen.cloneNode();
    const beginning = inputs.map(first);
    let shown = state(beginning);
    let frame, pause;

    // The last control moves fastest, as in itertools.product.
    function state(positions) {
      return inputs.reduce((sum, input, k) => sum * size(input) + positions[k], 0);
    }

    const part = (column, i) =>
      typeof column[1] === "string" && column.length === 2 && Array.isArray(column[0])
        ? column[0][CODES.indexOf(column[1][i])]
        : column[i];

    function draw() {
      frame = undefined;
      const i = state(inputs.map(position));
      if (i === shown) return;
      shown = i;
      const text = template.map((piece) => (typeof piece === "number" ? part(columns[piece], i) : piece)).join("");
      const [figure, words] = text.split(SAY);
      wanted.innerHTML = figure;
      match(seen, wanted);
      said.innerHTML = words;
      clearTimeout(pause);
      pause = setTimeout(() => (heard.textContent = said.textContent), PAUSE);
    }

    // A slider can move more often than the screen is drawn.
    function follow() {
      inputs.filter((input) => input.type === "range").forEach(name);
      frame ??= requestAnimationFrame(draw);
    }

    inputs.forEach((input) => input.addEventListener("input", follow));
    explorer.querySelector("button").addEventListener("click", () => {
      inputs.forEach((input, k) => move(input, beginning[k]));
      follow();
    });
    // After a reload, or on the way back, the browser puts controls where they were and tells nobody.
    addEventListener("pageshow", follow);
    explorer.querySelector(".explorer-controls").hidden = false;
  }

  const isList = (input) => input.tagName === "SELECT";
  const size = (input) => (isList(input) ? input.options.length : Number(input.max) + 1);
  const position = (input) => (isList(input) ? input.selectedIndex : Number(input.value));
  const first = (input) =>
    isList(input) ? [...input.options].findIndex((option) => option.defaultSelected) : Number(input.defaultValue);

  function move(input, to) {
    if (isList(input)) input.selectedIndex = to;
    else input.value = to;
  }

  function name(slider) {
    const text = JSON.parse(slider.dataset.texts)[position(slider)];
    slider.setAttribute("aria-valuetext", text);
    slider.closest("label").nextElementSibling.textContent = text;
  }

  // Makes a part of the page like another and touches only what differs, for the browser draws the rest anew as well.
  function match(part, wanted) {
    if (!isAlike(part, wanted)) return part.replaceWith(wanted);
    if (part.nodeValue !== wanted.nodeValue) part.nodeValue = wanted.nodeValue;
    for (const { name, value } of wanted.attributes ?? [])
      if (part.getAttribute(name) !== value) part.setAttribute(name, value);
    const parts = [...part.childNodes];
    [...wanted.childNodes].forEach((child, k) => match(parts[k], child));
  }

  const isAlike = (part, wanted) =>
    part.nodeName === wanted.nodeName &&
    part.childNodes.length === wanted.childNodes.length &&
    part.attributes?.length === wanted.attributes?.length &&
    [...(wanted.attributes ?? [])].every(({ name }) => part.hasAttribute(name));

  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll(".explorer").forEach(start));
})();
