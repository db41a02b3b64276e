/** Single keys, never inside a field, and to be turned off in the address: `?keys=off` (WCAG 2.1.4). */
import { parameter } from "../core/page.js";
import { toggleTheme } from "../core/theme.js";
import { focus, go, pan, pens, setRange, zoom } from "./state.js";

/** @param {{note: () => void, close: () => void}} hands */
export function installKeys(hands) {
  if (parameter("keys") === "off") return;
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hands.close();
    const inField = event.target instanceof Element && event.target.closest("input, select, textarea");
    if (inField || event.ctrlKey || event.metaKey || event.altKey) return;
    const n = Number(event.key);
    if (event.key === "ArrowLeft") pan(-1);
    else if (event.key === "ArrowRight") pan(1);
    else if (event.key === "+" || event.key === "=") zoom(true);
    else if (event.key === "-") zoom(false);
    else if (event.key === "l") setRange("24h");
    else if (event.key === "m") hands.note();
    else if (event.key === "n") toggleTheme();
    else if (n >= 1 && n <= pens().length) go({ focus: focus() === n - 1 ? null : event.key }, true);
    else return;
    event.preventDefault();
  });
}
