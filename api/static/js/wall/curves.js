/** Curves side by side: a value now, its last hours, and what is usual for each of them. */
import { plantNow } from "../core/clock.js";
import { el, keyed, setAttr, setText, svg } from "../core/dom.js";
import { age, figure, withUnit } from "../core/format.js";
import { lastHours, usualOf } from "../core/history.js";
import { drawSpark, spark } from "../core/spark.js";
import { store } from "../core/store.js";
import { local, t } from "../core/words.js";
import { inflowNow } from "../core/zones.js";
import { inflowHeld } from "./held.js";

/** As the sparkline's own box. */
const [WIDTH, HEIGHT] = [96, 24];
/** What has only begun is seen. */
const LEAST_W = 0.75;
const USUAL_EVERY_MS = 15 * 60e3;

/** What one draws: an instrument, or the inflow of a zone. label: said to those who cannot see it.
 * @typedef {{key: string, name: string, label: string, quantity: string, unit: string, of: {inflow: string[], outflow: string[]}}} Pen */
/** What is pointed at: a line where it begins; shaded to its end where `to` is told, ms. @typedef {{from: number, to: number|null}} Span */

/** One instrument's. @param {any} tag @param {string} label the word of a page @returns {Pen} */
export const tagPen = ({ id, name, quantity, unit }, label) => ({
  key: id, name: local(name), label: t(label, { name: local(name) }), quantity, unit, of: { inflow: [id], outflow: [] },
});

/** By pen. @type {Map<string, any>} */
const days = new Map();
/** By pen, and when it was asked for. @type {Map<string, {usual: import("../core/history.js").Usual|null, at: number}>} */
const usuals = new Map();

/** What is usual of a pen now, as far as it was asked for. @param {string} key */
export const usualNow = (key) => usuals.get(key)?.usual?.at(plantNow()) ?? null;

/** What is usual is asked for again once it is old. @param {Pen} pen */
async function renewUsual({ key, of }) {
  const known = usuals.get(key);
  if (known?.usual && performance.now() - known.at <= USUAL_EVERY_MS) return;
  const usual = await usualOf(of).catch(() => known?.usual ?? null);
  usuals.set(key, { usual, at: performance.now() });
}

/** One after the other, so that a wall never floods its hub.
 * @param {Pen[]} pens @param {number} hours @param {number} points @param {() => void} drawn */
export async function loadCurves(pens, hours, points, drawn) {
  for (const pen of pens) {
    days.set(pen.key, await lastHours(pen.of, hours, points).catch(() => days.get(pen.key) ?? null));
    await renewUsual(pen);
    drawn();
  }
}

/** What is usual alone. @param {Pen[]} pens @param {() => void} drawn */
export async function loadUsual(pens, drawn) {
  for (const pen of pens) {
    await renewUsual(pen);
    drawn();
  }
}

/** @param {Pen} pen */
function make(pen) {
  const line = spark(pen.label);
  const drawn = svg("g");
  drawn.append(...line.children);
  line.append(svg("path", { class: "shade" }), svg("path", { class: "onset" }), drawn);
  return el("figure", { class: "curve" }, el("figcaption", {}, pen.name), el("p", { class: "value" }), el("p", { class: "usual quiet" }), line);
}

/** @param {HTMLElement} box @param {Pen[]} pens @param {Span[]} spans
 * @param {string} none said where there is nothing to draw @param {(tag: any) => number|null} now */
export function drawCurves(box, pens, spans, none, now) {
  box.classList.toggle("none", !pens.length);
  keyed(box, pens.length ? pens : [null], (pen) => pen?.key ?? "none", (pen) => (pen ? make(pen) : el("p", { class: "quiet" }, none)), (node, pen) => {
    if (!pen) return;
    const [, value, usual, line] = node.children;
    const read = inflowNow(pen.of, store.tags, now);
    tell(value, pen, read);
    const band = usualNow(pen.key);
    setText(usual, band ? t("wall_event.usual", { low: figure(band.low, pen), high: figure(band.high, pen) }) : t("wall_event.no_usual"));
    node.classList.toggle("outside", band !== null && read !== null && (read < band.low || read > band.high));
    const day = days.get(pen.key);
    if (day) draw(line, day, usuals.get(pen.key)?.usual, read, spans);
  });
}

/** @param {Element} node @param {Pen} pen @param {number|null} read */
function tell(node, pen, read) {
  const old = read === null ? inflowHeld(pen.of, store.tags, plantNow()) : null;
  const said = read !== null ? withUnit(read, pen) : old ? `${withUnit(old.value, pen)} · ${age(old.age)}` : t("wall_event.no_value");
  setText(node, said.trim());
  node.classList.toggle("stale", read === null);
}

/** The newest point is what is read now. @param {Element} line @param {any} day @param {any} usual @param {number|null} read @param {Span[]} spans */
function draw(line, { from, step, values }, usual, read, spans) {
  const shown = read === null ? values : [...values.slice(0, -1), read];
  const band = values.map((/** @type {any} */ _, /** @type {number} */ i) => usual?.at(from + (i + 0.5) * step) ?? null);
  drawSpark(line.children[2], shown, band);
  // a value stands for its window: it is drawn at its middle, and what began in the last one at the end
  const x = (/** @type {number} */ ms) => Math.min(Math.max(((ms - from) / step - 0.5) / (values.length - 1), 0), 1) * WIDTH;
  const shaded = spans.filter(({ to }) => to !== null && to >= from).map((one) => ({ left: x(one.from), right: x(Number(one.to)) }));
  setAttr(line.children[0], "d", shaded.map(({ left, right }) => `M${Math.min(left, right - LEAST_W).toFixed(2)} 0H${right.toFixed(2)}V${HEIGHT}H${Math.min(left, right - LEAST_W).toFixed(2)}Z`).join(""));
  const begun = spans.filter((one) => one.from >= from);
  setAttr(line.children[1], "d", begun.map((one) => `M${x(one.from).toFixed(2)} 0V${HEIGHT}`).join(""));
}
