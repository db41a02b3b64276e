/** What is chosen on the map, in words, with the ways on from it: now, or as it was. */
import { standing, stateOf } from "../core/alarms.js";
import { el } from "../core/dom.js";
import { PRESSURE, age, dateTime, figure, instant, number, unitOf } from "../core/format.js";
import { choices, crewName, may } from "../core/page.js";
import { mark } from "../core/priority.js";
import { isGood, reason } from "../core/quality.js";
import { extreme, inflowNow } from "../core/zones.js";
import { listed, local, t } from "../core/words.js";
import { distance, lengthOf } from "./measure.js";

/**
 * @typedef {object} Known
 * @property {number} at ms, of what is shown
 * @property {boolean} past
 * @property {Map<string, any>} tags @property {any[]} alarms @property {{incident: any, priority: number|null}[]} incidents
 * @property {any[]} orders @property {any[]} valves @property {Set<string>} shut
 * @property {import("./network.js").Drawing} net
 * @property {(tag: any) => boolean} believed @property {(tag: any) => number|null} value
 */
/** @typedef {import("./places.js").Place} Place */
/** @typedef {import("../core/dom.js").Child} Child */

/** @param {string} name @param {Child} value @returns {HTMLElement[]} */
const fact = (name, ...value) => [el("dt", {}, name), el("dd", {}, ...value)];

/** @param {string} href @param {string} text */
const way = (href, text) => el("a", { class: "way", href: withChoices(href) }, text);

/** Language and theme go along. @param {string} href */
function withChoices(href) {
  const to = new URL(href, location.origin);
  for (const [name, value] of choices()) to.searchParams.set(name, value);
  return `${to.pathname}${to.search}`;
}

/** @param {any} tag @param {Known} known @returns {Child[]} */
export function reading(tag, known) {
  if (!tag.latest) return [el("span", { class: "quiet" }, t(known.past ? "map.no_value_then" : "map.no_value"))];
  const ago = age((known.at - instant(tag.latest.t)) / 1000);
  if (tag.latest.v === null) return [el("b", { class: "bad" }, reason(tag.latest.q)), " ", el("span", { class: "quiet" }, t("map.read", { age: ago }))];
  const old = !known.believed(tag);
  return [
    el("b", { class: old ? "stale" : null }, figure(tag.latest.v, tag)), el("span", { class: "unit" }, unitOf(tag)), " ",
    el("span", { class: "quiet" }, `${t("map.read", { age: ago })}${isGood(tag.latest.q) ? "" : ` · ${reason(tag.latest.q)}`}`),
  ];
}

/** @param {any} tag @param {Known} known */
function ofTag(tag, known) {
  const mine = known.alarms.filter((alarm) => alarm.tag === tag.id && standing(alarm));
  const hour = 3600e3;
  const iso = (/** @type {number} */ ms) => new Date(ms).toISOString().slice(0, 19) + "Z";
  const trend = known.past ? `/trends?pens=${encodeURIComponent(tag.id)}&from=${iso(known.at - 6 * hour)}&to=${iso(known.at + hour)}` : `/trends?pens=${encodeURIComponent(tag.id)}`;
  return [
    el("dl", { class: "facts" }, ...fact(t("map.value"), ...reading(tag, known)), ...fact(t("map.zone"), zoneName(tag.zone, known)), ...fact(t("map.range"), `${figure(tag.low, tag)} – ${figure(tag.high, tag)} ${unitOf(tag)}`)),
    ...alarmLines(mine, known),
    el("p", { class: "ways" }, way(trend, t("map.to_trend"))),
  ];
}

/** @param {any[]} alarms @param {Known} known @returns {Child[]} */
const alarmLines = (alarms, known) => (alarms.length ? [el("ul", { class: "standing" }, ...alarms.map((alarm) => el("li", {}, mark(alarm.priority), " ", known.past ? local(alarm.name) : way(`/desk?view=alarms&id=${encodeURIComponent(alarm.id)}`, local(alarm.name)))))] : []);

/** @param {string|null} id @param {Known} known */
const zoneName = (id, known) => local(known.net.names.find((zone) => zone.id === id)?.name) || "–";

/** @param {Place} place @param {Known} known */
function ofZone(place, known) {
  const zone = known.net.names.find((one) => one.id === place.id);
  const tags = [...known.tags.values()].filter((tag) => tag.zone === place.id && tag.quantity !== "volume");
  const lowest = extreme(tags, "pressure", known.value, -1);
  const inflow = inflowNow(zone, known.tags, known.value);
  const sensors = tags.filter((tag) => tag.quantity !== "status");
  const open = known.incidents.filter((one) => one.incident.zone === place.id);
  return [
    el("dl", { class: "facts" },
      ...fact(t("map.inflow"), el("b", {}, number(inflow)), el("span", { class: "unit" }, "m³/h")),
      ...fact(t("map.lowest"), el("b", {}, figure(lowest?.value, PRESSURE)), el("span", { class: "unit" }, unitOf(PRESSURE)), " ", el("span", { class: "quiet" }, lowest ? local(lowest.tag.name) : "")),
      ...fact(t("map.sensors"), `${sensors.filter((tag) => known.value(tag) !== null).length} / ${sensors.length}`)),
    el("ul", { class: "standing" }, ...open.map((one) => el("li", {}, incidentLine(one)))),
    el("p", { class: "ways" }, known.past ? null : way(`/trends?zone=${encodeURIComponent(place.id)}`, t("map.to_trends"))),
  ];
}

