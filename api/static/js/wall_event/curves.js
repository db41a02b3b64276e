/** The three instruments nearest to it: now, the last hours, and what is usual. */
import { searched } from "../core/alarms.js";
import { instant } from "../core/format.js";
import { byId } from "../core/dom.js";
import { t } from "../core/words.js";
import { fill } from "../explained/main.js";
import { placeOf } from "../map/network.js";
import { drawCurves, loadCurves, tagPen } from "../wall/curves.js";

const SHOWN = 3;
/** Beside what the incident went by. */
const BESIDE = 2;
const HOURS = 6;
const POINTS = 72;
const OF_WATER = new Set(["free_chlorine", "turbidity", "ph", "conductivity"]);

/** Pressures; of doubtful water what was doubted. The zone's own before a neighbour's.
 * @param {import("../map/network.js").Drawing} net @param {any} incident @param {any[]} tags */
export function nearest(net, incident, tags) {
  const alarmed = new Set(incident.alarms.map((/** @type {any} */ alarm) => alarm.tag));
  const doubted = incident.kind === "water_quality" ? tags.filter((tag) => alarmed.has(tag.id) && OF_WATER.has(tag.quantity)) : [];
  const wanted = new Set(doubted.length ? doubted.map((tag) => tag.quantity) : ["pressure"]);
  const at = searched(incident) ?? (doubted[0] && placeOf(net, doubted[0])) ?? net.centre.get(incident.zone);
  if (!at) return [];
  return tags
    .filter((tag) => wanted.has(tag.quantity))
    .map((tag) => ({ tag, place: placeOf(net, tag) }))
    .filter(({ place }) => place)
    .map(({ tag, place }) => ({ tag, other: tag.zone !== incident.zone, far: Math.hypot(/** @type {any} */ (place).x - at.x, /** @type {any} */ (place).y - at.y) }))
    .sort((a, b) => Number(a.other) - Number(b.other) || a.far - b.far)
    .slice(0, SHOWN)
    .map(({ tag }) => tag);
}

/** @param {any} tag */
const penOf = (tag) => tagPen(tag, "wall_event.curve");

/** @param {any[]} tags @param {() => void} drawn */
export const loadNearest = (tags, drawn) => loadCurves(tags.map(penOf), HOURS, POINTS, drawn);

/** @param {any[]} tags @param {any} incident @param {(tag: any) => number|null} now @param {() => void} drawn */
export function drawNearest(tags, incident, now, drawn) {
  const told = incident.alarms.some((/** @type {any} */ alarm) => alarm.kind && alarm.occurrence);
  byId("found").hidden = !told;
  if (told) void fill(byId("found"), incident.alarms, [incident.root, ...incident.first_out], 1).then((others) => others && drawn());
  const some = told ? tags.slice(0, BESIDE) : tags;
  drawCurves(byId("nearest"), some.map(penOf), [{ from: instant(incident.opened), to: null }], t("wall_event.no_curves"), now);
}
