/** Single keys, never inside a field, and to be turned off in the address: `?keys=off` (WCAG 2.1.4). */
import { byId } from "../core/dom.js";
import { parameter } from "../core/page.js";
import { toggleTheme } from "../core/theme.js";
import { go, VIEWS } from "./route.js";

/** @param {{move: (by: 1|-1) => void, acknowledge: () => void, bulk: () => void, shelve: () => void}} act */
export function installKeys(act) {
  if (parameter("keys") === "off") return;
  const help = /** @type {HTMLDialogElement} */ (byId("help"));
  document.addEventListener("keydown", (event) => {
    const inField = event.target instanceof Element && event.target.closest("input, select, textarea, dialog");
    if (inField || event.ctrlKey || event.metaKey || event.altKey) return;
    const view = VIEWS[Number(event.key) - 1];
    if (event.key === "j") act.move(1);
    else if (event.key === "k") act.move(-1);
    else if (event.key === "a") act.acknowledge();
    else if (event.key === "A") act.bulk();
    else if (event.key === "s") act.shelve();
    else if (event.key === "n") toggleTheme();
    else if (event.key === "?") help.showModal();
    else if (view) go(view);
    else return;
    event.preventDefault();
  });
}
