/** What a zone's row says, from the newest values. */
import { plantNow, plantSpeed } from "./clock.js";
import { isBad, isGood } from "./quality.js";
import { local } from "./words.js";

export const STALE_PERIODS = 3;
const STALE_AT_LEAST_S = 10;

/** Value of a tag if it may be shown as now: never Bad, never older than three of its periods.
 * @param {any} tag @param {number} nowMs @param {number} speed @returns {number|null} */
export function current(tag, nowMs, speed) {
  if (!tag?.latest || tag.latest.v === null || isBad(tag.latest.q)) return null;
  return late(tag, nowMs, speed) ? null : tag.latest.v;
}

/** Periods are real seconds, stamps plant time: a demo that runs faster is given its speed.
 * @param {any} tag @param {number} nowMs @param {number} speed */
export function late(tag, nowMs, speed) {
  const ageS = (nowMs - Date.parse(tag.latest.t)) / 1000 / Math.max(speed, 1);
  return ageS > Math.max(STALE_PERIODS * (tag.period_s ?? 1), STALE_AT_LEAST_S);
}

/** Whether a map may draw an instrument as one that measures: not before its first value, not once that is late.
 * @param {any} tag */
export const trusted = (tag) => Boolean(tag.latest) && isGood(tag.latest.q) && !late(tag, plantNow(), plantSpeed());

/** @param {any} zone @param {Map<string, any>} tags @param {(tag: any) => number|null} now */
export function inflowNow(zone, tags, now) {
  let total = 0;
  for (const [ids, sign] of [[zone.inflow, 1], [zone.outflow, -1]]) {
    for (const id of ids) {
      const value = now(tags.get(id));
      if (value === null) return null;
      total += sign * value;
    }
  }
  return zone.inflow.length ? total : null;
}

/** What is measured of the disinfectant in a zone's water. @param {any} zone */
export const residualOf = (zone) => (zone?.disinfectant === "chloramine" ? "total_chlorine" : "free_chlorine");

/** The lowest of each tag's own zone's residual, with its tag.
 * @param {any[]} tags @param {(tag: any) => number|null} now @param {(zone: string|null) => any} zoneOf */
export function leastResidual(tags, now, zoneOf) {
  const own = (/** @type {string} */ quantity) => tags.filter((tag) => residualOf(zoneOf(tag.zone)) === quantity);
  const least = ["free_chlorine", "total_chlorine"].map((quantity) => extreme(own(quantity), quantity, now));
  return least.reduce((low, one) => (one && (!low || one.value < low.value) ? one : low));
}

/** The lowest (or highest) good value of a quantity, with its tag.
 * @param {Iterable<any>} tags @param {string} quantity @param {(tag: any) => number|null} now @param {1|-1} [sign] */
export function extreme(tags, quantity, now, sign = 1) {
  let best = null;
  for (const tag of tags) {
    if (tag.quantity !== quantity) continue;
    const value = now(tag);
    if (value !== null && (best === null || value * sign < best.value * sign)) best = { tag, value };
  }
  return best;
}

/** @type {WeakMap<readonly any[], string>} */
const endings = new WeakMap();

/** What the districts' names all end in ("片区", " area"), which a list of zones need not repeat.
 * @param {readonly any[]} zones */
function ending(zones) {
  const known = endings.get(zones);
  if (known !== undefined) return known;
  const names = zones.filter((zone) => zone.kind === "dma").map((zone) => local(zone.name));
  let same = names.length > 1 ? names[0] : "";
  while (same && !names.every((name) => name.endsWith(same) && name.length > same.length)) same = same.slice(1);
  endings.set(zones, same);
  return same;
}

/** @param {any} zone @param {readonly any[]} zones all of them */
export function shortName(zone, zones) {
  const name = local(zone.name);
  const end = ending(zones);
  return end && name.endsWith(end) ? name.slice(0, -end.length).trim() : name;
}
