/** What the trends page shows, and it is all in its address: `?pens=a,b&range=24h`, or `&from=…&to=…`; `&focus=2`. */
import { plantNow } from "../core/clock.js";

export const MOST_PENS = 8;
const MIN = 60e3;
const HOUR = 3600e3;
const DAY = 24 * HOUR;
export const RANGES = /** @type {Record<string, number>} */ ({ "1h": HOUR, "6h": 6 * HOUR, "24h": DAY, "7d": 7 * DAY, "28d": 28 * DAY });
const USUAL = "24h";
const LEAST = 2 * MIN;
const MOST = 400 * DAY;

/** @type {(() => void)[]} */
const listeners = [];

const wanted = () => new URLSearchParams(location.search);

/** Up to eight, each once; what the hub does not know is among them, so that it can be said. @returns {string[]} */
export const pens = () => [...new Set((wanted().get("pens") ?? "").split(",").map((id) => id.trim()).filter(Boolean))].slice(0, MOST_PENS);

/** The pen that stands out, from 0; -1 for none. */
export function focus() {
  const n = Number(wanted().get("focus"));
  return Number.isInteger(n) && n >= 1 && n <= pens().length ? n - 1 : -1;
}

/** The length of what runs with the plant's clock, or "" for a span that stands. */
export function range() {
  const now = wanted();
  if (fixed(now)) return "";
  const name = now.get("range") ?? USUAL;
  return name in RANGES ? name : USUAL;
}

/** @param {URLSearchParams} now @returns {{from: number, to: number}|null} */
function fixed(now) {
  const from = Date.parse(now.get("from") ?? "");
  const to = Date.parse(now.get("to") ?? "");
  return from < to ? { from, to: Math.min(to, from + MOST) } : null;
}

/** What is looked at, ms. @returns {{from: number, to: number}} */
export function span() {
  const stands = fixed(wanted());
  if (stands) return stands;
  const to = plantNow();
  return { from: to - RANGES[range()], to };
}

/** The address with something changed; null takes it out. @param {Record<string, string|null>} change */
export function address(change) {
  const next = wanted();
  for (const [name, value] of Object.entries(change)) {
    if (value === null || value === "") next.delete(name);
    else next.set(name, value);
  }
  return `${location.pathname}?${next.toString().replaceAll("%2C", ",").replaceAll("%3A", ":")}`;
}

/** @param {Record<string, string|null>} change @param {boolean} [replace] instead of a step that "back" undoes */
export function go(change, replace = false) {
  history[replace ? "replaceState" : "pushState"](null, "", address(change));
  for (const listener of listeners) listener();
}

/** @param {string[]} ids */
export const setPens = (ids) => go({ pens: ids.join(","), zone: null, focus: null });

/** @param {number} from @param {number} to ms */
export function setSpan(from, to) {
  if (!(to - from >= LEAST) || to - from > MOST) return;
  const iso = (/** @type {number} */ ms) => new Date(Math.round(ms / 1000) * 1000).toISOString().replace(".000Z", "Z");
  go({ from: iso(from), to: iso(to), range: null });
}

/** @param {string} name */
export const setRange = (name) => go({ range: name, from: null, to: null });

/** Half a window to the left (-1) or right (1); at its end it runs on with the clock again. @param {-1|1} by */
export function pan(by) {
  const { from, to } = span();
  const step = ((to - from) / 2) * by;
  if (by > 0 && to + step >= plantNow()) {
    const same = Object.entries(RANGES).find(([, ms]) => Math.abs(ms - (to - from)) < MIN);
    if (same) setRange(same[0]);
    else setSpan(plantNow() - (to - from), plantNow());
  } else setSpan(from + step, to + step);
}

/** Half as much (in) or twice as much (out), the middle stays; never beyond now. @param {boolean} closer */
export function zoom(closer) {
  const { from, to } = span();
  const half = ((to - from) / 2) * (closer ? 0.5 : 2);
  const middle = (from + to) / 2;
  const end = Math.min(plantNow(), middle + half);
  setSpan(end - 2 * half, end);
}

/** @param {() => void} listener */
export const onAddress = (listener) => void listeners.push(listener);

window.addEventListener("popstate", () => {
  for (const listener of listeners) listener();
});
