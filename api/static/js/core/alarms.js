/** Reading alarms and incidents: what is unanswered, what is worse, what is still open. */
import { t } from "./words.js";

const UNANSWERED = new Set(["UNACK", "LTCH_UNACK", "RTNUN"]);
const ASIDE = new Set(["SHLVD", "DSUPR", "OOSRV", "NORM"]);
const OVER = new Set(["closed", "false_alarm", "merged"]);
export const CALLED_OFF = new Set(["cancelled", "merged"]);
const LIVE = new Set(["suspected", "confirmed"]);
const KIND_PRIORITY = /** @type {Record<string, number>} */ ({
  burst: 1, water_quality: 1, low_pressure: 2, pump_trip: 2, leak: 3, communication: 3, instrument: 3,
});

/** @param {any} alarm */
export const unanswered = (alarm) => UNANSWERED.has(alarm.state);

/** To be looked at: not normal, not shelved, suppressed or out of service. @param {any} alarm */
export const standing = (alarm) => !ASIDE.has(alarm.state);

/** Its condition is over, yet it asks to be seen or reset. @param {any} alarm */
export const returned = (alarm) => standing(alarm) && !alarm.active;

/** Withheld, though its condition stands: nobody hears of it, and all is not well. @param {any} alarm */
export const withheld = (alarm) => !standing(alarm) && alarm.active;

/** Why alarms are not among those that stand: over, or held back. One may be held back for two reasons. */
export const ASIDE_WHY = /** @type {Record<string, (alarm: any) => boolean>} */ ({
  returned,
  shelved: (alarm) => Boolean(alarm.shelf),
  suppressed: (alarm) => alarm.suppressed_by?.length > 0,
  out: (alarm) => Boolean(alarm.oos),
});

/** Worst first: what still stands before what is over, unanswered before answered, then priority, then the newest.
 * @param {any} a @param {any} b */
export const worse = (a, b) =>
  Number(b.active) - Number(a.active) ||
  Number(unanswered(b)) - Number(unanswered(a)) ||
  a.priority - b.priority ||
  String(b.raised ?? "").localeCompare(String(a.raised ?? ""));

/** Counts by priority, index 1..4: whose condition stands, of those the unanswered, and whose is over. @param {any[]} alarms */
export function counts(alarms) {
  const by = Array.from({ length: 5 }, () => ({ unanswered: 0, standing: 0, returned: 0 }));
  for (const alarm of alarms) {
    if (!standing(alarm)) continue;
    by[alarm.priority][alarm.active ? "standing" : "returned"] += 1;
    if (alarm.active && unanswered(alarm)) by[alarm.priority].unanswered += 1;
  }
  return by;
}

/** @param {any} incident */
export const open = (incident) => !OVER.has(incident.state);

/** It still harms, or may: neither restored nor over, or by the crews' records water is still off for it.
 * @param {any} incident */
export const live = (incident) => LIVE.has(incident.state) || heldOff(incident);

/** @param {any} incident */
const heldOff = (incident) => incident.state === "restored" && incident.held_off;

/** The pipe where a search for it begins: what its order names. Null of what is not located.
 * @param {any} incident @returns {any} */
export function searched(incident) {
  const { candidates = [], begin = null } = incident.location ?? {};
  return candidates.find((/** @type {any} */ one) => one.link === begin) ?? candidates[0] ?? null;
}

/** Its state in words: instruments around may be back while valves stand shut. @param {any} incident */
export const stateOf = (incident) => t(heldOff(incident) ? "incident.held_off" : `incident.${incident.state}`);

/** An incident is as urgent as the worst of its alarms and of its work orders that stand; one that is restored or over
 * is not urgent: null. An alarm's priority is of its kind; an order's knows how large the main is and who is on it.
 * @param {any} incident @param {any[]} alarms @returns {number|null} */
