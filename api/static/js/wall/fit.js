/** A line that is too long loses its least parts whole; what stays keeps its size. One with a message wraps that
 * first, and never cuts it: with nothing left to lose it takes as many lines as it needs. */

/**
 * @param {HTMLElement} line
 * @param {(Element|Element[]|null|undefined)[]} least first the one to go first; an array goes as one
 * @param {Element|null} [message] takes a second line before anything is lost
 */
export function fit(line, least, message = null) {
  const parts = least.map((part) => [part].flat().filter((one) => one !== null && one !== undefined));
  for (const one of parts.flat()) one.toggleAttribute("hidden", false);
  line.classList.remove("tight", "whole");
  const full = () => line.scrollWidth > line.clientWidth || (message !== null && isCut(message));
  if (!full()) return;
  line.classList.toggle("tight", message !== null);
  for (const part of parts) {
    if (!full()) return;
    for (const one of part) one.toggleAttribute("hidden", true);
  }
  line.classList.toggle("tight", message !== null || full());
  line.classList.toggle("whole", message !== null && full());
}

/** More than the tails of its letters is out of sight. @param {Element} text */
const isCut = (text) => text.scrollWidth > text.clientWidth || text.scrollHeight - text.clientHeight > parseFloat(getComputedStyle(text).fontSize) / 2;

/** A pane that is too high loses its least parts whole. @param {HTMLElement} pane @param {(HTMLElement|null)[]} least first the one to go first */
export function fitTall(pane, least) {
  const parts = least.filter((part) => part !== null);
  for (const part of parts) part.toggleAttribute("hidden", false);
  for (const part of parts) {
    if (pane.scrollHeight <= pane.clientHeight) return;
    part.toggleAttribute("hidden", true);
  }
}

/** Rows for which there is no room go whole, the last first, never all. @param {HTMLElement[]} rows
 * @param {() => number} ends above what they must end, px @param {(left: number) => void} told how many are left out, 0 at first */
export function fitRows(rows, ends, told) {
  for (const row of rows) row.hidden = false;
  told(0);
  for (let i = rows.length - 1; i > 0 && rows[i].getBoundingClientRect().bottom > ends(); i -= 1) {
    rows[i].hidden = true;
    told(rows.length - i);
  }
}
