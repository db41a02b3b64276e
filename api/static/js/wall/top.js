/** Above every page of the wall: what stands anywhere is hidden by none of them. */
import { asCounted, asUrgent } from "../core/alarms.js";
import { store } from "../core/store.js";
import { local } from "../core/words.js";
import { inflowNow } from "../core/zones.js";
import { drawAdvisories } from "./advisories.js";
import { drawPulse } from "./ages.js";
import { drawBanner } from "./banner.js";
import { drawFlood } from "./flood.js";
import { now } from "./frame.js";
import { drawCounts } from "./header.js";
import { note } from "./held.js";

const nobody = () => "";

/** @param {any[]} zones all of them @returns {(id: string|null) => string} */
const namesOf = (zones) => (id) => local(zones.find((zone) => zone.id === id)?.name);

/** The worst of these alarms, where, what it measures now (its instrument, or the inflow of its zone) and who is on it.
 * @param {any[]} alarms @param {any[]} zones all of them @param {(alarm: any) => string} [onIt] @param {any[]} [metered] whose inflow is told */
export function drawWorst(alarms, zones, onIt = nobody, metered = zones) {
  const zoneName = namesOf(zones);
  const measured = (/** @type {any} */ alarm) => {
    if (alarm.tag && store.tags.has(alarm.tag)) return now(store.tags.get(alarm.tag));
    const zone = metered.find((one) => one.id === alarm.zone);
    return zone && !alarm.tag ? inflowNow(zone, store.tags, now) : null;
  };
  drawBanner(asUrgent(alarms, store.incidents), store.tags, (alarm) => zoneName(alarm.zone) || local(store.tags.get(alarm.tag)?.name) || local(alarm.unseen), onIt, measured);
}

/** Counts, pulse and flood. @param {any[]} zones all of them */
export function drawStanding(zones) {
  note(store.tags.values());
  drawCounts(asCounted(store.alarms, store.incidents));
  drawPulse(store.pulse);
  drawFlood(namesOf(zones));
}

/** @param {any[]} zones all of them @param {(alarm: any) => string} [onIt] @param {any[]} [metered] */
export function drawTop(zones, onIt = nobody, metered = zones) {
  drawStanding(zones);
  drawAdvisories(namesOf(zones));
  drawWorst(store.alarms, zones, onIt, metered);
}
