/** A sparkline on its usual band: two paths in a stretched box, coloured by the style sheet. */
import { setAttr, svg } from "./dom.js";

const W = 96;
const H = 24;

/** @param {string} label said to those who cannot see it */
export function spark(label) {
  return svg(
    "svg",
    { class: "spark", viewBox: `0 0 ${W} ${H}`, preserveAspectRatio: "none", role: "img", "aria-label": label },
    svg("path", { class: "band" }),
    svg("path", { class: "trace" }),
    svg("path", { class: "now" }),
  );
}

/**
 * @param {Element} node made by `spark`
 * @param {(number|null)[]} values evenly spaced
 * @param {({low: number, high: number}|null)[]} band at the same places
 */
export function drawSpark(node, values, band) {
  const all = [...values, ...band.flatMap((b) => (b ? [b.low, b.high] : []))].filter((v) => v !== null);
  if (!all.length) return;
  const low = Math.min(.../** @type {number[]} */ (all));
  const high = Math.max(.../** @type {number[]} */ (all));
  const span = Math.max(high - low, Math.abs(high) * 0.1, 1e-9);
  const x = (/** @type {number} */ i) => ((i / Math.max(values.length - 1, 1)) * W).toFixed(2);
  const y = (/** @type {number} */ v) => (H - 1 - ((v - low) / span) * (H - 2)).toFixed(2);
  const [area, trace, now] = node.children;
  setAttr(area, "d", areaPath(band, x, y));
  let pen = false;
  let path = "";
  let last = "";
  values.forEach((value, i) => {
    if (value === null) pen = false;
    else {
      last = `${x(i)} ${y(value)}`;
      path += `${pen ? "L" : "M"}${last}`;
      pen = true;
    }
  });
  setAttr(trace, "d", path);
  setAttr(now, "d", last && `M${last}h0`);
}

/** @param {({low: number, high: number}|null)[]} band @param {(i: number) => string} x @param {(v: number) => string} y */
function areaPath(band, x, y) {
  const at = band.map((b, i) => (b ? { i, ...b } : null)).filter((b) => b !== null);
  if (at.length < 2) return "";
  const over = at.map((b, k) => `${k ? "L" : "M"}${x(b.i)} ${y(b.high)}`).join("");
  const under = [...at].reverse().map((b) => `L${x(b.i)} ${y(b.low)}`).join("");
  return `${over}${under}Z`;
}
