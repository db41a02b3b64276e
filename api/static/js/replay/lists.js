/** What stood at an instant, in lists: incidents, alarms, orders, and each zone's values. */
import { priorityOf, stateOf, worse } from "../core/alarms.js";
import { el } from "../core/dom.js";
import { FLOW, dateTime, instant as ms, withUnit } from "../core/format.js";
import { crewName } from "../core/page.js";
import { mark } from "../core/priority.js";
import { extreme, inflowNow, residualOf, shortName } from "../core/zones.js";
import { local, t } from "../core/words.js";
import { tagsThen, valueThen } from "../past/instant.js";

/** @typedef {import("../past/instant.js").Instant} Instant */

/** @param {string} title @param {number} n @param {HTMLElement[]} rows @param {string} none */
const block = (title, n, rows, none) => [el("h2", {}, title, " ", el("span", { class: "quiet" }, String(n))), rows.length ? el("ul", { class: "rows" }, ...rows) : el("p", { class: "quiet" }, none)];

/** @param {Instant} then */
export function incidentsThen(then) {
  const all = then.incidents.map((incident) => ({ incident, priority: priorityOf(incident, then.alarms) }));
  all.sort((a, b) => (a.priority ?? 9) - (b.priority ?? 9) || b.incident.opened.localeCompare(a.incident.opened));
  return block(t("replay.incidents"), all.length, all.map(({ incident, priority }) => el("li", { "data-id": incident.id },
    mark(priority), " ", el("b", {}, local(incident.title)), " ", stateOf(incident), " ",
    el("span", { class: "quiet" }, t("replay.since", { time: dateTime(ms(incident.opened)) }), incident.location?.candidates?.length ? ` · ${t("replay.located")}` : "", ` · ${incident.id}`))), t("replay.no_incidents"));
}

/** @param {Instant} then */
export function alarmsThen(then) {
  const all = [...then.alarms].sort((a, b) => worse({ ...a, raised: a.since }, { ...b, raised: b.since }));
  return block(t("replay.alarms"), all.length, all.map((alarm) => el("li", { "data-id": alarm.id, class: alarm.active ? null : "quiet" },
    mark(alarm.priority), " ", el("b", {}, local(alarm.name)), " ", t(`state.${alarm.state}`), " ",
    el("span", { class: "quiet" }, t("replay.last", { time: dateTime(ms(alarm.since)) })))), t("replay.no_alarms"));
}

/** @param {Instant} then */
export const ordersThen = (then) => block(t("replay.orders"), then.orders.length, then.orders.map((order) => el("li", { "data-id": order.id },
  mark(order.priority), " ", el("b", {}, local(order.title)), " ", t(`order.${order.state}`), crewName(order.crew) ? ` · ${crewName(order.crew)}` : "", " ",
  el("span", { class: "quiet" }, t("replay.since", { time: dateTime(ms(order.since)) }), ` · ${order.id}`))), t("replay.no_orders"));

/** @param {any[]} zones @param {Map<string, any>} all tags @param {Instant} then */
export function zonesThen(zones, all, then) {
  const tags = new Map(tagsThen(all.values(), then).map((tag) => [tag.id, tag]));
  const value = (/** @type {any} */ tag) => valueThen(tag, then.at);
  const rows = zones.map((zone) => {
    const mine = [...tags.values()].filter((tag) => tag.zone === zone.id && !["volume", "status"].includes(tag.quantity));
    const cells = [
      zone.inflow.length ? shown(inflowNow(zone, tags, value), FLOW) : "–",
      ...[["pressure", -1], [residualOf(zone), -1], ["turbidity", 1]].map(([quantity, sign]) => {
        const worst = extreme(mine, String(quantity), value, /** @type {1|-1} */ (sign));
        return worst ? shown(worst.value, worst.tag) : "–";
      }),
      `${mine.filter((tag) => value(tag) !== null).length} / ${mine.length}`,
    ];
    return el("tr", { "data-zone": zone.id }, el("th", { scope: "row" }, shortName(zone, zones)), ...cells.map((cell) => el("td", {}, cell)));
  });
  const heads = ["zone", "inflow", "lowest", "residual", "turbidity", "sensors"];
  return [el("h2", {}, t("replay.values")), el("div", { class: "wide", tabindex: "0", role: "group", "aria-label": t("replay.values") }, el("table", {},
    el("thead", {}, el("tr", {}, ...heads.map((head) => el("th", { scope: "col" }, t(`replay.${head}`))))), el("tbody", {}, ...rows)))];
}

/** @param {number|null} value @param {import("../core/format.js").Measure} of */
const shown = (value, of) => (value === null ? "–" : withUnit(value, of));
