/** Two persons at one draft: what one typed beside what the other saved, and either may be taken. */
import { el } from "../core/dom.js";
import { t } from "../core/words.js";

/** @typedef {HTMLInputElement|HTMLTextAreaElement|HTMLSelectElement} Control */

/** Fields with one value each; streets, areas and water points are chosen whole. @param {Element} form @returns {Control[]} */
const controls = (form) => [.../** @type {NodeListOf<Control>} */ (form.querySelectorAll(":is(input, textarea, select)[id]:not([multiple], [type=search])"))];

/** @param {Control} one */
const valueOf = (one) => (one.type === "checkbox" ? String(/** @type {HTMLInputElement} */ (one).checked) : one.value);

/** @param {Control} one @param {string} value */
function set(one, value) {
  if (one.type === "checkbox") /** @type {HTMLInputElement} */ (one).checked = value === "true";
  else one.value = value;
}

/** @param {Element} form @returns {Map<string, string>} by field */
export const valuesOf = (form) => new Map(controls(form).map((one) => [one.id, valueOf(one)]));

/**
 * What only the other person changed is taken; where both did, what was typed stays and the other's stands below
 * it. Returns the values that stand now.
 * @param {HTMLElement} form @param {Map<string, string>} was when it was opened @param {Map<string, string>} theirs
 * @param {() => void} rebased the form holds just what stands now: for comparing what is sent
 */
export function beside(form, was, theirs, rebased) {
  form.querySelectorAll(".theirs").forEach((one) => one.remove());
  /** @type {[Control, string][]} */ const mine = [];
  for (const one of controls(form)) {
    const now = theirs.get(one.id) ?? "";
    if (valueOf(one) !== was.get(one.id)) mine.push([one, valueOf(one)]);
    set(one, now);
  }
  rebased();
  for (const [one, typed] of mine) {
    const now = theirs.get(one.id) ?? "";
    set(one, typed);
    if (now !== was.get(one.id) && now !== typed) (one.closest("label") ?? one).append(stands(one, now));
  }
  return theirs;
}

/** @param {Control} one @param {string} now */
function stands(one, now) {
  const taken = () => box.remove();
  const shown = one.type === "checkbox" ? t(now === "true" ? "notices.form.ticked" : "notices.form.not_ticked") : now.replace("T", " ") || "–";
  const box = el("span", { class: "theirs", "data-theirs": one.id }, el("b", {}, t("notices.form.theirs")), " ", shown,
    el("span", { class: "actions" },
      el("button", { type: "button", "data-take": "theirs", onclick: () => {
        set(one, now);
        taken();
      } }, t("notices.form.take_theirs")),
      el("button", { type: "button", "data-take": "mine", onclick: taken }, t("notices.form.keep_mine"))));
  return box;
}
