// Answers the quizzes of balancelib.course.quiz: shows below a question what its list of answers says of the one given, and counts.
(() => {
  "use strict";

  function start(form) {
    const questions = [...form.querySelectorAll("fieldset")];
    const score = form.querySelector(".quiz-score");
    const again = form.querySelector('[type="reset"]');

    function count() {
      const done = questions.filter((question) => question.dataset.result).length;
      const right = questions.filter((question) => question.dataset.result === "right").length;
      const left = questions.length - done;
      if (left) score.textContent = done ? `做了${done}题，答对${right}题，还有${left}题。` : "";
      else score.textContent = `${done}题答对${right}题。`;
      again.hidden = !done;
    }

    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("click", ({ target }) => {
      if (!target.matches(".quiz-check")) return;
      check(target.closest("fieldset"));
      count();
    });
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing || event.target.type !== "text") return;
      event.preventDefault();
      event.target.closest("fieldset").querySelector(".quiz-check").click();
    });
    form.addEventListener("input", ({ target }) => {
      forget(target.closest("fieldset"));
      count();
    });
    form.addEventListener("reset", () => {
      questions.forEach(forget);
      count();
      form.querySelector("input").focus();
    });
    // JupyterLab would take the arrow keys for itself.
    form.querySelectorAll("input, button").forEach((control) => (control.dataset.lmSuppressShortcuts = "true"));
    form.classList.add("quiz-live");
    count();
  }

  function forget(question) {
    delete question.dataset.result;
    question.querySelector(".quiz-said").replaceChildren();
  }

  function check(question) {
    forget(question);
    const answers = [...question.querySelectorAll("li")];
    const box = question.querySelector('[type="text"]');
    const given = box ? filledIn(box, answers) : chosen(question, answers);
    const said = given.map((answer) => tell(answer, given.length > 1));
    const missed = answers.filter((answer) => isRight(answer) && !given.includes(answer)).length;
    if (!given.length) said.push(paragraph(box ? "请先填一个数，例如0.5。" : "请先选，再看结果。"));
    else if (missed && given.every(isRight)) said.push(paragraph(`还有${missed}项该选的没有选。`, "quiz-wrong"));
    question.querySelector(".quiz-said").append(...said);
    if (given.length) question.dataset.result = !missed && given.every(isRight) ? "right" : "wrong";
  }

  const isRight = (answer) => answer.className === "quiz-right";

  function chosen(question, answers) {
    const inputs = question.querySelectorAll("input");
    return answers.filter((_, i) => inputs[i].checked);
  }

  // The answer with the number in the box; the last one is for any other number. No answer where there is no number.
  function filledIn(box, answers) {
    const number = numberIn(box);
    const allowed = Number(box.dataset.tolerance) + 1e-9;
    const near = ({ dataset }) => "value" in dataset && Math.abs(number - dataset.value) <= allowed;
    return Number.isFinite(number) ? [answers.find(near) ?? answers.at(-1)] : [];
  }

  // People type full-width digits, commas between thousands, the unit, and per cent.
  function numberIn(box) {
    const text = box.value.normalize("NFKC").replace(/[\s,]/g, "").replace("−", "-");
    const unit = box.dataset.unit.normalize("NFKC");
    if (!text) return NaN;
    if (unit && text.endsWith(unit)) return Number(text.slice(0, -unit.length) || NaN);
    return text.endsWith("%") ? Number(text.slice(0, -1) || NaN) / 100 : Number(text);
  }

  function tell(answer, oneOfSeveral) {
    const told = paragraph("", answer.className);
    told.append(...answer.cloneNode(true).childNodes);
    if (!oneOfSeveral) told.querySelector(".quiz-given").remove();
    return told;
  }

  function paragraph(text, name = "") {
    const made = document.createElement("p");
    made.className = name;
    made.textContent = text;
    return made;
  }

  document.querySelectorAll(".quiz:not(.quiz-live)").forEach(start);
})();
