/** A second press for what stands for ever: that a hospital has heard, what came of a call-back, that somebody
 * has taken a clock on. The board draws itself anew meanwhile, so that what is armed is kept here. */
import { Asked } from "../press/deliberate.js";
import { el } from "../core/dom.js";
import { t } from "../core/words.js";

/** What was pressed once. @type {{what: string, until: number, asked: Asked|null}} */
let armed = { what: "", until: 0, asked: null };
const ARMED_MS = 8_000;
const isArmed = (/** @type {string} */ what) => armed.what === what && performance.now() < armed.until;

/** @param {string} what @param {boolean} disabled @param {string|number} label @param {() => void} send @param {string} [name]
 * @param {string} [title] */
export function twice(what, disabled, label, send, name, title) {
  const button = el("button", { type: "button", disabled, title, class: isArmed(what) ? "strong" : "", "aria-label": isArmed(what) ? `${name ?? label} · ${t("board.press_again")}` : name,
    onclick: () => {
      if (isArmed(what)) {
        armed = { what: "", until: 0, asked: null };
        send();
        return;
      }
      armed = { what, until: performance.now() + ARMED_MS, asked: new Asked() };
      armed.asked?.on(button);
      button.classList.add("strong");
      button.textContent = `${label} · ${t("board.press_again")}`;
    } }, isArmed(what) ? `${label} · ${t("board.press_again")}` : label);
  if (isArmed(what)) armed.asked?.on(button);
  return button;
}
