/** Choosing streets among hundreds: type a part of the name, in Chinese, English, pinyin or its initials. */
import { el, replace } from "../core/dom.js";
import { number } from "../core/format.js";
import { local, t } from "../core/words.js";

const SHOWN = 12;

/** @typedef {{id: string, name: {zh: string, en: string}, typed: string[]}} Street */

/** What is typed, without case and spaces. @param {string} text */
const bare = (text) => text.normalize("NFKC").toLowerCase().replace(/\s+/g, "");

/** Within a name it has to be this long: one letter is in every "Road". */
const WITHIN = 3;

/** The best first: names and pinyin that begin so, then those that have it within. @param {Street[]} streets @param {string} text */
export function matching(streets, text) {
  const asked = bare(text);
  if (!asked) return [];
  const rank = (/** @type {Street} */ one) => {
    const names = [bare(one.name.zh), bare(one.name.en), ...one.typed, one.id.toLowerCase()];
    if (names.some((name) => name.startsWith(asked))) return 0;
    const long = asked.length >= WITHIN || /[^a-z0-9]/.test(asked);
    return long && names.some((name) => name.includes(asked)) ? 1 : 2;
  };
  return streets.map((one) => /** @type {[number, Street]} */ ([rank(one), one])).filter(([n]) => n < 2)
    .sort((a, b) => a[0] - b[0] || a[1].name.zh.localeCompare(b[1].name.zh, "zh")).map(([, one]) => one);
}

/** A box that holds the ids chosen, in `chosen`. @param {Street[]} streets */
export function streetPicker(streets) {
  /** @type {Map<string, Street>} */ const chosen = new Map();
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
    replace(chips, ...[...chosen.values()].map((one) => el("li", {}, el("button", { type: "button", "data-chosen": one.id, "aria-label": t("notices.form.take_out", { name: local(one.name) }), onclick: () => drop(one) }, local(one.name), " ✕"))));
  }

  /** @param {Street} one */
  function pick(one) {
    chosen.set(one.id, one);
    box.value = "";
    draw();
    box.focus();
  }

  /** @param {Street} one */
  function drop(one) {
    chosen.delete(one.id);
    draw();
    box.focus();
  }

  draw();
  return { chosen, box: el("div", { class: "picker" }, box, count, found, chips) };
}
