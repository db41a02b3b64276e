/** Which instant is replayed, and it is all in the address: `/replay?t=2026-11-22T02:40` (Shanghai), or RFC 3339. */
import { plantNow } from "../core/clock.js";
import { choices } from "../core/page.js";
import { textOf, whenOf } from "../past/when.js";

const MIN = 60e3;
const FIRST_BACK_MS = 60 * MIN;

/** @type {(() => void)[]} */
const listeners = [];

/** The instant, ms. What has not been, or is no time, is an hour ago. */
export function instantAsked() {
  const at = whenOf(new URLSearchParams(location.search).get("t") ?? "");
  return at <= plantNow() ? at : Math.floor((plantNow() - FIRST_BACK_MS) / MIN) * MIN;
}

/** The address says what is shown: what it names may come while that stands. */
export function settle() {
  const at = instantAsked();
  if (whenOf(new URLSearchParams(location.search).get("t") ?? "") !== at) history.replaceState(null, "", address(at));
}

/** With another instant, or leading elsewhere with this one. @param {number} at ms @param {string} [path] @param {string} [name] of the parameter */
export function address(at, path = location.pathname, name = "t") {
  const next = choices();
  next.set(name, textOf(at));
  return `${path}?${next.toString().replaceAll("%3A", ":")}`;
}

/** To an instant, never beyond now. @param {number} at ms @param {boolean} [replace] */
export function setInstant(at, replace = false) {
  const latest = Math.floor(plantNow() / MIN) * MIN;
  history[replace ? "replaceState" : "pushState"](null, "", address(Math.min(at, latest)));
  for (const listener of listeners) listener();
}

/** @param {number} by minutes */
export const step = (by) => setInstant(instantAsked() + by * MIN, true);

/** @param {() => void} listener */
export const onAddress = (listener) => void listeners.push(listener);

window.addEventListener("popstate", () => {
  for (const listener of listeners) listener();
});
