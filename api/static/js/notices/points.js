/** Where people fetch water: one row a place. */
import { el } from "../core/dom.js";
import { t } from "../core/words.js";

const KINDS = ["tanker", "standpipe", "bottled"];
const STATES = ["planned", "en_route", "open", "empty", "closed"];

/** @param {any} one */
export function point(one) {
  const input = (/** @type {string} */ field, /** @type {string} */ label, /** @type {any} */ value, type = "text") =>
    el("label", {}, label, el("input", { "data-field": field, type, maxlength: 200, min: type === "number" ? 0 : null, value: value ?? "" }));
  const choice = (/** @type {string} */ field, /** @type {string[]} */ of, /** @type {string} */ chosen) =>
    el("select", { "data-field": field, "aria-label": t("notices.form.points") }, ...of.map((id) => el("option", { value: id, selected: id === chosen }, t(`water_point.${id}`))));
  return el("fieldset", { class: "point" },
    input("zh", `${t("notices.form.point_name")} · ${t("notices.zh")}`, one?.name.zh), input("en", `${t("notices.form.point_name")} · ${t("notices.en")}`, one?.name.en),
    choice("kind", KINDS, one?.kind ?? "tanker"), choice("state", STATES, one?.state ?? "planned"),
    input("hours", t("notices.form.point_hours"), one?.hours?.zh), input("left", t("notices.form.point_left"), one?.left_l, "number"));
}

/** @param {Element} form */
export function pointsOf(form) {
  return [...form.querySelectorAll(".point")].map((row) => {
    const of = (/** @type {string} */ field) => /** @type {HTMLInputElement} */ (row.querySelector(`[data-field="${field}"]`)).value.trim();
    const left = of("left");
    return {
      name: { zh: of("zh"), en: of("en") }, kind: of("kind"), state: of("state"),
      hours: of("hours") ? { zh: of("hours"), en: of("hours") } : null, left_l: left ? Number(left) : null,
    };
  }).filter((one) => one.name.zh || one.name.en);
}
