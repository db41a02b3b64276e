/** What was typed into a form of a notice and not saved: kept as it is typed, put back where it is opened again. */
import { plantNow } from "../core/clock.js";
import { el } from "../core/dom.js";
import { dateTime } from "../core/format.js";
import { onBrowser } from "../core/kept.js";
import { t } from "../core/words.js";
import { beside, valuesOf } from "./conflict.js";
import { point, pointsOf } from "./points.js";
import { sure } from "./sure.js";

/**
 * was, typed: fields as they were when it was opened, and as they are. The rest, which is chosen whole: null where it
 * was not touched.
 * @typedef {{at: number, was: [string, string][], typed: [string, string][], zones: string[]|null, points: any[]|null, streets: {chosen: string[], kept: string[]}|null}} Begun
 * @typedef {ReturnType<typeof import("./streets.js").streetPicker>} Picker
 */

/** @type {import("../core/kept.js").Kept<Begun>} */
const kept = onBrowser();
const NEW = "new";
const SOONEST = ["input", "change", "click", "keyup"];

/** @param {any} notice null: a new one */
const of = (notice) => notice?.id ?? NEW;

/** When something was typed last and not saved; null: nothing is. @param {any} notice null: a new one */
export const begunAt = (notice) => kept.of(of(notice))?.at ?? null;

/** @param {HTMLElement} made @returns {HTMLSelectElement} */
const zonesOf = (made) => /** @type {HTMLSelectElement} */ (made.querySelector("#zones"));

/** What is chosen whole. @param {HTMLElement} made @param {Picker} picker @returns {Record<string, any>} */
const chosenOf = (made, picker) => ({
  zones: [...zonesOf(made).selectedOptions].map((one) => one.value), points: pointsOf(made), streets: { chosen: [...picker.chosen.keys()], kept: [...picker.kept.keys()] },
});

/**
 * First puts back what was kept, with what others changed meanwhile beside it; from then on keeps what is typed.
 * @param {HTMLElement} made @param {any} notice null: a new one @param {Picker} picker its streets
 * @param {() => void} rebased the form holds just what stands now
 * @param {() => void} again opens it as it stands
 */
export function keeping(made, notice, picker, rebased, again) {
  const id = of(notice);
  const first = chosenOf(made, picker);
  const form = { was: valuesOf(made), saved };
  let over = false;
  rebased();
  const before = kept.of(id);
  if (before) {
    putBack(made, before, form.was, picker, rebased);
    made.querySelector("h2")?.after(line(before.at, () => {
      saved();
      again();
    }));
  }
  let last = said();
  for (const name of SOONEST) made.addEventListener(name, keep);
  return form;

  function said() {
    const now = chosenOf(made, picker);
    const touched = Object.fromEntries(Object.entries(now).map(([name, one]) => [name, same(one, first[name]) ? null : one]));
    return { was: [...form.was], typed: [...valuesOf(made)], ...touched };
  }

  function keep() {
    const now = said();
    if (over || !made.isConnected || same(now, last)) return;
    last = now;
    const { was, typed, ...touched } = now;
    if (same(was, typed) && Object.values(touched).every((one) => one === null)) kept.drop(id);
    else kept.keep(id, /** @type {any} */ ({ at: plantNow() || Date.now(), ...now }));
  }

  function saved() {
    over = true;
    kept.drop(id);
  }
}

/** @param {any} a @param {any} b */
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** @param {HTMLElement} made @param {Begun} before @param {Map<string, string>} now @param {Picker} picker @param {() => void} rebased */
function putBack(made, before, now, picker, rebased) {
  for (const [id, text] of before.typed) {
    const field = /** @type {HTMLInputElement|null} */ (made.querySelector(`#${CSS.escape(id)}`));
    if (field?.type === "checkbox") field.checked = text === "true";
    else if (field) field.value = text;
  }
  beside(made, new Map(before.was), now, rebased);
  if (before.streets) picker.put(before.streets);
  if (before.zones) for (const option of zonesOf(made).options) option.selected = before.zones.includes(option.value);
  if (before.points) made.querySelector("#points")?.replaceChildren(...before.points.map(point));
  for (const select of made.querySelectorAll("#kind, #where")) select.dispatchEvent(new Event("change"));
}

/** @param {number} at @param {() => void} away */
const line = (at, away) => el("p", { class: "kept actions", role: "status" }, t("notices.form.brought_back", { time: dateTime(at) }),
  el("button", { type: "button", "data-act": "throw-away", onclick: sure(t("notices.form.throw_sure"), away) }, t("notices.form.throw_away")));
