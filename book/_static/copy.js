// The copy buttons of sphinx-copybutton: their words punctuated as Chinese is, and read out as well as shown.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const words = messages["zh-CN"];
  const said = document.createElement("p");
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  words.copy_success = "复制成功！";
  iconCheck = iconCheck.replace(/复制成功./, words.copy_success);
  document.body.append(said);
  new MutationObserver(([{ target }]) => {
    const word = target.dataset.tooltip;
    said.textContent = word === words.copy ? "" : word;
  }).observe(document.body, { subtree: true, attributeFilter: ["data-tooltip"] });
});
