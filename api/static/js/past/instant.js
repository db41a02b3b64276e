/** A past instant as it stood: asked for anew each time, never mixed with what is known now. */
import { get } from "../core/http.js";
import { may } from "../core/page.js";
import { isBad, isGood } from "../core/quality.js";
import { plantSpeed } from "../core/clock.js";
import { STALE_PERIODS } from "../core/zones.js";

/** A historian may leave out what does not change for so long. */
const SILENT_MS = 15 * 60e3;

/**
 * @typedef {object} Instant
 * @property {number} at ms
 * @property {Map<string, {t: string, v: number|null, q: number}>} values by tag
 * @property {any[]} alarms as the store has them: id, state, priority, tag, zone, active, name
 * @property {any[]} incidents each with `order_priority`
 * @property {any[]} orders
 * @property {Set<string>} shut valves
 */

/** @param {string} path @param {string} permission @param {string} time @returns {Promise<any[]>} */
const asked = async (path, permission, time) => (may(permission) ? (await get(`/api/v1/${path}?time=${time}`)).items : []);

/** @param {string} time */
async function valuesOf(time) {
  const values = new Map();
  for (let after = ""; after !== null; ) {
    const answer = await get(`/api/v1/tag-states?time=${time}${after && `&after=${encodeURIComponent(after)}`}`);
    answer.tags.forEach((/** @type {string} */ id, /** @type {number} */ i) => values.set(id, { t: answer.t[i], v: answer.v[i], q: answer.q[i] }));
    after = answer.next;
  }
  return values;
}

/** @param {any} entry of the journal, the last one before @returns {any} */
const alarmThen = (entry) => ({
  id: entry.alarm, state: entry.after, priority: entry.priority ?? 4, tag: entry.tag ?? null, zone: entry.zone ?? null,
  name: entry.name ?? entry.alarm, active: entry.after === "UNACK" || entry.after === "ACKED", since: entry.commit,
});

/** @param {number} at ms @returns {Promise<Instant>} */
export async function instant(at) {
  const time = new Date(at).toISOString();
  const [values, alarms, found, orders, valves] = await Promise.all([
    valuesOf(time),
    asked("alarm-states", "alarms", time),
    asked("incident-states", "incidents", time),
    asked("order-states", "work_orders", time),
    asked("valve-states", "work_orders", time),
  ]);
  const urgent = new Map();
  for (const one of orders) if (one.incident) urgent.set(one.incident, Math.min(urgent.get(one.incident) ?? 9, one.priority));
  const incidents = found.map((one) => ({ ...one, order_priority: urgent.get(one.id) ?? null }));
  return { at, values, alarms: alarms.map(alarmThen), incidents, orders, shut: new Set(valves.map((one) => one.valve)) };
}

/** Its reading may be as old as the historian is silent. @param {any} tag with `latest` @param {number} at ms */
const late = (tag, at) => at - Date.parse(tag.latest.t) > Math.max(SILENT_MS, STALE_PERIODS * 1000 * (tag.period_s ?? 1) * plantSpeed());

/** Whether a value was one of that instant, as `trusted` of now. @param {any} tag @param {number} at ms */
export const believedThen = (tag, at) => Boolean(tag.latest) && isGood(tag.latest.q) && !late(tag, at);

/** Tags as they read then; what had no value has none. @param {Iterable<any>} tags @param {Instant|null} then */
export const tagsThen = (tags, then) => [...tags].map((tag) => ({ ...tag, latest: then?.values.get(tag.id) ?? null }));

/** @param {any} tag @param {number} at ms @returns {number|null} as `current` of now */
export const valueThen = (tag, at) => (tag?.latest && tag.latest.v !== null && !isBad(tag.latest.q) && !late(tag, at) ? tag.latest.v : null);
