/** When a crew comes in: the window as it is read, and the choice of one. */
import { el } from "./dom.js";
import { dateOf, timeOfDay, instant } from "./format.js";
import { local, t } from "./words.js";

/** @param {{start: string, end: string}} visit */
export const windowOf = (visit) => `${dateOf(instant(visit.start))} ${timeOfDay(instant(visit.start))}–${timeOfDay(instant(visit.end))}`;

/** @param {any[]} slots @param {string} [none] what no choice says; a choice has to be made without it */
export const slotChoice = (slots, none) =>
  el("select", { name: "slot", required: !none }, none && el("option", { value: "" }, none), ...slots.map((s) =>
    el("option", { value: s.id, disabled: !s.left }, `${windowOf(s)} ${local(s.name)} · ${s.left ? t("visit.left", { n: s.left }) : t("visit.full")}`)));
