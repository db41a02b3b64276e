/** The mark of a row or a headline in alarm, drawn when its priority has changed. */
import { el, replace } from "../core/dom.js";
import { mark } from "../core/priority.js";
import { t } from "../core/words.js";

/** @param {HTMLElement} node @param {number|null} priority */
export function drawSign(node, priority) {
  if (node.dataset.level === String(priority)) return;
  node.dataset.level = String(priority);
  replace(node, priority && mark(priority), priority && el("span", { class: "visually-hidden" }, t("priority", { n: priority })));
}
