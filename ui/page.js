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
  };
  const ready = () => {
    named(document);
    document.documentElement.dataset.ready = "yes";
  };
  setTimeout(ready, 4000); // whatever happens, the page is shown

  // a new quote comes into sight where it would begin below the fold
  const reveal = (element) => {
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
  window.andon = { setLang, named, ready, reveal, picks, asks, describes };

  // a sign-in that has ended leads to the sign-in page, not to a silent page
  const fetched = window.fetch;
  window.fetch = async (...given) => {
    const response = await fetched(...given);
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
  });
})();
