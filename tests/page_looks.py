"""Looks: what no reader should stumble over on a page as it stands: controls on each other, a last letter alone."""

from __future__ import annotations

from typing import Any

LOOKS = """() => {
  const seen = (e) => e.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true });
  const told = (e) => (e.innerText || e.outerHTML).trim().slice(0, 60);
  // what of an element is to be seen: lists that scroll cut it off; null where it stays in place while others move
  const shown = (e) => {
    let { left, top, right, bottom } = e.getBoundingClientRect();
    for (let p = e.parentElement; p && p !== document.body; p = p.parentElement) {
      const style = getComputedStyle(p);
      if (style.position === 'sticky' || style.position === 'fixed') return null;
      if (style.overflowX === 'visible' && style.overflowY === 'visible') continue;
      const box = p.getBoundingClientRect();
      left = Math.max(left, box.left); top = Math.max(top, box.top);
      right = Math.min(right, box.right); bottom = Math.min(bottom, box.bottom);
    }
    return right - left > 2 && bottom - top > 2 ? { left, top, right, bottom } : null;
  };
  const room = document.querySelector('dialog[open]:modal') || document.body;
  const controls = [...room.querySelectorAll('button, a[href], summary, select, textarea, input:not([type=hidden])')]
    .filter((e) => seen(e) && !e.matches('.a-cite')).map((e) => [e, shown(e)]).filter(([, box]) => box);
  const overlapping = [];
  controls.forEach(([a, x], at) => {
    for (const [b, y] of controls.slice(at + 1)) {
      if (a.contains(b) || b.contains(a)) continue;
      if (Math.min(x.right, y.right) - Math.max(x.left, y.left) > 2
        && Math.min(x.bottom, y.bottom) - Math.max(x.top, y.top) > 2) overlapping.push(`${told(a)} | ${told(b)}`);
    }
  });
  // the lines of an element, each as its letters
  const lines = (e) => {
    const range = document.createRange(), walker = document.createTreeWalker(e, NodeFilter.SHOW_TEXT), found = [];
    while (walker.nextNode()) {
      const text = walker.currentNode;
      for (let at = 0; at < text.length; at++) {
        if (/\\s/.test(text.data[at])) continue;
        range.setStart(text, at); range.setEnd(text, at + 1);
        const box = range.getBoundingClientRect(), last = found.at(-1);
        if (!box.height) continue;
        if (last && Math.abs(last.bottom - box.bottom) < 6) last.letters += text.data[at];
        else found.push({ bottom: box.bottom, letters: text.data[at] });
      }
    }
    return found;
  };
  const alone = [...room.querySelectorAll('dt, th, label, button, h2, h3, h4, .a-kind, .a-path span, .a-chip')]
    .filter((e) => seen(e) && !e.querySelector('select, input, textarea'))
    .filter((e) => { const all = lines(e); return all.length > 1 && [...all.at(-1).letters].length === 1; }).map(told);
  const parted = [...room.querySelectorAll('.a-page')].filter(seen).filter((e) => {
    const range = document.createRange();
    range.selectNodeContents(e.firstChild);
    return range.getClientRects().length > 1;
  }).map(told);
  const pen = document.createElement('canvas').getContext('2d');
  const hint = [...room.querySelectorAll('input[placeholder], textarea[placeholder]')].filter(seen).filter((e) => {
    const style = getComputedStyle(e);
    pen.font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    const inside = e.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    return pen.measureText(e.placeholder).width > inside + 1;
  }).map((e) => e.placeholder);
  return { overlapping, alone, parted, hint };
}"""


def looks(page: Any) -> dict[str, list[str]]:
    """``overlapping``: controls on each other; ``alone``: labels and headings whose last letter has a line to itself;
    ``parted``: page numbers in two; ``hint``: examples that their field cuts off. Each empty where all is well."""
    found: dict[str, list[str]] = page.evaluate(LOOKS)
    return found


CLEAN: dict[str, list[str]] = {"overlapping": [], "alone": [], "parted": [], "hint": []}
