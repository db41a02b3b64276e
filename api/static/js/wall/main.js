/** The wall, overview: everything that moves is drawn from the store, once a frame at most. */
import { moreUrgent, open, places, priorityOf, searched, urgent } from "../core/alarms.js";
import { byId } from "../core/dom.js";
import { atFrame } from "../core/frames.js";
import { get } from "../core/http.js";
import { on, start, store } from "../core/store.js";
import { local, t } from "../core/words.js";
import { loadNetwork } from "../map/network.js";
import { MapView } from "../map/view.js";
import { loadAdvisories } from "./advisories.js";
import { drawBlocks, turnView } from "./blocks.js";
import { loadUsual } from "./curves.js";
import { details } from "./details.js";
import { frame, instruments, now } from "./frame.js";
import { drawIncidents } from "./incidents.js";
import { drawKpis } from "./kpis.js";
import { layersOf } from "./layers.js";
import { firstLimits, renewLimits } from "./limits.js";
import { orderOf } from "./order.js";
import { unit } from "./scale.js";
import { drawTop } from "./top.js";
import { drawWorks, pensOf, worksOf } from "./works.js";
import { drawZones, facts, loadPast } from "./zones.js";

const SHOWN_INCIDENTS = 6;
const PAST_EVERY_MS = 60e3;
const USUAL_EVERY_MS = 15 * 60e3;

/** @type {MapView|null} */
let map = null;
/** Accounts without water in the whole town. @type {any} */
let without = null;

/** @type {import("../map/network.js").Drawing|null} */
let net = null;
/** @type {any[]} the same list every time, so that what is derived of it is kept */
let areas = [];
const districts = () => areas;
/** @type {import("./layers.js").Block[][]} */
let layers = [];
const zoneOf = (/** @type {string|null} */ id) => net?.names.find((zone) => zone.id === id);
const zoneName = (/** @type {string|null} */ id) => local(zoneOf(id)?.name);
const streetName = (/** @type {string} */ id) => local(net?.streets.get(id)?.name) || id;

const redraw = atFrame(draw);

/** The worst incidents whole, and with them the whole town's figure. */
const worst = details(() => urgent(store.incidents.filter(open), store.alarms).slice(0, SHOWN_INCIDENTS), redraw, async () => {
  without = await get("/api/v1/without-water");
});

/** The worst as they were drawn last. @type {any[]} */
let shown = [];

function ranked() {
  shown = worst();
  return shown
    .map((incident) => ({ incident, priority: priorityOf(incident, store.alarms) }))
    .sort((a, b) => moreUrgent(a.priority, b.priority) || String(b.incident.opened).localeCompare(String(a.incident.opened)));
}

/** @param {any} alarm */
function onIt(alarm) {
  const order = orderOf(shown.find(({ id }) => id === alarm.incident) ?? {});
  return order ? `${t("work_order")} ${t(`order.${order.state}`)}` : "";
}

function draw() {
  const items = ranked();
  drawTop(net?.names ?? [], onIt, districts());
  const { tags, zones, muted } = places(store.alarms, items);
  const rows = facts(districts(), store.tags, { zones, muted }, now);
  drawWorks(worksOf(net?.names ?? [], instruments(), zones), tags, now);
  drawBlocks(layers, net?.names ?? [], rows, instruments(), { zones, muted }, now);
  drawZones(rows);
  drawKpis(rows, instruments(), without, now, zoneOf);
  drawIncidents(items, streetName, store.incidents.filter(open).length);
  const first = items.find(({ incident, priority }) => priority !== null && incident.zone) ?? null;
  map?.show({
    tags: instruments(),
    zones: net?.names ?? [],
    alarmed: tags,
    focus: first && { ...first, titles: focusTitles(first.incident) },
  });
}

/** @param {any} incident */
function focusTitles(incident) {
  const first = searched(incident);
  if (!first?.street) return [zoneName(incident.zone)];
  // a small map has room for the likeliest pipe's letter, and not always for another's
  const named = `${first === incident.location.candidates[0] ? "A " : ""}${streetName(first.street)}`;
  return [`${t("wall.likely")} ${named}`, named];
}

function listen() {
  frame(redraw, () => {
    map?.rebuild();
    redraw();
  }, { b: () => { turnView(); draw(); } });
  on("notice", () => void loadAdvisories().then(redraw, () => undefined));
}

async function main() {
  listen();
  const network = loadNetwork();
  await start();
  net = await network;
  layers = layersOf(net);
  areas = net.names.filter((zone) => zone.kind === "dma");
  map = new MapView(/** @type {HTMLCanvasElement} */ (byId("map")), net, unit);
  redraw();
  document.body.dataset.ready = "true";
  void firstLimits().then(redraw);
  await loadPast(districts(), true, redraw);
  const works = () => loadUsual(pensOf(worksOf(net?.names ?? [], instruments(), new Map())), redraw);
  setInterval(() => void renewLimits(redraw).then(() => loadPast(districts(), false, redraw)).then(works), PAST_EVERY_MS);
  setInterval(() => void loadPast(districts(), true, redraw), USUAL_EVERY_MS);
  await works();
}

void main();
