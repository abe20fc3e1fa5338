// Replays the explorers of balancelib.figures: puts the parts that the library wrote for a position of the controls in their places.
"use strict";

(() => {
  const CODES = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const SAY = "<!--say-->";

  function start(explorer) {
    const { template, columns } = JSON.parse(explorer.querySelector("script").textContent);
    const inputs = [...explorer.querySelectorAll("select, input")];
    const seen = explorer.querySelector(".explorer-seen");
    const said = explorer.querySelector(".explorer-said");
    const beginning = inputs.map(first);

    const part = (column, i) =>
      typeof column[1] === "string" && column.length === 2 && Array.isArray(column[0])
        ? column[0][CODES.indexOf(column[1][i])]
        : column[i];

    function draw() {
      // The last control moves fastest, as in itertools.product.
      const i = inputs.reduce((sum, input) => sum * size(input) + position(input), 0);
      const text = template.map((piece) => (typeof piece === "number" ? part(columns[piece], i) : piece)).join("");
      const [figure, words] = text.split(SAY);
      seen.innerHTML = figure;
      said.innerHTML = words;
      inputs.filter((input) => input.type === "range").forEach(name);
    }

    inputs.forEach((input) => input.addEventListener("input", draw));
    explorer.querySelector("button").addEventListener("click", () => {
      inputs.forEach((input, k) => move(input, beginning[k]));
      draw();
    });
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

  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll(".explorer").forEach(start));
})();
