// "This fixed it": the form that closes a stoppage. What is typed stays until it was written down.
(() => {
  "use strict";
  const fixed = (element, sent) => {
    element.addEventListener("click", (event) => {
      const tap = event.target.closest("button.a-tap"), step = event.target.closest("button[data-by]");
      if (tap) {
        const field = tap.closest("form").elements[tap.dataset.into], gap = /[ぁ-んァ-ヶ一-龠]/.test(tap.dataset.text) ? "" : " ";
        if (!field.value.includes(tap.dataset.text)) field.value = field.value ? field.value.trimEnd() + gap + tap.dataset.text : tap.dataset.text;
        tap.setAttribute("aria-pressed", "true");
      }
      if (step) {
        const field = step.closest("form").elements.minutes_down;
        field.value = String(Math.max(0, Number(field.value || 0) + Number(step.dataset.by)));
      }
    });
    element.addEventListener("submit", async (event) => {
      event.preventDefault();
      const form = event.target, told = form.querySelector(".a-bad"), button = form.querySelector(".a-save");
      const given = Object.fromEntries(new FormData(form));
      const problem = (text) => { told.textContent = text; told.hidden = false; button.disabled = false; };
      if (!given.remedy.trim()) { problem(form.dataset.missing); form.elements.remedy.focus(); return; }
      button.disabled = true;
      told.hidden = true;
      try {
        const answer = await fetch("/stoppages", {
          method: "POST", headers: { "Content-Type": "application/json" },
          body: JSON.stringify({ ...given, minutes_down: Number(given.minutes_down) }),
        });
        if (answer.ok) sent(); else problem(form.dataset.failed);
      } catch { problem(form.dataset.failed); }
    });
  };
  window.andon.fixed = fixed;
})();
