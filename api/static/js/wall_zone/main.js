/** One zone on a wall: its state, its map, every instrument on what is usual, what flows in and out, its day, its incidents. */
import { moreUrgent, open, places, priorityOf, standing } from "../core/alarms.js";
import { plantNow } from "../core/clock.js";
import { byId, setAttr, setText } from "../core/dom.js";
import { instant } from "../core/format.js";
import { atFrame } from "../core/frames.js";
import { on, start, store } from "../core/store.js";
import { local, t } from "../core/words.js";
import { loadNetwork } from "../map/network.js";
import { MapView } from "../map/view.js";
import { loadAdvisories } from "../wall/advisories.js";
import { drawCurves, loadCurves, loadUsual } from "../wall/curves.js";
import { details } from "../wall/details.js";
import { frame, instruments, now } from "../wall/frame.js";
import { drawIncidents } from "../wall/incidents.js";
import { firstLimits, renewLimits } from "../wall/limits.js";
import { unit } from "../wall/scale.js";
import { drawSign } from "../wall/sign.js";
import { drawTop } from "../wall/top.js";
import { drawBalance } from "./balance.js";
import { drawGauges, penOf, pensOf } from "./gauges.js";

const [HOURS, POINTS] = [24, 96];
const EVERY_MS = 60e3;
const wanted = decodeURIComponent(location.pathname.split("/")[3] ?? "");

/** @type {MapView|null} */
let map = null;
/** @type {import("../map/network.js").Drawing|null} */
let net = null;
/** @type {any} */
let zone = null;
/** Chosen once a minute. @type {import("../wall/curves.js").Pen[]} */
let pens = [];

const own = () => instruments().filter((tag) => tag.zone === zone.id);
const street = (/** @type {string} */ id) => local(net?.streets.get(id)?.name) || id;

const redraw = atFrame(draw);

/** Its open incidents whole. */
const incidents = details(() => store.incidents.filter((one) => one.zone === wanted && open(one)), redraw);

/** What was out of the usual in the last day, from its opening to its end; what is open to now. */
function spans() {
  return store.incidents.filter((one) => one.zone === zone.id).map((one) => {
    const ended = instant(one.closed ?? one.back);
    return { from: instant(one.opened), to: Number.isFinite(ended) ? ended : plantNow() };
  });
}

/** @param {number|null} priority @param {boolean} muted */
function drawState(priority, muted) {
  setAttr(byId("zone"), "class", `zone ${priority ? `p${priority}` : ""}`);
  drawSign(byId("sign"), priority);
  setText(byId("name"), local(zone.name));
  const n = store.alarms.filter((alarm) => alarm.zone === zone.id && standing(alarm) && alarm.active).length;
  setText(byId("state"), n ? t("wall_zone.alarms", { n }) : t(muted ? "wall_zone.withheld" : "wall_zone.calm"));
  const tags = own();
  const seen = tags.filter((tag) => now(tag) !== null).length;
  setText(byId("seen"), t("wall_zone.seen", { n: seen, m: tags.length }));
  byId("seen").classList.toggle("short", seen < tags.length);
}

function draw() {
  drawTop(net?.names ?? []);
  if (!net) return;
  byId("zone").hidden = !zone;
  byId("empty").hidden = Boolean(zone);
  setText(byId("empty"), t("wall_zone.unknown", { id: wanted }));
  if (!zone) return;
  const items = incidents().map((incident) => ({ incident, priority: priorityOf(incident, store.alarms) })).sort((a, b) => moreUrgent(a.priority, b.priority));
  const { tags: alarmed, zones, muted } = places(store.alarms, items);
  const priority = zones.get(zone.id) ?? null;
  drawState(priority, muted.has(zone.id));
  drawBalance(zone, own(), now);
  drawIncidents(items, street, items.length);
  drawCurves(byId("curves"), pens, spans(), t("wall_zone.no_curves"), now);
  drawGauges(zone, own(), alarmed, now);
  const worst = items[0]?.incident;
  const incident = { ...(worst ?? {}), zone: zone.id, location: worst?.location ?? null, valves: [] };
  map?.show({ tags: instruments(), zones: net.names, alarmed, inset: false, close: true, whole: true, focus: { incident, priority, titles: [] } });
}

async function past() {
  if (!zone) return;
  pens = pensOf(zone, own(), now);
  await loadCurves(pens, HOURS, POINTS, redraw);
  await loadUsual(own().filter((tag) => tag.quantity !== "status").map(penOf), redraw);
}

async function main() {
  frame(redraw, () => {
    map?.rebuild();
    redraw();
  });
  on("notice", () => void loadAdvisories().then(redraw, () => undefined));
  const [network] = await Promise.all([loadNetwork(), start(), firstLimits()]);
  net = network;
  zone = net.names.find(({ id }) => id === wanted) ?? null;
  if (zone) {
    map = new MapView(/** @type {HTMLCanvasElement} */ (byId("map")), net, unit);
    pens = pensOf(zone, own(), now);
  }
  redraw();
  document.body.dataset.ready = "true";
  setInterval(() => void renewLimits(redraw).then(past), EVERY_MS);
  await past();
}

void main();