export function priorityOf(incident, alarms) {
  if (!live(incident)) return null;
  const ids = new Set((incident.members ?? []).map((/** @type {any} */ m) => m.alarm));
  const worst = alarms.filter((a) => ids.has(a.id) || a.incident === incident.id).map((a) => a.priority);
  const orders = (incident.work_orders ?? []).filter((/** @type {any} */ one) => !CALLED_OFF.has(one.state)).map((/** @type {any} */ one) => one.priority);
  return Math.min(...worst, ...orders, incident.order_priority ?? 9, worst.length ? 4 : (KIND_PRIORITY[incident.kind] ?? 3));
}

/** By live incident how urgent its orders make it. @param {any[]} incidents @returns {Map<string, number>} */
const ordered = (incidents) => new Map(incidents.filter((one) => one.order_priority && live(one)).map((one) => [one.id, one.order_priority]));

/** @param {any} alarm @param {number|undefined} priority */
const raised = (alarm, priority) => (priority !== undefined && priority < alarm.priority ? { ...alarm, priority } : alarm);

/** Alarms, each as urgent as the orders of what it belongs to. @param {any[]} alarms @param {any[]} incidents @returns {any[]} */
export function asUrgent(alarms, incidents) {
  const orders = ordered(incidents);
  return orders.size ? alarms.map((alarm) => raised(alarm, orders.get(alarm.incident))) : alarms;
}

/** Alarms to be counted: of each incident the worst alone is as urgent as its orders.
 * @param {any[]} alarms @param {any[]} incidents @returns {any[]} */
export function asCounted(alarms, incidents) {
  const orders = ordered(incidents);
  const first = new Map();
  for (const alarm of orders.size ? alarms.filter(standing) : []) {
    const known = first.get(alarm.incident);
    if (orders.has(alarm.incident) && (!known || worse(alarm, known) < 0)) first.set(alarm.incident, alarm);
  }
  return alarms.map((alarm) => (first.get(alarm.incident) === alarm ? raised(alarm, orders.get(alarm.incident)) : alarm));
}

/** Open incidents, the most urgent first and of those the newest. @param {any[]} incidents @param {any[]} alarms */
export function urgent(incidents, alarms) {
  const worst = new Map();
  for (const { incident, priority } of alarms) {
    if (incident) worst.set(incident, Math.min(worst.get(incident) ?? 9, priority));
  }
  const rank = (/** @type {any} */ one) => (live(one) ? Math.min(worst.get(one.id) ?? KIND_PRIORITY[one.kind] ?? 3, one.order_priority ?? 9) : null);
  return incidents
    .map((incident) => ({ incident, rank: rank(incident) }))
    .sort((a, b) => moreUrgent(a.rank, b.rank) || String(b.incident.opened).localeCompare(String(a.incident.opened)))
    .map(({ incident }) => incident);
}

/** The most urgent first, what is not urgent last. @param {number|null} a @param {number|null} b */
export const moreUrgent = (a, b) => (a ?? 9) - (b ?? 9);

/** Each alarmed tag's and zone's worst standing priority, a zone's by its incidents too; `muted`: zones' worst of what
 * is over or withheld. @param {any[]} alarms @param {{incident: any, priority: number|null}[]} [incidents] */
export function places(alarms, incidents = []) {
  const tags = new Map();
  const zones = new Map();
  const muted = new Map();
  const worst = (/** @type {Map<string, number>} */ of, /** @type {string|null} */ id, /** @type {number} */ priority) => {
    if (id) of.set(id, Math.min(of.get(id) ?? 9, priority));
  };
  for (const alarm of alarms) {
    if (standing(alarm)) worst(tags, alarm.tag, alarm.priority);
    if (standing(alarm) && alarm.active) worst(zones, alarm.zone, alarm.priority);
    else if (returned(alarm) || withheld(alarm)) worst(muted, alarm.zone, alarm.priority);
  }
  for (const { incident, priority } of incidents) if (priority !== null && zones.has(incident.zone)) worst(zones, incident.zone, priority);
  return { tags, zones, muted };
}
