// The admin page's own: parts by their address, files dropped and sent one after the other.
(() => {
  "use strict";
  const FIRST = "manuals";
  const known = () => [...document.querySelectorAll(".a-parts a")].map((link) => link.dataset.part);
  const here = () => {
    const [part, ...rest] = location.hash.slice(1).split("/");
    return known().includes(part) ? { part, rest: rest.map(decodeURIComponent).join("/") } : { part: FIRST, rest: "" };
  };
  const show = () => {
    const { part, rest } = here();
    document.documentElement.dataset.part = part;
    for (const link of document.querySelectorAll(".a-parts a"))
      link.dataset.part === part ? link.setAttribute("aria-current", "page") : link.removeAttribute("aria-current");
    const bar = document.querySelector(".a-parts"), now = bar?.querySelector("[aria-current]");
    if (now) bar.scrollLeft = now.offsetLeft - (bar.clientWidth - now.offsetWidth) / 2; // on a phone the bar is one row
    document.dispatchEvent(new CustomEvent("andon-part", { detail: { part, rest } }));
  };
  window.addEventListener("hashchange", () => { show(); scrollTo({ top: 0 }); });
  document.documentElement.dataset.part = FIRST;
  andon.parts = () => { if (known().length) show(); };
  // runs ``look`` with the rest of the address whenever the part comes into sight
  andon.shown = (element, part, look) => {
    document.addEventListener("andon-part", (event) => { if (event.detail.part === part) look(event.detail.rest); });
    if (known().length && here().part === part) look(here().rest);
  };

  // a choice shows what is kept until the list comes anew: where it was refused, nothing comes
  andon.asBefore = (select) => { for (const option of select.options) option.selected = option.defaultSelected; };

  // what belongs together is marked on both sides, by pointer, touch and keyboard
  andon.pairs = (element) => {
    const mark = (number) => {
      for (const each of element.querySelectorAll("[data-pair]")) each.classList.toggle("a-paired", each.dataset.pair === number);
    };
    for (const kind of ["mouseover", "focusin", "click"])
      element.addEventListener(kind, (event) => {
        const one = event.target.closest("[data-pair]");
        if (one) mark(one.dataset.pair);
        if (one && kind === "click" && one.classList.contains("a-frame"))
          element.querySelector(`li[data-pair="${one.dataset.pair}"]`)?.scrollIntoView({ block: "nearest" });
      });
  };

  // Files dropped or chosen: one row each, sent one after the other, so that each is told how far it is
  const names = (field) =>
    (document.querySelector(`${field} input, ${field} textarea`)?.value || "").split(/[,、]/).map((n) => n.trim()).filter(Boolean);
  const inFolder = async (entry) => {
    if (entry.isFile) return [await new Promise((found, failed) => entry.file(found, failed))];
    const reader = entry.createReader(), files = [];
    for (;;) {
      const some = await new Promise((found, failed) => reader.readEntries(found, failed));
      if (!some.length) return files;
      for (const each of some) files.push(...(await inFolder(each)));
    }
  };
  const dropped = async (data) => {
    const entries = [...data.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    if (!entries.length) return [...data.files];
    return (await Promise.all(entries.map(inFolder))).flat();
  };
  const post = (file, told, row) => new Promise((done) => {
    const form = new FormData(), call = new XMLHttpRequest(), bar = row.querySelector("progress");
    form.append("file", file, file.name);
    for (const line of names("#for-lines")) form.append("lines", line);
    for (const machine of names("#for-machines")) form.append("machines", machine);
    call.upload.onprogress = (event) => { if (event.total) bar.value = event.loaded / event.total; };
    call.onload = () => {
      if (call.status === 401) location.href = `/login?next=${encodeURIComponent(location.pathname + location.hash)}`;
      if (call.status < 300) return done(null);
      let error = {};
      try { error = JSON.parse(call.responseText).error || {}; } catch { /* no answer of ours */ }
      return done({ name: file.name, code: error.code || "broken_off", message: [error.message, error.remedy].filter(Boolean).join(" ") });
    };
    call.onerror = () => done({ name: file.name, code: "broken_off", message: "" });
    call.onabort = () => done({ name: file.name, code: "stopped", message: "" });
    row.querySelector("button").onclick = () => call.abort();
    call.open("POST", "/manuals");
    call.send(form);
  });
  andon.drops = (element, sent) => {
    const waiting = [];
    let busy = false;
    const zone = () => element.querySelector(".a-drop");
    const texts = () => JSON.parse(zone().dataset.texts);
    const rowOf = (file) => {
      const row = document.createElement("div");
      row.className = "a-sending-file";
      row.innerHTML = '<span></span><progress max="1" value="0"></progress><em></em><button type="button" class="a-act"></button>';
      row.querySelector("span").textContent = file.name;
      row.querySelector("progress").setAttribute("aria-label", file.name);
      row.querySelector("em").textContent = texts().waiting;
      row.querySelector("button").textContent = texts().stop_sending;
      row.querySelector("button").onclick = () => { file.andonStopped = true; row.remove(); };
      return row;
    };
    const take = (files) => {
      const kinds = zone().dataset.known.split(" ");
      const all = [...files].filter((file) => !file.name.startsWith("."));
      // of a folder only what can be read; a file chosen by itself is sent and refused with its reason
      const wanted = all.filter((file) => !file.webkitRelativePath || kinds.some((kind) => file.name.toLowerCase().endsWith(kind)));
      const list = element.querySelector(".a-sending");
      if (!busy) list.replaceChildren();
      if (!wanted.length) list.textContent = texts().no_such_files;
      for (const file of wanted) { const row = rowOf(file); list.append(row); waiting.push([file, row]); }
      if (!busy) send();
    };
    const send = async () => {
      busy = true;
      const refused = [];
      while (waiting.length) {
        const [file, row] = waiting.shift();
        if (file.andonStopped) continue;
        row.querySelector("em").textContent = texts().sending;
        row.scrollIntoView({ block: "nearest" });
        const limit = Number(zone().dataset.limit);
        const bad = file.size > limit ? { name: file.name, code: "too_many_bytes", message: "" } : await post(file, texts(), row);
        if (bad) refused.push(bad);
        row.dataset.state = bad ? "bad" : "done";
        row.querySelector("em").textContent = bad ? texts().not_sent : texts().sent;
        row.querySelector("button").remove();
        row.querySelector("progress").value = bad ? 0 : 1;
      }
      busy = false;
      sent(refused);
    };
    addEventListener("beforeunload", (event) => { if (busy) event.preventDefault(); });
    element.addEventListener("change", (event) => {
      if (event.target.type !== "file") return;
      take(event.target.files);
      event.target.value = ""; // the same file can be chosen again once it is mended
    });
    const over = (on) => zone()?.classList.toggle("a-over", on);
    for (const kind of ["dragenter", "dragover"])
      element.addEventListener(kind, (event) => { event.preventDefault(); over(true); });
    element.addEventListener("dragleave", (event) => { if (!element.contains(event.relatedTarget)) over(false); });
    element.addEventListener("drop", async (event) => { event.preventDefault(); over(false); take(await dropped(event.dataTransfer)); });
  };
})();