/** @param {{incident: any, priority: number|null}} one */
const incidentLine = ({ incident, priority }) => el("span", {}, mark(priority), " ", local(incident.title), " ", el("span", { class: "quiet" }, stateOf(incident)));

/** @param {Place} place @param {Known} known */
function ofPipes(place, known) {
  const links = place.links.map((id) => known.net.link.get(id)).filter((one) => one !== undefined);
  const long = links.reduce((sum, link) => sum + lengthOf(Array.from({ length: link.points.length >> 1 }, (_, i) => ({ x: link.points[2 * i], y: link.points[2 * i + 1] }))), 0);
  const wide = [...new Set(links.map((link) => Math.round(link.diameter)))].filter(Boolean).sort((a, b) => a - b);
  const on = known.valves.filter((valve) => place.links.includes(valve.link));
  const street = known.net.streets.get(links[0]?.street ?? "");
  return [el("dl", { class: "facts" },
    ...(place.kind === "street" ? [] : fact(t("map.street"), local(street?.name) || "–")),
    ...fact(t("map.zone"), zoneName(place.zone, known)),
    ...fact(t("map.length"), distance(long)),
    ...fact(t("map.diameter"), wide.length > 1 ? `DN ${wide[0]} – ${wide[wide.length - 1]}` : wide.length ? `DN ${wide[0]}` : "–"),
    ...fact(t("map.valves_on"), on.length ? listed(on.map((one) => one.id)) : "–"))];
}

/** @param {Place} place @param {Known} known */
function ofValve(place, known) {
  const link = known.net.link.get(place.links[0]);
  const shut = known.shut.has(place.id);
  const by = may("work_orders") ? t(shut ? "map.shut_by_crew" : "map.not_shut") : "–";
  return [el("dl", { class: "facts" },
    ...fact(t("map.by_record"), el("b", {}, by)),
    ...fact(t("map.street"), local(known.net.streets.get(link?.street ?? "")?.name) || "–"),
    ...fact(t("map.zone"), zoneName(place.zone, known)),
    ...fact(t("map.diameter"), link ? `DN ${Math.round(link.diameter)}` : "–"))];
}

/** @param {{incident: any, priority: number|null}} one @param {Known} known */
function ofIncident(one, known) {
  const { incident } = one;
  const mine = known.orders.filter((order) => order.incident === incident.id);
  return [
    el("p", {}, incidentLine(one)),
    el("dl", { class: "facts" }, ...fact(t("map.zone"), zoneName(incident.zone, known)), ...fact(t("map.opened"), dateTime(instant(incident.opened)))),
    el("ul", { class: "standing" }, ...mine.map((order) => el("li", {}, [order.id, t(`order.${order.state}`), crewName(order.crew)].filter(Boolean).join(" · ")))),
    el("p", { class: "ways" }, way(`/desk?view=incidents&id=${encodeURIComponent(incident.id)}`, t(known.past ? "map.to_incident_now" : "map.to_incident"))),
  ];
}

/** @param {any} order @param {Known} known */
const ofOrder = (order, known) => [
  el("p", {}, mark(order.priority), " ", local(order.title)),
  el("dl", { class: "facts" },
    ...fact(t("map.state"), el("b", {}, t(`order.${order.state}`))),
    ...fact(t("map.crew"), crewName(order.crew) || "–"),
    ...fact(t("map.place"), local(order.place)),
    ...fact(t("map.opened"), dateTime(instant(order.opened)))),
  el("p", { class: "ways" }, way(`/orders?id=${encodeURIComponent(order.id)}`, t(known.past ? "map.to_order_now" : "map.to_order"))),
];

/** @param {string} id @param {Place|null} place @param {Known} known @returns {Child[]} */
export function panel(id, place, known) {
  if (!id) return [el("p", { class: "hint quiet" }, t("map.choose"))];
  const incident = known.incidents.find((one) => one.incident.id === id);
  const order = known.orders.find((one) => one.id === id);
  const tag = known.tags.get(id);
  const kind = incident ? "incident" : order ? "order" : (place?.kind ?? "");
  if (!kind) return [el("h2", {}, id), el("p", { class: "quiet" }, t(known.past ? "map.not_then" : "map.not_there"))];
  const body = incident ? ofIncident(incident, known) : order ? ofOrder(order, known) : kind === "tag" && tag ? ofTag(tag, known) : kind === "zone" && place ? ofZone(place, known) : kind === "valve" && place ? ofValve(place, known) : place ? ofPipes(place, known) : [];
  return [el("p", { class: "kind quiet" }, `${t(`map.kind_${kind}`)} · ${id}`), el("h2", {}, incident ? local(incident.incident.title) : order ? order.id : (place?.name ?? id)), ...body];
}
