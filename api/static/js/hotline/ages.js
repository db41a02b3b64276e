/** How old what a card shows has become since: an agent may speak for minutes before one card. */
import { plantNow } from "../core/clock.js";
import { setText } from "../core/dom.js";
import { age } from "../core/format.js";

/** @type {{node: HTMLElement, atMs: number, words: (age: string) => string}[]} */
let shown = [];

/** @param {HTMLElement} node @param {number} atMs of what it tells the age @param {(age: string) => string} [words] */
export function told(node, atMs, words = (old) => old) {
  shown.push({ node, atMs, words });
  draw(shown[shown.length - 1]);
  return node;
}

/** Each second. */
export function grow() {
  shown = shown.filter(({ node }) => node.isConnected);
  shown.forEach(draw);
}

/** @param {(typeof shown)[number]} one */
function draw({ node, atMs, words }) {
  setText(node, words(age((plantNow() - atMs) / 1000)));
}
