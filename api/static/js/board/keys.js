/** The board by keyboard: arrows go from card to card, A assigns, P shows the zone's pressures. */
import { board, views } from "./state.js";

/** @param {EventTarget|null} target */
const typing = (target) => target instanceof HTMLInputElement || target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement;

/** Where the focus goes from a card; columns are left and right of each other. @param {string} key */
function move(key) {
  const columns = [...document.querySelectorAll(".column")].map((column) => [...column.querySelectorAll("[data-order]")]).filter((cards) => cards.length);
  if (!columns.length) return;
  const at = columns.findIndex((cards) => cards.includes(/** @type {Element} */ (document.activeElement)));
  const row = at < 0 ? 0 : columns[at].indexOf(/** @type {Element} */ (document.activeElement));
  const column = at < 0 ? 0 : Math.min(columns.length - 1, Math.max(0, at + (key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0)));
  const next = at < 0 ? 0 : row + (key === "ArrowDown" ? 1 : key === "ArrowUp" ? -1 : 0);
  const cards = columns[column];
  const card = /** @type {HTMLElement} */ (cards[Math.min(cards.length - 1, Math.max(0, next))]);
  card.focus();
  card.scrollIntoView({ block: "nearest", inline: "nearest" });
}

/** The card under the focus, or the open one, or the most urgent. */
function meant() {
  const focused = document.activeElement?.closest(".card")?.querySelector("[data-order]")?.getAttribute("data-order");
  return focused ?? (board.open || board.cards[0]?.id || "");
}

/** @param {{open: (order: string, panel: "clocks"|"zone"|"assign") => void, close: () => void, view: (name: string) => void}} hands */
export function installKeys(hands) {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hands.close();
    if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (key.startsWith("Arrow")) move(key);
    else if (key === "a" && meant()) hands.open(meant(), "assign");
    else if (key === "p" && meant()) hands.open(meant(), "zone");
    else if (/^[1-9]$/.test(key)) digit(Number(key), hands);
    else return;
    event.preventDefault();
  });
}

/** A crew where crews are to be chosen, else a view.
 * @param {number} n @param {{view: (name: string) => void}} hands */
function digit(n, hands) {
  const crews = document.querySelectorAll("#panel:not([hidden]) [data-crew]");
  if (board.open && board.panel === "assign" && crews.length) {
    /** @type {HTMLElement|undefined} */ (crews[n - 1])?.click();
  } else if (views()[n - 1]) hands.view(views()[n - 1]);
}
