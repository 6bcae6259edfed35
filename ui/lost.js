// Without a network: what the reader is told in the place of Gradio's own English notes, and the question that is kept.
(() => {
  "use strict";
  const KEPT = "andon_unsent"; // the page opens anew when the network is back; what was typed is put in again
  const field = () => document.querySelector("#question textarea");
  const tell = (what) => {
    const told = document.querySelector(".a-top")?.dataset[what];
    if (!told) return;
    let line = document.getElementById("lost");
    if (!line) {
      line = document.createElement("p");
      line.id = "lost";
      line.setAttribute("role", "alert");
      document.body.append(line);
    }
    line.dataset.what = what;
    line.textContent = told;
  };
  const lost = () => {
    const typed = field()?.value;
    if (typed) sessionStorage.setItem(KEPT, typed);
    tell("lost");
  };
  const back = () => {
    const line = document.getElementById("lost");
    if (line?.dataset.what === "lost") line.remove();
  };

  // Gradio's notes are not shown: they are English, whatever the reader speaks
  const heard = new MutationObserver((changes) => {
    for (const { addedNodes } of changes)
      for (const node of addedNodes)
        if (node.nodeType === 1) tell(/connection/i.test(node.textContent) ? "lost" : "trouble");
  });
  const ready = () => {
    const notes = document.querySelector(".toast-wrap");
    if (notes) heard.observe(notes, { childList: true });
    const typed = sessionStorage.getItem(KEPT), empty = field();
    sessionStorage.removeItem(KEPT);
    if (!typed || !empty || empty.value) return;
    empty.value = typed;
    empty.dispatchEvent(new Event("input", { bubbles: true }));
    empty.focus();
  };
  addEventListener("offline", lost);
  addEventListener("online", back);
  window.andon.lost = { lost, back, ready };
})();
