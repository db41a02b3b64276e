/** One incident on a wall: what, where, since when, how many it touches and who is on it, read in two seconds. */
import { open, places, priorityOf, standing, stateOf } from "../core/alarms.js";
import { plantNow } from "../core/clock.js";
import { byId, replace, setAttr, setText } from "../core/dom.js";
import { age, hourMinute, instant, number } from "../core/format.js";
import { atFrame } from "../core/frames.js";
import { mark } from "../core/priority.js";
import { start, store } from "../core/store.js";
import { local, t } from "../core/words.js";
import { loadNetwork } from "../map/network.js";
import { MapView } from "../map/view.js";
import { fitTall } from "../wall/fit.js";
import { frame, instruments, now } from "../wall/frame.js";
import { unit } from "../wall/scale.js";
import { drawStanding, drawWorst } from "../wall/top.js";
import { drawAnswers } from "./answers.js";
import { drawNearest, loadNearest, nearest } from "./curves.js";
import { drawPlace } from "./place.js";
import { follow, shown } from "./shown.js";
import { drawTimeline } from "./timeline.js";

const CURVES_EVERY_MS = 60e3;

/** @type {MapView|null} */
let map = null;
/** @type {import("../map/network.js").Drawing|null} */
let net = null;
/** Whose curves were asked for last. */
let curvesOf = "";
let loading = false;

const zoneName = (/** @type {string|null} */ id) => local(net?.names.find((zone) => zone.id === id)?.name);
const streetName = (/** @type {string} */ id) => local(net?.streets.get(id)?.name) || id;

const redraw = atFrame(draw);

/** What else waits for an answer: a wall that shows one incident hides no other. */
function drawElsewhere() {
  const others = store.alarms.filter((alarm) => !shown.incident || alarm.incident !== shown.incident.id);
  byId("banner").hidden = shown.incident !== null && !others.some(standing);
  if (!byId("banner").hidden) drawWorst(others, net?.names ?? []);
}

/** @param {any} incident @param {number|null} priority */
function drawWhat(incident, priority) {
  const over = !open(incident);
  setAttr(byId("event"), "class", `event ${over ? "over" : priority === null ? "restored" : `p${priority}`}`);
  if (byId("sign").dataset.level !== String(priority)) {
    byId("sign").dataset.level = String(priority);
    replace(byId("sign"), mark(priority));
  }
  setText(byId("title"), local(incident.title));
  const state = over ? t("wall_event.over", { state: stateOf(incident) }) : stateOf(incident);
  setText(byId("state"), shown.joined ? `${state} · ${t("wall_event.into")}` : state);
  setText(byId("size"), incident.size_m3h && !over && priority !== null ? `≈ ${number(incident.size_m3h)} m³/h` : "");
  const since = instant(incident.opened);
  setText(byId("since"), t("wall_event.since", { time: hourMinute(since), age: age((plantNow() - since) / 1000) }));
}

/** Three columns and wider: each block has its own room. */
const WIDE = matchMedia("(min-aspect-ratio: 3 / 1)");

/** Where room is short answers are no larger than they must be; where that is not enough notes and curves go, when
 * the next word is due last, then what happened, then the map. */
function fitWhole() {
  const event = byId("event");
  if (WIDE.matches) return;
  const least = [".who .note", ".whom .note", ".curves", ".eta .note"].map((part) => /** @type {HTMLElement|null} */ (event.querySelector(part)));
  for (const part of least) part?.toggleAttribute("hidden", false);
  const high = () => event.scrollHeight > event.clientHeight;
  event.classList.toggle("tight", high());
  fitTall(event, least);
  for (const step of ["short", "flat"]) {
    if (high()) event.classList.add(step);
  }
}

function draw() {
  drawStanding(net?.names ?? []);
  drawElsewhere();
  const { incident, trouble } = shown;
  byId("event").hidden = !incident;
  byId("empty").hidden = Boolean(incident);
  setText(byId("empty"), t(`wall_event.${trouble || "none"}`, { id: shown.wanted }));
  if (!incident || !net) return;
  const priority = priorityOf(incident, store.alarms);
  const tags = nearest(net, incident, instruments());
  drawWhat(incident, priority);
  drawAnswers(incident, zoneName, streetName);
  drawPlace(incident, streetName);
  drawNearest(tags, incident, now, redraw);
  fitWhole();
  drawTimeline(incident);
  map?.show({
    tags: instruments(),
    zones: net.names,
    alarmed: places(store.alarms).tags,
    inset: false,
    close: true,
    focus: { incident, priority, titles: [] },
  });
  if (curvesOf !== incident.id) void curves();
}

/** The past of the nearest instruments, of one incident at a time. */
async function curves() {
  if (!shown.incident || !net || loading) return;
  loading = true;
  curvesOf = shown.incident.id;
  await loadNearest(nearest(net, shown.incident, instruments()), redraw);
  loading = false;
}

async function main() {
  frame(redraw, () => {
    map?.rebuild();
    redraw();
  });
  follow(redraw);
  const network = loadNetwork();
  await start();
  net = await network;
  map = new MapView(/** @type {HTMLCanvasElement} */ (byId("map")), net, unit);
  redraw();
  document.body.dataset.ready = "true";
  setInterval(() => void curves(), CURVES_EVERY_MS);
}

void main();
