/** Where a value lies: on what is usual, between its limits. A moving mark on a bar, coloured by the style sheet and
 * only when it is outside. */
import { setAttr, svg } from "../core/dom.js";

/** As wide and as high as the bar is drawn; the sheet stretches it. */
const [W, H] = [100, 24];
/** Room beyond each end of what is allowed, of its width. */
const BEYOND = 0.25;
/** What is usual may be narrow: a bar never shows less than this share of its middle. */
const LEAST = 0.1;

/** @typedef {{low: number|null, high: number|null}} Range */

/** @param {string} label said to those who cannot see it */
export const indicator = (label) =>
  svg("svg", { class: "indicator", viewBox: `0 0 ${W} ${H}`, preserveAspectRatio: "none", role: "img", "aria-label": label },
    svg("path", { class: "bar" }), svg("path", { class: "band" }), svg("path", { class: "limit" }), svg("path", { class: "at" }));

/** Below, within or beyond: what has no value is within. @param {number|null} value @param {Range|null} range @returns {-1|0|1} */
export function side(value, range) {
  if (value === null || !range) return 0;
  if (range.low !== null && value < range.low) return -1;
  return range.high !== null && value > range.high ? 1 : 0;
}

/** What the bar runs from and to. @param {Range} range @returns {[number, number]} */
function extent({ low, high }) {
  const top = high ?? (low ?? 0) * 2 + 1;
  const least = low ?? Math.min(0, top);
  const middle = Math.abs(top + least) / 2;
  const room = Math.max(top - least, middle * LEAST) * BEYOND;
  return [least >= 0 ? Math.max(0, least - room) : least - room, top + room];
}

/** @param {Element} node made by `indicator` @param {number|null} value @param {Range|null} limit @param {Range|null} usual */
export function drawIndicator(node, value, limit, usual) {
  const [bar, band, limits, at] = node.children;
  const range = limit ?? usual;
  node.classList.toggle("empty", !range);
  if (!range) return;
  const [from, to] = extent(range);
  const x = (/** @type {number} */ v) => ((Math.min(Math.max(v, from), to) - from) / (to - from)) * W;
  const within = usual ?? range;
  setAttr(bar, "d", `M0 8H${W}V16H0Z`);
  setAttr(band, "d", `M${x(within.low ?? from).toFixed(1)} 8H${x(within.high ?? to).toFixed(1)}V16H${x(within.low ?? from).toFixed(1)}Z`);
  const ends = limit ? [limit.low, limit.high].filter((end) => end !== null) : [];
  setAttr(limits, "d", ends.map((end) => `M${x(Number(end)).toFixed(1)} 3V21`).join(""));
  setAttr(at, "d", value === null ? "" : `M${Math.min(Math.max(x(value), 1.5), W - 1.5).toFixed(1)} 1V23`);
  setAttr(node, "data-side", String(side(value, range)));
}
