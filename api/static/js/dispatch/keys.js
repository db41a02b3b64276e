/** Single keys, never inside a field, and to be turned off in the address: `?keys=off` (WCAG 2.1.4). */
import { byId } from "../core/dom.js";
import { may, parameter } from "../core/page.js";
import { toggleTheme } from "../core/theme.js";

/** @param {1|-1} by */
function move(by) {
  const all = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("#orders > li")]);
  const at = all.findIndex((one) => one.contains(document.activeElement));
  const to = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)];
  to?.focus();
}

export function installKeys() {
  if (parameter("keys") === "off") return;
  document.addEventListener("keydown", (event) => {
    const inField = event.target instanceof Element && event.target.closest("input, select, textarea");
    if (inField && event.key === "Escape") /** @type {HTMLElement} */ (event.target).blur();
    if (inField || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "i" && may("keep_shift_log")) byId("to").focus();
    else if (event.key === "n") toggleTheme();
    else if (event.key === "Enter" && document.activeElement?.matches("#orders > li")) /** @type {HTMLElement|null} */ (document.activeElement.querySelector("input"))?.focus();
    else return;
    event.preventDefault();
  });
}
