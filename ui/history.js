// One's own conversations: a sheet that is filled by GET /history; deleting takes two taps.
(() => {
  "use strict";
  let box = null, reopen = null, waiting = 0, opener = null, latest = 0;
  const wired = new WeakSet();
  const find = (selector) => box.querySelector(selector);

  const fill = async () => {
    const mine = ++latest, lang = document.documentElement.lang;
    const asked = new URLSearchParams({ words: find("input").value, lang });
    let html = "";
    try {
      const answer = await fetch(`/history?${asked}`);
      if (answer.ok) html = await answer.text();
    } catch { /* told below */ }
    if (mine !== latest) return;
    const list = find(".a-past-list");
    if (!html) { list.textContent = box.dataset.failed; return; }
    list.innerHTML = html;
    const told = new Intl.DateTimeFormat(lang, { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });
    for (const at of list.querySelectorAll("time")) at.textContent = told.format(new Date(at.dateTime));
    find(".a-past-all").hidden = !list.querySelector("li");
  };

  const remove = async (button, address) => {
    if (!button.dataset.asked) {
      button.dataset.asked = button.innerHTML;
      button.textContent = box.dataset.sure;
      setTimeout(() => { if (button.dataset.asked) { button.innerHTML = button.dataset.asked; delete button.dataset.asked; } }, 4000);
      return;
    }
    button.disabled = true;
    try { await fetch(address, { method: "DELETE" }); } catch { /* the list tells what is left */ }
    button.innerHTML = button.dataset.asked;
    delete button.dataset.asked;
    button.disabled = false;
    await fill();
    find("input").focus();
  };

  const wire = () => {
    wired.add(box);
    box.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(fill, 250); });
    box.addEventListener("close", () => opener?.isConnected && opener.focus());
    box.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (event.target === box) box.close(); // beside the sheet
      if (!button) return;
      if (button.matches(".a-past-close")) box.close();
      if (button.matches(".a-past-one")) { box.close(); reopen(button.dataset.id); }
      if (button.matches(".a-past-delete")) remove(button, `/conversations/${encodeURIComponent(button.dataset.id)}`);
      if (button.matches(".a-past-all")) remove(button, "/conversations");
    });
  };
  const attach = (element, act) => {
    const found = element.querySelector("dialog.a-past");
    if (!found) return;
    box = found;
    reopen = act;
    if (!wired.has(box)) wire();
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button.a-past-open");
    if (!button || !box) return;
    opener = button;
    find("input").value = "";
    find(".a-past-list").replaceChildren();
    box.showModal();
    fill();
  });
  window.andon.past = { attach };
})();
