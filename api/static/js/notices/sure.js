/** A second press before what cannot be taken back. */
import { deliberate } from "../press/deliberate.js";
import { el } from "../core/dom.js";
import { t } from "../core/words.js";

/**
 * The button asks in its own place; the answer stands where it stood, its opposite beside it.
 * @param {string} question @param {() => void} act
 * @returns {(event: Event) => void}
 */
export const sure = (question, act) => (event) => {
  const button = /** @type {HTMLElement} */ (event.currentTarget);
  const name = button.getAttribute("data-act") ?? "";
  const back = () => asked.replaceWith(button);
  const yes = deliberate(el("button", { type: "button", class: "strong", "data-act": `${name}-sure`, onclick: () => {
    back();
    act();
  } }, button.textContent));
  const asked = el("span", { class: "actions" }, el("span", {}, question), yes, el("button", { type: "button", onclick: back }, t("notices.cancel")));
  button.replaceWith(asked);
  yes.focus();
};
