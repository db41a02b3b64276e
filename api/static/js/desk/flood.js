/** In a flood the list of alarms begins as a list of incidents; the whole list is one click away. */
import { unanswered } from "../core/alarms.js";
import { el, redraw } from "../core/dom.js";
import { floodWords, largest } from "../control/floods.js";
import { hourMinute, instant, number } from "../core/format.js";
import { mark } from "../core/priority.js";
import { store } from "../core/store.js";
import { local, t } from "../core/words.js";
import { ageOf, sign, zone } from "./columns.js";
import { address } from "./route.js";

const wanted = (/** @type {string} */ name) => new URLSearchParams(location.search).get(name);

/** @typedef {{id: string, key: string, incident: any, zone: string|null, priority: number, n: number, waiting: number, newest: string}} Group */

/** Whether the list of this tab is shown by incident now. @param {string} tab */
export const collapsed = (tab) => tab === "active" && store.floods.length > 0 && wanted("all") === null && !wanted("zone");

/** Alarms of one incident together, those of none by zone; worst first. @param {any[]} alarms @returns {Group[]} */
export function groups(alarms) {
  const incidents = new Map(store.incidents.map((one) => [one.id, one]));
  /** @type {Map<string, Group>} */
  const found = new Map();
  for (const alarm of alarms) {
    const incident = incidents.get(alarm.incident) ?? null;
    const key = incident ? incident.id : `zone:${alarm.zone ?? ""}`;
    const group = found.get(key) ?? { id: key, key, incident, zone: alarm.zone ?? null, priority: 9, n: 0, waiting: 0, newest: "" };
    found.set(key, group);
    group.n += 1;
    group.waiting += Number(unanswered(alarm));
    group.priority = Math.min(group.priority, alarm.priority);
    if (String(alarm.raised) > group.newest) group.newest = String(alarm.raised);
  }
  return [...found.values()].sort((a, b) => Number(b.waiting > 0) - Number(a.waiting > 0) || a.priority - b.priority || b.n - a.n || a.key.localeCompare(b.key));
}

const bar = el("p", { class: "flood" });

/** What is going on, and the way to the other list; null without a flood. @param {string} tab @param {number} n alarms of the tab */
export function floodBar(tab, n) {
  const flood = largest();
  if (tab !== "active" || (!flood && !wanted("zone"))) return null;
  const all = !collapsed(tab);
  redraw(
    bar,
    flood && el("strong", {}, t("flood.title")),
    flood && el("span", {}, floodWords(flood)),
    flood && el("span", { class: "quiet" }, t("flood.hushed")),
    el("a", { href: address("alarms", "", all && flood ? { tab } : { tab, all: "1" }) }, all && flood ? t("flood.by_incident") : t("flood.all", { n: number(n) })),
  );
  return bar;
}

/** @param {Group} group */
const target = (group) => (group.incident ? address("incidents", group.key) : address("alarms", "", { tab: "active", zone: group.zone ?? "none" }));

const SHOWN = 20;

/** A group's worst alarms. @param {string} key @param {any[]} alarms worst first */
export function groupPane(key, alarms) {
  const group = groups(alarms).find((one) => one.key === key);
  if (!group) return [el("p", { class: "quiet" }, t("desk.not_here"))];
  const mine = alarms.filter((alarm) => (group.incident ? alarm.incident === key : groups([alarm])[0].key === key));
  return [
    el("h2", {}, mark(group.priority), " ", group.incident ? local(group.incident.title) : t("flood.no_incident")),
    el("p", { class: "stateline" }, `${t("flood.alarms", { n: number(group.n) })} · ${t("flood.waiting", { n: number(group.waiting) })}`),
    el("ul", { class: "members" }, ...mine.slice(0, SHOWN).map((alarm) =>
      el("li", {}, mark(alarm.priority), " ", el("a", { href: address("alarms", alarm.id, { tab: "active", all: "1" }) }, local(alarm.name) || alarm.id)))),
    el("p", {}, el("a", { href: target(group) }, group.incident ? group.key : t("flood.all", { n: number(group.n) }))),
  ];
}

/** @returns {import("./table.js").Columns<Group>} */
export const groupColumns = () => ({
  name: t("desk.incidents"),
  empty: t("wall.no_alarms"),
  heads: ["priority", "state", "time", "age", "source", "message", "value"].map((id) => ({ id, label: t(`desk.head_${id}`) })),
  key: (group) => group.key,
  rowClass: (group) => `p${group.priority} ${group.waiting ? "unanswered" : "answered"}`,
  cells: (group) => [
    sign(group.priority),
    t("flood.waiting", { n: number(group.waiting) }),
    hourMinute(instant(group.newest)),
    ageOf(group.newest),
    group.zone ? zone(group.zone) : "–",
    el("a", { href: target(group) }, group.incident ? local(group.incident.title) : t("flood.no_incident")),
    t("flood.alarms", { n: number(group.n) }),
  ],
});
