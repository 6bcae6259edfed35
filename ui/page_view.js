// The page of a quote: beside it on wide screens, a sheet over it on narrow ones. It is filled by GET /view.
(() => {
  "use strict";
  const wide = matchMedia("(min-width: 900px)");
  const MOST = 5, STEP = 1.35;
  const CLOSED = "andon-view-closed";
  let box = null;     // the dialog
  let at = null;      // what is shown: manual, page, passage
  let zoom = 1;       // width of the paper over that of the room
  let turn = 0;       // only the latest request may fill the room
  let opener = null;  // where the focus goes when the sheet is closed
  let up = false;     // whether it is open: the page may put a fresh, closed one in its place
  const wired = new WeakSet();

  const find = (selector) => box.querySelector(selector);
  const room = () => find(".a-view-room");
  const closed = () => document.documentElement.dataset.viewClosed === "yes";
  const remember = (isClosed) => {
    if (isClosed) document.documentElement.dataset.viewClosed = "yes";
    else delete document.documentElement.dataset.viewClosed;
    try { localStorage.setItem(CLOSED, isClosed ? "yes" : ""); } catch { /* a browser that keeps nothing */ }
  };
  try { if (localStorage.getItem(CLOSED)) document.documentElement.dataset.viewClosed = "yes"; } catch { /* as above */ }

  // paper: as wide as asked, its picture sharp enough for that
  const place = (paper, keep) => {
    const held = room(), before = held.scrollWidth;
    const x = (held.scrollLeft + held.clientWidth / 2) / before, y = (held.scrollTop + held.clientHeight / 2) / held.scrollHeight;
    paper.style.width = `${Math.round(zoom * 1000) / 10}%`;
    if (keep) held.scrollTo(x * held.scrollWidth - held.clientWidth / 2, y * held.scrollHeight - held.clientHeight / 2);
    find(".a-view-smaller").disabled = zoom <= 1;
    find(".a-view-larger").disabled = zoom >= MOST;
    const needed = paper.clientWidth * (devicePixelRatio || 1) / Number(paper.dataset.width);
    const scale = needed <= 2.2 ? 2 : needed <= 3.2 ? 3 : 4;
    if (Number(paper.dataset.scale || 0) >= scale) return;
    paper.dataset.scale = String(scale);
    const picture = paper.querySelector("img"), sharper = new Image();
    sharper.onload = () => { if (picture.isConnected) picture.src = sharper.src; };
    sharper.onerror = () => { if (picture.isConnected) say(box.dataset.failed); };
    sharper.src = `${paper.dataset.source}?scale=${scale}`;
  };

  // the passage in sight; at first as large as its column allows
  const toMark = (fit) => {
    const held = room(), mark = held.querySelector(".a-mark-box, .a-quoted"), paper = held.querySelector(".a-paper");
    if (paper && fit) {
      const share = mark?.classList.contains("a-mark-box") ? parseFloat(mark.style.width) / 100 : 0.86;
      zoom = Math.min(1.7, Math.max(1, 0.94 / Math.max(0.4, share)));
      place(paper, false);
    }
    if (!mark) { held.scrollTo(0, 0); return; }
    const inside = mark.getBoundingClientRect(), frame = held.getBoundingClientRect();
    const top = inside.top - frame.top + held.scrollTop, left = inside.left - frame.left + held.scrollLeft;
    held.scrollTo(left + inside.width / 2 - held.clientWidth / 2, top - Math.max(16, (held.clientHeight - inside.height) / 3));
  };

  const say = (text) => {
    const told = document.createElement("p");
    told.className = "a-view-note";
    told.textContent = text;
    room().replaceChildren(told);
  };

  const fill = async (page, turned) => {
    const mine = ++turn, lang = document.documentElement.lang === "en" ? "en" : "ja";
    if (!room().querySelector(".a-sheet")) say(box.dataset.loading);
    room().setAttribute("aria-busy", "true");
    const asked = new URLSearchParams({ page, passage: at.passage, lang, turned: turned ? "1" : "" });
    let html = "";
    try {
      const answer = await fetch(`/view/${encodeURIComponent(at.manual)}?${asked}`);
      if (answer.ok) html = await answer.text();
    } catch { /* told below */ }
    if (mine !== turn) return;
    room().removeAttribute("aria-busy");
    if (!html) { say(box.dataset.failed); return; }
    room().innerHTML = html;
    const sheet = room().querySelector(".a-sheet");
    at.shown = Number(sheet.dataset.page);
    if (!turned) at.own = at.shown;
    find(".a-view-title").textContent = sheet.dataset.title;
    find(".a-view-told").innerHTML = "<b></b> <span></span>";
    find(".a-view-told b").textContent = sheet.dataset.told;
    find(".a-view-told span").textContent = sheet.dataset.count;
    find(".a-view-previous").disabled = at.shown <= 1;
    find(".a-view-next").disabled = at.shown >= Number(sheet.dataset.pages);
    box.dataset.kind = sheet.dataset.kind;
    const paper = room().querySelector(".a-paper");
    if (paper && turned && !room().querySelector(".a-mark-box")) { place(paper, false); room().scrollTo(0, 0); } else toMark(Boolean(paper));
  };

  const step = (by) => { if (at?.shown) fill(at.shown + by, true); };
  const enlarge = (by) => {
    const paper = room().querySelector(".a-paper");
    zoom = Math.min(MOST, Math.max(1, zoom * by));
    if (paper) place(paper, true);
  };

  const open = () => {
    up = true;
    if (wide.matches) { if (box.open && box.matches(":modal")) box.close(); box.setAttribute("open", ""); }
    else if (!box.matches(":modal")) { box.removeAttribute("open"); box.showModal(); }
  };
  const hide = () => {
    up = false;
    if (box?.matches(":modal")) box.close();
    else box?.removeAttribute("open");
    opener?.isConnected && opener.focus({ preventScroll: true });
    opener = null;
  };

  // somebody asked for it
  const show = (wanted, from) => {
    if (!box) return;
    opener = from || null;
    remember(false);
    const same = at && at.manual === wanted.manual && at.passage === wanted.passage && box.open && room().querySelector(".a-sheet");
    at = { ...wanted, shown: same ? at.shown : 0 };
    open();
    if (same && at.shown) fill(wanted.page, false); else { room().replaceChildren(); fill(wanted.page, false); }
    if (!wide.matches) find(".a-view-close").focus();
  };

  const wantedBy = (element) => ({ manual: element.dataset.view, page: Number(element.dataset.page), passage: element.dataset.passage || "" });

  // a new quote: its page beside it, unless the reader has closed the page before or the screen is narrow
  const follow = (element) => {
    if (!box) return;
    const first = element.querySelector(".a-best [data-view]");
    if (!first) { at = null; hide(); return; }
    const wanted = wantedBy(first);
    if (at && at.passage === wanted.passage && at.manual === wanted.manual) return;
    at = { ...wanted, shown: 0 };
    room().replaceChildren();
    if (!wide.matches || closed()) return;
    open();
    fill(wanted.page, false);
  };

  // at first, and again when the language changes
  const attach = (element) => {
    const found = element.querySelector("dialog.a-view");
    if (!found) return;
    box = found;
    if (!wired.has(box)) wire();
    if (at && up) { open(); fill(at.shown || at.page, at.shown > 0 && at.shown !== at.own); }
  };

  const wire = () => {
    wired.add(box);
    box.addEventListener("close", () => { if (!box.open && up) hide(); });
    box.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      if (button.matches(".a-view-close")) { if (wide.matches) remember(true); hide(); }
      if (button.matches(".a-view-previous")) step(-1);
      if (button.matches(".a-view-next")) step(1);
      if (button.matches(".a-view-larger")) enlarge(STEP);
      if (button.matches(".a-view-smaller")) enlarge(1 / STEP);
      if (button.matches(".a-view-mark")) fill(at.page, false);
    });
    box.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const acts = { PageDown: () => step(1), PageUp: () => step(-1), "+": () => enlarge(STEP), "-": () => enlarge(1 / STEP) };
      if (event.key === "Escape" && !box.matches(":modal")) { remember(true); hide(); }
      if (!acts[event.key]) return;
      event.preventDefault();
      acts[event.key]();
    });
  };

  wide.addEventListener("change", () => {
    if (!box || !at) return;
    const wasUp = up;
    hide();
    if (wide.matches && (wasUp || !closed())) { open(); fill(at.shown || at.page, at.shown > 0 && at.shown !== at.own); }
  });

  document.addEventListener("click", (event) => {
    const from = event.target.closest?.("[data-view]");
    if (!from || !box || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(wantedBy(from), from);
  });

  // a citation leads to its source (page.js) and, where there is room, to its page
  const cited = (number) => {
    const source = document.querySelector(`#quote-${number} [data-view]`);
    if (source && wide.matches && !closed()) show(wantedBy(source), null);
  };

  window.andon.view = { attach, follow, cited };
})();
