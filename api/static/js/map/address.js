/** What the map shows, and it is all in its address: `?layers=…&at=x,y,width&focus=ID&t=…&span=24h&measure=x,y,x,y`. */
import { plantNow } from "../core/clock.js";
import { textOf, whenOf } from "../past/when.js";

export const LAYERS = /** @type {const} */ (["zones", "pipes", "valves", "instruments", "incidents", "orders"]);
/** @typedef {typeof LAYERS[number]} Layer */
const USUAL = "zones,pipes,instruments,incidents,orders";
const HOUR = 3600e3;
export const SPANS = /** @type {Record<string, number>} */ ({ "6h": 6 * HOUR, "24h": 24 * HOUR, "7d": 168 * HOUR });
const USUAL_SPAN = "24h";

/** @type {(() => void)[]} */
const listeners = [];

const wanted = () => new URLSearchParams(location.search);

/** @returns {Set<Layer>} */
export function layers() {
  const named = (wanted().get("layers") ?? USUAL).split(",");
  return new Set(LAYERS.filter((layer) => named.includes(layer)));
}

/** The middle, and how much of the town is seen across, in metres; null for the whole town.
 * @returns {{x: number, y: number, w: number}|null} */
export function camera() {
  const [x, y, w] = numbers(wanted().get("at"));
  return w > 0 ? { x, y, w } : null;
}

/** Id of what is chosen: an instrument, zone, street, valve, pipe, node, incident or order. */
export const focus = () => wanted().get("focus") ?? "";

/** The past instant that is looked at, ms; null for now, and for what has not been. */
export function instantAsked() {
  const at = whenOf(wanted().get("t") ?? "");
  return at <= plantNow() ? at : null;
}

/** What has not been is shown as now, and the address says so: it may come while that stands. */
export function settle() {
  if (wanted().has("t") && instantAsked() === null) history.replaceState(null, "", address({ t: null }));
}

/** @returns {string} */
export function span() {
  const name = wanted().get("span") ?? USUAL_SPAN;
  return name in SPANS ? name : USUAL_SPAN;
}

/** Corners of what is measured, in metres; null when nothing is. @returns {{x: number, y: number}[]|null} */
export function measured() {
  const text = wanted().get("measure");
  if (text === null) return null;
  const all = numbers(text);
  return Array.from({ length: all.length >> 1 }, (_, i) => ({ x: all[2 * i], y: all[2 * i + 1] }));
}

/** @param {string|null} text @returns {number[]} */
const numbers = (text) => (text ? text.split(",").map(Number).filter(Number.isFinite) : []);

/** The address with something changed; null takes it out. @param {Record<string, string|null>} change */
export function address(change) {
  const next = wanted();
  for (const [name, value] of Object.entries(change)) {
    if (value === null) next.delete(name);
    else next.set(name, value);
  }
  return `${location.pathname}?${next.toString().replaceAll("%2C", ",").replaceAll("%3A", ":")}`;
}

/** @param {Record<string, string|null>} change @param {boolean} [replace] instead of a step that "back" undoes */
export function go(change, replace = false) {
  history[replace ? "replaceState" : "pushState"](null, "", address(change));
  for (const listener of listeners) listener();
}

/** @param {Layer} layer */
export function toggle(layer) {
  const now = layers();
  if (!now.delete(layer)) now.add(layer);
  go({ layers: LAYERS.filter((one) => now.has(one)).join(",") });
}

/** @param {number|null} at ms; null for now @param {boolean} [replace] */
export const setInstant = (at, replace = false) => go({ t: at === null || at >= plantNow() ? null : textOf(Math.floor(at / 60e3) * 60e3) }, replace);

/** @param {{x: number, y: number}[]|null} points */
export const setMeasured = (points) => go({ measure: points && points.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(",") }, true);

/** @param {{x: number, y: number, w: number}|null} to */
export const setCamera = (to) => go({ at: to && [to.x, to.y, to.w].map((n) => n.toFixed(0)).join(",") }, true);

/** @param {() => void} listener */
export const onAddress = (listener) => void listeners.push(listener);

window.addEventListener("popstate", () => {
  for (const listener of listeners) listener();
});
