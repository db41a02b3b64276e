/** A curve with what an alarm went by drawn into it: the window shaded, what was expected, how far it lies off. */
import { el, svg } from "../core/dom.js";

const W = 200;
const H = 60;
/** What has only begun is seen. */
const LEAST_W = 1;

/** @typedef {{low: number, high: number}|null} Band */
/** from, step: ms; values: a window each; usual: by window; expected, low, high: of the alarm's own window, from
 * `since` to `until`, ms. @typedef {{from: number, step: number, values: (number|null)[], usual: Band[], since: number,
 * until: number, expected: number|null, low: number|null, high: number|null}} Drawn */

/** @param {Drawn} d @param {string} label said to those who cannot see it */
export function plot(d, label) {
  const node = svg("svg", { class: "explained-plot", viewBox: `0 0 ${W} ${H}`, preserveAspectRatio: "none", role: "img", "aria-label": label });
  const known = [...d.values, d.expected, d.low, d.high, ...d.usual.flatMap((b) => (b ? [b.low, b.high] : []))].filter((v) => v !== null);
  if (!known.length) return el("p", { class: "quiet" }, label);
  const [low, high] = [Math.min(.../** @type {number[]} */ (known)), Math.max(.../** @type {number[]} */ (known))];
  const span = Math.max(high - low, Math.abs(high) * 0.02, 1e-9);
  const y = (/** @type {number} */ v) => H - 2 - ((v - low) / span) * (H - 4);
  const at = (/** @type {number} */ ms) => Math.min(Math.max(((ms - d.from) / d.step - 0.5) / (d.values.length - 1), 0), 1) * W;
  const x = (/** @type {number} */ i) => (i / (d.values.length - 1)) * W;
  const [left, right] = [Math.min(at(d.since), at(d.until) - LEAST_W), at(d.until)];
  const box = (/** @type {number} */ top, /** @type {number} */ bottom) => `M${n(left)} ${n(top)}H${n(right)}V${n(bottom)}H${n(left)}Z`;
  node.append(
    path("shade", box(0, H)),
    path("week", area(d.usual, x, y)),
    path("band", d.low === null && d.high === null ? "" : box(d.high === null ? 0 : y(d.high), d.low === null ? H : y(d.low))),
    path("residual", d.expected === null ? "" : residual(d, d.expected, left, right, x, y)),
    path("expected", d.expected === null ? "" : `M${n(left)} ${n(y(d.expected))}H${n(right)}`),
    path("trace", trace(d.values, x, y)),
  );
  return node;
}

const n = (/** @type {number} */ v) => v.toFixed(2);

/** @param {string} name @param {string} d */
const path = (name, d) => svg("path", { class: name, d });

/** @param {(number|null)[]} values @param {(i: number) => number} x @param {(v: number) => number} y */
function trace(values, x, y) {
  let pen = "M";
  return values.map((value, i) => {
    const drawn = value === null ? "" : `${pen}${n(x(i))} ${n(y(value))}`;
    pen = value === null ? "M" : "L";
    return drawn;
  }).join("");
}

/** @param {Band[]} band @param {(i: number) => number} x @param {(v: number) => number} y */
function area(band, x, y) {
  const at = band.flatMap((b, i) => (b ? [{ i, ...b }] : []));
  if (at.length < 2) return "";
  const over = at.map((b) => `${n(x(b.i))} ${n(y(b.high))}`);
  const under = at.map((b) => `${n(x(b.i))} ${n(y(b.low))}`).reverse();
  return `M${[...over, ...under].join("L")}Z`;
}

/** Between what was expected and what was read, in the window.
 * @param {Drawn} d @param {number} expected @param {number} left @param {number} right @param {(i: number) => number} x @param {(v: number) => number} y */
function residual(d, expected, left, right, x, y) {
  const within = d.values.flatMap((value, i) => (value !== null && x(i) >= left - W / d.values.length && x(i) <= right + 0.01 ? [{ i, value }] : []));
  if (within.length < 2) return "";
  const base = n(y(expected));
  return `M${n(x(within[0].i))} ${base}${within.map((p) => `L${n(x(p.i))} ${n(y(p.value))}`).join("")}L${n(x(within[within.length - 1].i))} ${base}Z`;
}
