// Small helpers of the pages: language of the document, jumps to sources, dialogs, IME-safe Enter.
(() => {
  "use strict";
  const setLang = (lang) => {
    document.documentElement.lang = lang;
    document.cookie = `andon_lang=${lang}; path=/; max-age=31536000; samesite=lax`;
  };
  const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
  const named = (element) => {
    const top = element.querySelector("[data-page-lang]");
    if (!top) return;
    document.documentElement.lang = top.dataset.pageLang;
    document.title = top.dataset.pageTitle;
    document.documentElement.style.setProperty("--a-searching", JSON.stringify(top.dataset.searching || ""));
  };
  const ready = () => {
    named(document);
    const first = !document.documentElement.dataset.ready;
    if (first) window.andon.lost.ready();
    document.documentElement.dataset.ready = "yes";
    // what is hidden takes no focus: only now may whoever has keys alone, or a scanner of codes, begin to type
    if (first && document.activeElement === document.body) document.querySelector("#question textarea")?.focus({ preventScroll: true });
  };
  setTimeout(ready, 4000); // whatever happens, the page is shown

  // From a question on the alarms to tap are out of the way, until a new one; they come back beside "no answer". Until
  // its reply is there what stands on the page belongs to another question: it is out of sight, and the button turns.
  const asked = (under) => { for (const name of ["data-asked", "data-waiting"]) document.documentElement.toggleAttribute(name, under); };
  const arrived = () => document.documentElement.removeAttribute("data-waiting");

  // a new quote comes into sight where it would begin below the fold
  const reveal = (element) => {
    arrived();
    if (element.querySelector(".a-notice")) asked(false);
    const card = element.querySelector(".a-choose, .a-best, .a-notice");
    if (card && card.getBoundingClientRect().top > innerHeight * 0.6)
      element.scrollIntoView({ behavior: calm() ? "auto" : "smooth", block: "start" });
  };

  const picks = (element, buttons, act) =>
    element.addEventListener("click", (event) => {
      const button = event.target.closest(buttons);
      if (button) act(button);
    });

  // asks in a dialog before something is deleted
  const asks = (element, buttons, dialogId, act) =>
    picks(element, buttons, (button) => {
      const dialog = document.getElementById(dialogId);
      if (!dialog) return;
      dialog.querySelector(".a-dialog-name").textContent = button.dataset.name;
      dialog.onclick = (inside) => {
        if (inside.target.closest(".a-yes")) act(button);
        if (inside.target.closest("button")) dialog.close();
      };
      dialog.showModal();
    });

  // asks which lines and machines a manual is for
  const describes = (element, save) =>
    picks(element, "button.a-belongs", (button) => {
      const dialog = document.getElementById("for-dialog");
      if (!dialog) return;
      const [lines, machines] = dialog.querySelectorAll("input");
      const done = () => { save(button, lines.value, machines.value); dialog.close(); };
      dialog.querySelector(".a-dialog-name").textContent = button.dataset.name;
      lines.value = button.dataset.lines;
      machines.value = button.dataset.machines;
      dialog.onclick = (inside) => {
        if (inside.target.closest(".a-save")) done();
        else if (inside.target.closest("button")) dialog.close();
      };
      dialog.onkeydown = (key) => { if (key.key === "Enter" && key.target.tagName === "INPUT") done(); };
      dialog.showModal();
    });
  // the bar that narrows the questions: its fields unfold below it; line and machine are kept in a cookie
  const fields = (element) => [...element.querySelectorAll(".a-narrow-fields select")];
  const unfold = (element, open) => {
    element.dataset.open = open ? "yes" : "";
    const button = element.querySelector(".a-narrow-open");
    if (!button) return;
    button.setAttribute("aria-expanded", String(open));
    element.querySelector(".a-narrow-fields").hidden = !open;
  };
  const narrowed = (element) => {
    const bar = element.querySelector(".a-narrow");
    if (!bar) return;
    unfold(element, element.dataset.open === "yes");
    for (const field of fields(element)) field.value = bar.dataset[field.name] || "";
    const held = element.dataset.held;
    delete element.dataset.held;
    if (held) element.querySelector(held)?.focus();
  };
  const narrows = (element, tell) => {
    const say = (chosen) => {
      const kept = encodeURIComponent(JSON.stringify({ line: chosen.line, machine: chosen.machine }));
      document.cookie = `andon_narrow=${kept}; path=/; max-age=31536000; samesite=lax`;
      tell(chosen);
    };
    element.addEventListener("click", (event) => {
      if (event.target.closest(".a-narrow-open")) unfold(element, element.dataset.open !== "yes");
      if (!event.target.closest(".a-narrow-clear")) return;
      element.dataset.held = ".a-narrow-open"; // the button itself goes
      unfold(element, false);
      say({ line: "", machine: "", manual: "", kind: "" });
    });
    element.addEventListener("change", (event) => {
      element.dataset.held = `select[name=${event.target.name}]`;
      const chosen = { line: "", machine: "", manual: "", kind: "" };
      for (const field of fields(element)) chosen[field.name] = field.value;
      say(chosen);
    });
  };
  window.andon = { setLang, named, ready, asked, arrived, reveal, picks, asks, describes, narrowed, narrows };

  // a sign-in that has ended leads to the sign-in page, not to a silent page
  const fetched = window.fetch;
  window.fetch = async (...given) => {
    const response = await fetched(...given).catch((failed) => {
      if (failed instanceof TypeError) window.andon.lost.lost(); // and no request that was broken off on purpose
      throw failed;
    });
    window.andon.lost.back();
    if (response.status === 401 && new URL(response.url).origin === location.origin)
      location.href = `/login?next=${encodeURIComponent(location.pathname)}`;
    return response;
  };

  // Enter that confirms a Japanese conversion must not send the question
  for (const kind of ["keydown", "keypress"])
    document.addEventListener(kind, (event) => {
      if (event.isComposing || event.keyCode === 229) event.stopImmediatePropagation();
    }, true);

  const jump = (number) => {
    const source = document.getElementById(`quote-${number}`);
    if (!source) return;
    if (source.tagName === "DETAILS") source.open = true;
    source.scrollIntoView({ behavior: calm() ? "auto" : "smooth", block: "start" });
    (source.querySelector("summary") || source).focus({ preventScroll: true });
    source.classList.remove("a-flash");
    void source.offsetWidth;
    source.classList.add("a-flash");
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-quote]");
    if (!link) return;
    event.preventDefault();
    jump(link.dataset.quote);
    window.andon.view?.cited(link.dataset.quote);
  });
})();
