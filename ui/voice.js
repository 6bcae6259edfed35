// Asking by voice, only where the browser itself recognises speech on this device. A recogniser that sends the voice to a
// server is never used: without processLocally and a model that is already there, the button stays hidden.
(() => {
  "use strict";
  const Recognition = window.SpeechRecognition || window.webkitSpeechRecognition;
  const locally = Boolean(Recognition && typeof Recognition.available === "function" && "processLocally" in Recognition.prototype);
  const language = () => (document.documentElement.lang === "en" ? "en-US" : "ja-JP");
  let running = null;

  const offered = async (lang) => {
    if (!locally || !isSecureContext) return false;
    try { return (await Recognition.available({ langs: [lang], processLocally: true })) === "available"; } catch { return false; }
  };

  const put = (text) => {
    const field = document.querySelector("#question textarea");
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(field, text);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const listen = (button) => {
    if (running) { running.stop(); return; }
    const heard = new Recognition();
    running = heard;
    heard.lang = language();
    heard.processLocally = true;
    heard.interimResults = true;
    const told = button.querySelector("span"), before = told.textContent;
    const end = (text) => {
      running = null;
      button.setAttribute("aria-pressed", "false");
      told.textContent = text || before;
      if (text) setTimeout(() => { told.textContent = before; }, 3000);
    };
    heard.onresult = (event) => put([...event.results].map((result) => result[0].transcript).join(""));
    heard.onerror = () => end(button.dataset.failed);
    heard.onend = () => { if (running === heard) { end(""); document.querySelector("#question textarea").focus(); } };
    button.setAttribute("aria-pressed", "true");
    told.textContent = button.dataset.listening;
    try { heard.start(); } catch { end(button.dataset.failed); }
  };

  const wired = new WeakSet();
  const attach = async (element) => {
    const button = element.querySelector("button.a-voice");
    if (!button) return;
    const there = await offered(language());
    button.hidden = !there;
    document.documentElement.toggleAttribute("data-voice", there);
    if (wired.has(button)) return;
    wired.add(button);
    button.addEventListener("click", () => listen(button));
  };
  window.andon.voice = { attach };
})();
