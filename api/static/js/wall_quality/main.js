/** Water quality on a wall: plants and points against the limits in force, the worst of each, the last laboratory samples. */
import { places } from "../core/alarms.js";
import { byId } from "../core/dom.js";
import { atFrame } from "../core/frames.js";
import { on, start, store } from "../core/store.js";
import { t } from "../core/words.js";
import { loadNetwork } from "../map/network.js";
import { loadAdvisories } from "../wall/advisories.js";
import { drawCurves, loadCurves, tagPen } from "../wall/curves.js";
import { frame, instruments, now } from "../wall/frame.js";
import { drawTop } from "../wall/top.js";
import { firstLimits, limitOf, renewLimits } from "../wall/limits.js";
import { drawPoints, pointsOf } from "./points.js";

const [HOURS, POINTS] = [24, 96];
const EVERY_MS = 60e3;
/** Of each column what is worst: least chlorine, most turbidity, pH farthest from the middle of its limits. */
const WORST = ["chlorine", "turbidity", "ph"];

/** @type {any[]} */
let zones = [];
let ready = false;
/** Chosen once a minute, so that no curve follows a wandering value. @type {import("../wall/curves.js").Pen[]} */
let pens = [];

const points = () => pointsOf(instruments(), zones, places(store.alarms).tags, now);

/** @param {string} which @param {any} point @param {number} value how bad, more is worse */
function badness(which, point, value) {
  if (which === "chlorine") return -value;
  if (which === "turbidity") return value;
  const limit = limitOf(point.zone.id, "ph");
  return Math.abs(value - ((limit?.low ?? 6.5) + (limit?.high ?? 8.5)) / 2);
}

/** @returns {import("../wall/curves.js").Pen[]} */
function worst() {
  return WORST.flatMap((which, i) => {
    const read = points().map((point) => ({ point, tag: point.tags[i], value: now(point.tags[i]) })).filter(({ value }) => value !== null);
    if (!read.length) return pens.filter(({ key }) => key.endsWith(which));
    const { point, tag } = read.reduce((a, b) => (badness(which, b.point, Number(b.value)) > badness(which, a.point, Number(a.value)) ? b : a));
    const name = t(`wall_quality.worst_${which}`, { name: point.name });
    return [{ ...tagPen(tag, "wall_quality.curve"), key: `${tag.id} ${which}`, name, label: t("wall_quality.curve", { name }) }];
  });
}

const redraw = atFrame(draw);

function draw() {
  drawTop(zones);
  if (!ready) return;
  drawCurves(byId("curves"), pens, [], t("wall_quality.no_curves"), now);
  drawPoints(points(), now, zones);
}

async function renew() {
  await renewLimits(redraw);
  pens = worst();
  redraw();
  await loadCurves(pens, HOURS, POINTS, redraw);
}

async function main() {
  frame(redraw, redraw);
  on("notice", () => void loadAdvisories().then(redraw, () => undefined));
  const [network] = await Promise.all([loadNetwork(), start(), firstLimits()]);
  zones = network.names;
  ready = true;
  pens = worst();
  redraw();
  document.body.dataset.ready = "true";
  setInterval(() => void renew(), EVERY_MS);
  await loadCurves(pens, HOURS, POINTS, redraw);
}

void main();
