// A quote's card: steps that are ticked off, copying and printing.
(() => {
  "use strict";
  const KEPT = "andon-ticks";
  const OLD_MS = 4 * 3600 * 1000; // boxes ticked so long ago belong to another stoppage
  const read = () => {
    try {
      const kept = JSON.parse(sessionStorage.getItem(KEPT) || "{}");
      return kept.at && Date.now() - kept.at < OLD_MS ? kept : { asked: "", steps: {} };
    } catch { return { asked: "", steps: {} }; }
  };
  let state = read();
  const write = () => {
    state.at = Date.now();
    try { sessionStorage.setItem(KEPT, JSON.stringify(state)); } catch { /* a browser that keeps nothing */ }
  };

  const boxes = (list) => [...list.querySelectorAll(".a-tick input")];
  const tell = (list) => {
    const done = boxes(list).filter((box) => box.checked).length, all = boxes(list).length;
    const told = list.querySelector(".a-progress output");
    list.querySelector("progress").value = done;
    told.textContent = done === all ? told.dataset.all : told.dataset.told.replace("{done}", String(done));
    list.querySelector(".a-untick").hidden = done === 0;
    list.classList.toggle("a-all-done", done === all);
  };

  // a new quote: boxes of the same question stay ticked, also after a change of language; another question has fresh ones
  const fresh = (element) => {
    const best = element.querySelector(".a-best[data-asked]");
    if (best && best.dataset.asked !== state.asked) {
      if (!element.querySelector(".a-understood")) state.steps = {};
      state.asked = best.dataset.asked;
      write();
    }
    for (const list of element.querySelectorAll(".a-ticks")) {
      const ticked = state.steps[list.dataset.ticks] || [];
      boxes(list).forEach((box, at) => { box.checked = ticked.includes(at); });
      tell(list);
    }
  };
  const forget = () => { state = { asked: "", steps: {} }; write(); };

  document.addEventListener("change", (event) => {
    const list = event.target.closest?.(".a-ticks");
    if (!list) return;
    state.steps[list.dataset.ticks] = boxes(list).flatMap((box, at) => (box.checked ? [at] : []));
    write();
    tell(list);
  });

  // the clipboard of browsers needs HTTPS, which a box in a plant seldom has; a selected text field needs nothing
  const copy = async (text) => {
    if (navigator.clipboard && isSecureContext) {
      try { await navigator.clipboard.writeText(text); return true; } catch { /* the old way then */ }
    }
    const field = document.createElement("textarea");
    field.value = text;
    field.style.cssText = "position: fixed; top: 0; left: 0; opacity: 0;";
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  };

  const toClipboard = async (button) => {
    const told = button.querySelector("span"), before = button.dataset.label || told.textContent;
    button.dataset.label = before;
    told.textContent = (await copy(button.dataset.copy)) ? button.dataset.done : button.dataset.failed;
    clearTimeout(button.again);
    button.again = setTimeout(() => { told.textContent = before; }, 2500);
  };

  // one quote on paper: its card alone, folded ones open, boxes as they are ticked
  const print = (button) => {
    const card = button.closest(".a-card"), lang = document.documentElement.lang;
    document.querySelector(".a-print-sheet")?.remove();
    const sheet = document.createElement("main"), head = document.createElement("header"), copied = card.cloneNode(true);
    sheet.className = "a-print-sheet";
    const now = new Intl.DateTimeFormat(lang, { dateStyle: "long", timeStyle: "short" }).format(new Date());
    for (const [tag, text] of [["h1", button.dataset.sheet], ["p", button.dataset.printed.replace("{at}", now)], ["p", button.dataset.note]]) {
      const line = document.createElement(tag);
      line.textContent = text;
      head.append(line);
    }
    copied.removeAttribute("id");
    if (copied.tagName === "DETAILS") copied.open = true;
    const ticked = [...card.querySelectorAll(".a-tick input")];
    copied.querySelectorAll(".a-tick input").forEach((box, at) => box.toggleAttribute("checked", ticked[at].checked));
    const levels = [...new Set([...copied.querySelectorAll("h2, h3, h4, h5")].map((one) => one.tagName))].sort();
    for (const one of copied.querySelectorAll("h2, h3, h4, h5")) one.setAttribute("aria-level", 2 + levels.indexOf(one.tagName)); // below the sheet's own
    copied.querySelectorAll("button, a.a-open, .a-progress").forEach((part) => part.remove());
    sheet.append(head, copied);
    document.body.append(sheet);
    window.print();
  };
  window.addEventListener("afterprint", () => document.querySelector(".a-print-sheet")?.remove());

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button.a-copy, button.a-print, button.a-untick");
    if (!button) return;
    if (button.matches(".a-copy")) toClipboard(button);
    if (button.matches(".a-print")) print(button);
    if (!button.matches(".a-untick")) return;
    const list = button.closest(".a-ticks");
    for (const box of boxes(list)) box.checked = false;
    delete state.steps[list.dataset.ticks];
    write();
    tell(list);
    boxes(list)[0].focus();
  });

  window.andon.card = { fresh, forget };
})();
