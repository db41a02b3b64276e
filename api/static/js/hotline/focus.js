/** Whose the keyboard is: a box that is being typed in keeps it, and a card that comes up by itself takes no key at first. */
import { byId, el, replace, setText } from "../core/dom.js";
import { t } from "../core/words.js";

/** A card that came up by itself acts on no key so soon, nor while keys follow each other so fast: they were meant for something else. */
const WAKING_MS = 1000;
const PAUSE_MS = 600;
export const box = () => /** @type {HTMLInputElement} */ (byId("asked"));
let asked = "";
let awakeAt = 0;
/** @type {{call: string, open: () => void}|null} */
let waiting = null;
let filling = false;

/** What keys do now. @param {boolean} [form] whether a form is open that is not saved */
export function hint(form = filling) {
  filling = form;
  document.body.classList.toggle("filling", form);
  setText(byId("kind"), t(form ? (waiting ? "hotline.kinds_form_call" : "hotline.kinds_form") : waiting ? "hotline.kinds_call" : "hotline.kinds"));
}

/** What was looked up: it may stay in the box, and is nobody's typing any more. @param {string} text */
export function lookedUp(text) {
  asked = text;
}

/** Whether the box holds what is not looked up yet, or somebody is in it with text. */
export function typing() {
  const text = box().value.trim();
  return text !== "" && (text !== asked || document.activeElement === box());
}

/** A card has come. @param {boolean} byItself */
export function came(byItself) {
  if (byItself) doze();
  const verdict = /** @type {HTMLElement|null} */ (document.getElementById("verdict"));
  const unasked = box().value.trim() !== "" && box().value.trim() !== asked;
  if (unasked) return;
  if (verdict?.classList.contains("nobody")) box().focus();
  else verdict?.focus();
}

/** What the keys mean has changed by itself: they act on nothing for a moment. */
export function doze() {
  awakeAt = performance.now() + WAKING_MS;
  byId("card").dataset.waking = "true";
  wake();
}

/** The buttons are drawn dim until keys act on them. */
function wake() {
  const left = awakeAt - performance.now();
  if (left <= 0) {
    delete byId("card").dataset.waking;
    hint();
  } else setTimeout(wake, left + 1);
}

/** Whether a key typed now is still one of before the card; it says that it did nothing. */
export function waking() {
  const now = performance.now();
  if (now >= awakeAt) return false;
  awakeAt = Math.max(awakeAt, now + PAUSE_MS);
  setText(byId("kind"), t("hotline.asleep"));
  return true;
}

/** Beside the box, until it is taken or over. @param {string} call @param {() => void} open */
export function offer(call, open) {
  waiting = { call, open };
  const place = byId("offer");
  replace(place, el("button", { type: "button", class: "strong", "data-offer": call, onclick: take }, el("kbd", { "aria-hidden": "true" }, "Esc"), t("ring.offer")));
  place.hidden = false;
  hint();
}

/** The call that is offered; false when there is none. */
export function take() {
  const one = waiting;
  withdraw();
  one?.open();
  return one !== null;
}

/** @param {Set<string>} [alive] calls that are still on the line; without them whatever is offered goes */
export function withdraw(alive) {
  if (!waiting || alive?.has(waiting.call)) return;
  waiting = null;
  byId("offer").hidden = true;
  replace(byId("offer"));
  hint();
}
