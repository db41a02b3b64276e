/** Day and night: by the plant's hour, by `?theme=`, or by the key `n` until the next choice. */
import { plantNow } from "./clock.js";
import { sinceMidnight } from "./format.js";
import { parameter } from "./page.js";

const NIGHT_FROM_H = 19;
const NIGHT_TO_H = 6;

/** @type {"day"|"night"|null} */
let chosen = null;
/** @type {(() => void)[]} */
const listeners = [];

const wanted = parameter("theme", "auto");
if (wanted === "day" || wanted === "night") chosen = wanted;

/** @returns {"day"|"night"} */
export const theme = () => (document.documentElement.dataset.theme === "day" ? "day" : "night");

/** A colour token's value now. @param {string} name */
export const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** @param {() => void} listener called after a change */
export const onTheme = (listener) => void listeners.push(listener);

function byHour() {
  if (!plantNow()) return theme();
  const hour = sinceMidnight(plantNow()) / 3600e3;
  return hour >= NIGHT_FROM_H || hour < NIGHT_TO_H ? "night" : "day";
}

/** Put the theme in force that is due. */
export function applyTheme() {
  const next = chosen ?? byHour();
  if (next === theme()) return;
  document.documentElement.dataset.theme = next;
  for (const listener of listeners) listener();
}

export function toggleTheme() {
  chosen = theme() === "day" ? "night" : "day";
  const address = new URL(location.href);
  address.searchParams.set("theme", chosen);
  history.replaceState(history.state, "", address);
  applyTheme();
}
