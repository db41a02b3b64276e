/** The last value of a tag that could be shown as now: shown on, grey and with its age, when it no longer can be. */
import { isBad } from "../core/quality.js";

/** @typedef {{value: number, age: number}} Old value and age, plant s */

/** @type {Map<string, {t: string, v: number}>} */
const last = new Map();

/** Note what may be shown now, before it is late or Bad. @param {Iterable<any>} tags */
export function note(tags) {
  for (const { id, latest } of tags) {
    if (latest && latest.v !== null && !isBad(latest.q)) last.set(id, latest);
  }
}

/** @param {any} tag @param {number} nowMs @returns {Old|null} */
export function heldOf(tag, nowMs) {
  const known = tag && last.get(tag.id);
  return known ? { value: known.v, age: Math.max(0, nowMs - Date.parse(known.t)) / 1000 } : null;
}

/** What several tags say together, as old as the oldest of them.
 * @param {any} zone @param {Map<string, any>} tags @param {number} nowMs @returns {Old|null} */
export function inflowHeld(zone, tags, nowMs) {
  let value = 0;
  let age = 0;
  for (const [ids, sign] of [[zone.inflow, 1], [zone.outflow, -1]]) {
    for (const id of ids) {
      const old = heldOf(tags.get(id), nowMs);
      if (!old) return null;
      value += sign * old.value;
      age = Math.max(age, old.age);
    }
  }
  return zone.inflow.length ? { value, age } : null;
}

/** The lowest that was, where nothing is now. @param {any[]} tags @param {string} quantity @param {number} nowMs */
export function lowestHeld(tags, quantity, nowMs) {
  const all = tags.filter((tag) => tag.quantity === quantity).map((tag) => heldOf(tag, nowMs)).filter((old) => old !== null);
  return all.length ? all.reduce((low, old) => (old.value < low.value ? old : low)) : null;
}
