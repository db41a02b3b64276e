/** What each list shows of a record. */
import { stateOf, unanswered } from "../core/alarms.js";
import { plantNow } from "../core/clock.js";
import { el } from "../core/dom.js";
import { marksOf } from "../control/floods.js";
import { age, dateTime, hourMinute, instant, number } from "../core/format.js";
import { crewName, may } from "../core/page.js";
import { mark } from "../core/priority.js";
import { reading } from "../control/reading.js";
import { store } from "../core/store.js";
import { local, t } from "../core/words.js";
import { shownAs } from "./alarm_tabs.js";
import { isAsked } from "./bulk.js";
import { acknowledge, button, refused } from "./commands.js";
import { address } from "./route.js";

/** A priority in a list, for those too who cannot see it. @param {number|null} priority */
export const sign = (priority) =>
  el("span", {}, mark(priority), el("span", { class: "visually-hidden" }, t("priority", { n: priority ?? "–" })));

/** @param {string} time */
export const ageOf = (time) => age((plantNow() - instant(time)) / 1000);

/** @param {string} id */
export const zone = (id) => zoneNames.get(id) ?? id ?? "–";

/** Short names, filled once the network's drawing is there. @type {Map<string, string>} */
export const zoneNames = new Map();

/** Its zone, or else its instrument. @param {any} one an alarm, or a proposal about one */
export const placeOf = (one) => (one.zone ? zone(one.zone) : local(store.tags.get(one.tag)?.name) || local(one.unseen) || "–");

/** @param {any} alarm */
export function valueOf(alarm) {
  const read = reading(alarm, store.tags.get(alarm.tag));
  if (!read) return "–";
  const { value, limit, unit, usual } = read;
  const against = limit && (usual ? ` / ${t("desk.usual_value")} ${limit}` : ` / ${limit}`);
  return `${value}${against} ${unit}`.trim();
}

/** How it behaves. @param {any} alarm */
export const marks = (alarm) => marksOf(alarm, plantNow()).map((name) => el("span", { class: "behaves" }, t(`mark.${name}`, { n: alarm.raises })));

/** Why it was not acknowledged with others. @param {any} alarm */
function refusal(alarm) {
  const note = refused.get(alarm.id);
  return note && (unanswered(alarm) || !note.passing) ? [el("span", { class: "refused bad" }, note.why)] : [];
}

/** @returns {import("./table.js").Columns<any>} */
export const alarmColumns = (/** @type {() => void} */ redraw) => ({
  name: t("desk.alarms"),
  empty: t("wall.no_alarms"),
  heads: ["priority", "state", "time", "age", "source", "message", "value", "do"].map((id) => ({ id, label: t(`desk.head_${id}`) })),
  key: (alarm) => alarm.id,
  rowClass: (alarm) => `p${alarm.priority} ${unanswered(alarm) ? "unanswered" : "answered"}${isAsked(alarm) ? " asked" : ""}`,
  cells: (alarm) => [
    sign(alarm.priority),
    alarm.shelf ? `${t(`state.${alarm.state}`)} → ${hourMinute(instant(alarm.shelf.until))}` : t(`state.${alarm.state}`),
    hourMinute(instant(alarm.raised)),
    ageOf(alarm.raised),
    placeOf(alarm),
    el("span", {}, el("a", { href: address("alarms", alarm.id, shownAs()) }, local(alarm.name) || alarm.id), ...marks(alarm), ...refusal(alarm)),
    valueOf(alarm),
    may("acknowledge") && unanswered(alarm)
      ? button(`ack:${alarm.id}`, t("desk.ack"), () => acknowledge(alarm, redraw))
      : el("span", { class: "quiet" }, unanswered(alarm) ? "" : "✓"),
  ],
});

/** @returns {import("./table.js").Columns<any>} */
export const proposalColumns = () => ({
  name: t("desk.tab_approve"),
  empty: t("desk.no_proposals"),
  heads: ["time", "source", "message", "why", "permit"].map((id) => ({ id, label: t(`desk.head_${id}`) })),
  key: (one) => one.id,
  rowClass: () => "",
  cells: (one) => [
    dateTime(instant(one.asked)),
    placeOf(one),
    el("a", { href: address("alarms", one.id, { tab: "approve" }) }, local(one.name) || one.subject),
    el("span", { class: "why" }, one.reason ?? ""),
    one.permit ?? "",
  ],
});

/** @returns {import("./table.js").Columns<any>} */
export const incidentColumns = () => ({
  name: t("desk.incidents"),
  empty: t("wall.no_incidents"),
  heads: ["state", "time", "source", "message", "size"].map((id) => ({ id, label: t(`desk.head_${id}`) })),
  key: (incident) => incident.id,
  rowClass: (incident) => `state-${incident.state}`,
  cells: (incident) => [
    stateOf(incident),
    `${dateTime(instant(incident.opened))} · ${ageOf(incident.opened)}`,
    zone(incident.zone),
    el("a", { href: address("incidents", incident.id) }, local(incident.title)),
    incident.size_m3h ? `${number(incident.size_m3h)} m³/h` : "–",
  ],
});

/** @returns {import("./table.js").Columns<any>} */
export const orderColumns = () => ({
  name: t("desk.orders"),
  empty: t("desk.no_orders"),
  heads: ["priority", "state", "time", "source", "message", "crew", "due"].map((id) => ({ id, label: t(`desk.head_${id}`) })),
  key: (order) => order.id,
  rowClass: (order) => `p${order.priority} state-${order.state}`,
  cells: (order) => [
    sign(order.priority),
    t(`order.${order.state}`),
    dateTime(instant(order.opened)),
    zone(order.zone),
    el("a", { href: address("orders", order.id) }, local(order.title)),
    crewName(order.crew) || t("desk.no_crew"),
    order.due ? hourMinute(instant(order.due)) : "–",
  ],
});

/** @returns {import("./table.js").Columns<any>} */
export const noticeColumns = () => ({
  name: t("desk.notices"),
  empty: t("desk.no_notices"),
  heads: ["state", "time", "source", "message", "affected"].map((id) => ({ id, label: t(`desk.head_${id}`) })),
  key: (notice) => notice.id,
  rowClass: (notice) => `state-${notice.state}`,
  cells: (notice) => [
    t(`notice.${notice.state}`),
    dateTime(instant(notice.drafted)),
    zone(notice.zone),
    el("a", { href: address("notices", notice.id) }, local(notice.title)),
    number(notice.accounts_affected),
  ],
});
