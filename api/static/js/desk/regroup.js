/** An incident of two causes is split, two of one cause are merged: people know better, and it sticks. */
import { open } from "../core/alarms.js";
import { el } from "../core/dom.js";
import { may } from "../core/page.js";
import { store } from "../core/store.js";
import { local, t } from "../core/words.js";
import { command, confirmed } from "./commands.js";

/** Alarms ticked to be taken out, by incident. @type {Map<string, Set<string>>} */
const ticked = new Map();

/** @param {any} incident @param {string} alarm @param {() => void} redraw */
export function tick(incident, alarm, redraw) {
  if (!may("decide_incident") || !open(incident) || incident.members.length < 2) return "";
  const chosen = ticked.get(incident.id) ?? new Set();
  ticked.set(incident.id, chosen);
  const onchange = (/** @type {Event} */ event) => {
    if (/** @type {HTMLInputElement} */ (event.target).checked) chosen.add(alarm); else chosen.delete(alarm);
    redraw();
  };
  return el("input", { type: "checkbox", id: `tick-${alarm}`, checked: chosen.has(alarm), onchange, "aria-label": t("desk.tick", { alarm }) });
}

/** For the pane's key: what is ticked. @param {string} id */
export const tickedOf = (id) => [...(ticked.get(id) ?? [])].join();

/** @param {any} incident @param {() => void} redraw */
export function regroupBlock(incident, redraw) {
  if (!may("decide_incident") || !open(incident)) return [];
  const chosen = [...(ticked.get(incident.id) ?? [])].filter((id) => incident.members.some((/** @type {any} */ m) => m.alarm === id));
  const others = store.incidents.filter((other) => open(other) && other.id !== incident.id);
  const path = `/api/v1/incidents/${encodeURIComponent(incident.id)}`;
  const other = /** @type {HTMLSelectElement} */ (el("select", { id: "merge-with", "aria-label": t("desk.merge_with") },
    ...others.map((one) => el("option", { value: one.id }, `${local(one.title)} · ${one.id}`))));
  const split = () => void command(`split:${incident.id}`, `${path}/split`, { seq: incident.seq, alarms: chosen }, redraw);
  const merge = () => {
    const one = others.find((known) => known.id === other.value);
    if (one) void command(`merge:${incident.id}`, `${path}/merge`, { seq: incident.seq, other: one.id, other_seq: one.seq }, redraw);
  };
  const some = chosen.length > 0 && chosen.length < incident.members.length;
  return /** @type {HTMLElement[]} */ ([
    some && el("p", { class: "actions" }, confirmed(`split:${incident.id}`, t("desk.split_off", { n: chosen.length }), t("desk.sure"), split, false, `${incident.seq} ${chosen}`)),
    others.length > 0 && el("p", { class: "actions" }, other, confirmed(`merge:${incident.id}`, t("desk.merge"), t("desk.merge_sure"), merge, false, incident.seq)),
  ].filter(Boolean));
}
