/** Choosing streets among hundreds: type a part of the name, in Chinese, English, pinyin or its initials. */
import { el, replace } from "../core/dom.js";
import { number } from "../core/format.js";
import { bare, sounds, soundsWithin } from "../core/sounds.js";
import { local, t } from "../core/words.js";

const SHOWN = 12;

/** @typedef {{id: string, name: {zh: string, en: string}, readings: string[][]}} Street readings: of each character all */

/** Within a name it has to be this long: one letter is in every "Road". */
const WITHIN = 3;

/** The best first: names and pinyin that begin so, then those that have it within. @param {Street[]} streets @param {string} text */
export function matching(streets, text) {
  const asked = bare(text);
  if (!asked) return [];
  const rank = (/** @type {Street} */ one) => {
    const names = [bare(one.name.zh), bare(one.name.en), one.id.toLowerCase()];
    if (sounds(one.readings, asked) || names.some((name) => name.startsWith(asked))) return 0;
    const long = asked.length >= WITHIN || /[^a-z0-9]/.test(asked);
    const within = () => names.some((name) => name.includes(asked)) || soundsWithin(one.readings, asked);
    return long && within() ? 1 : 2;
  };
  return streets.map((one) => /** @type {[number, Street]} */ ([rank(one), one])).filter(([n]) => n < 2)
    .sort((a, b) => a[0] - b[0] || a[1].name.zh.localeCompare(b[1].name.zh, "zh")).map(([, one]) => one);
}

/** Streets of a notice, each once, with the house numbers that it names.
 * @param {any[]} extents @returns {Map<string, {id: string, name: any, numbers: string[]}>} */
function inside(extents) {
  /** @type {Map<string, {id: string, name: any, numbers: string[]}>} */ const found = new Map();
  for (const { street, name, numbers } of extents) {
    const before = found.get(street)?.numbers ?? [];
    found.set(street, { id: street, name, numbers: numbers ? [...before, numbers] : before });
  }
  return found;
}

/** A box that holds the ids of whole streets in `chosen`; in `kept` of those that the notice has, as it has them.
 * @param {Street[]} streets @param {any[]} [extents] of the notice */
export function streetPicker(streets, extents = []) {
  /** @type {Map<string, Street>} */ const chosen = new Map();
  const kept = inside(extents);
  const found = el("ul", { class: "found", id: "street-found" });
  const count = el("p", { class: "quiet", role: "status" });
  const chips = el("ul", { class: "chips", id: "streets", "aria-label": t("notices.form.chosen") });
  const box = /** @type {HTMLInputElement} */ (el("input", {
    id: "street-search", type: "search", autocomplete: "off", placeholder: t("notices.form.street_hint"), "aria-label": t("notices.form.street_hint"), "aria-controls": "street-found",
    oninput: () => draw(),
    onkeydown: (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      const first = open()[0];
      if (first) pick(first);
    },
  }));

  const open = () => matching(streets, box.value).filter((one) => !chosen.has(one.id));

  function draw() {
    const all = open();
    replace(found, ...all.slice(0, SHOWN).map((one) => el("li", {}, el("button", { type: "button", "data-street": one.id, onclick: () => pick(one) }, "+ ", local(one.name)))));
    count.textContent = !box.value.trim() ? t("notices.form.streets_known", { n: number(streets.length) }) : !all.length ? t("notices.form.street_none") : all.length > SHOWN ? t("notices.form.streets_more", { n: number(all.length), shown: SHOWN }) : "";
    const chip = (/** @type {any} */ one, /** @type {string} */ how, /** @type {string} */ label) =>
      el("li", {}, el("button", { type: "button", [how]: one.id, "aria-label": t("notices.form.take_out", { name: local(one.name) }), onclick: () => drop(one) }, label, " ✕"));
    replace(chips,
      ...[...kept.values()].map((one) => chip(one, "data-kept", [local(one.name), one.numbers.join(t("fire.comma"))].filter(Boolean).join(" "))),
      ...[...chosen.values()].map((one) => chip(one, "data-chosen", extents.length ? t("notices.form.whole_street", { name: local(one.name) }) : local(one.name))));
  }

  /** @param {Street} one */
  function pick(one) {
    kept.delete(one.id);
    chosen.set(one.id, one);
    box.value = "";
    draw();
    box.focus();
  }

  /** @param {{id: string}} one */
  function drop(one) {
    kept.delete(one.id);
    chosen.delete(one.id);
    draw();
    box.focus();
  }

  /** As it was left. @param {{chosen: string[], kept: string[]}} left */
  function put(left) {
    for (const id of [...kept.keys()]) if (!left.kept.includes(id)) kept.delete(id);
    for (const one of streets) if (left.chosen.includes(one.id)) chosen.set(one.id, one);
    draw();
  }

  draw();
  const hint = extents.length ? el("p", { class: "quiet" }, t("notices.form.kept_hint")) : "";
  return { chosen, kept, put, box: el("div", { class: "picker" }, hint, box, count, found, chips) };
}
