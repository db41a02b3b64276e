/** The map: the whole network, now or at an instant of the past, and all of it an address. */
import { asUrgent, live, open, places as placesOf, priorityOf } from "../core/alarms.js";
import { plantNow, plantSpeed } from "../core/clock.js";
import { byId, el, redraw, setText } from "../core/dom.js";
import { get, need, passing } from "../core/http.js";
import { drawAges, installMenu } from "../core/menu.js";
import { may } from "../core/page.js";
import { pressed } from "../core/pressed.js";
import { AGAIN_MS } from "../core/soon.js";
import { on, start, store } from "../core/store.js";
import { applyTheme } from "../core/theme.js";
import { current, trusted } from "../core/zones.js";
import { t } from "../core/words.js";
import { drawPast } from "../past/banner.js";
import { believedThen, tagsThen, valueThen } from "../past/instant.js";
import { Turning } from "../past/turning.js";
import { LAYERS, camera, focus, go, instantAsked, layers, measured, onAddress, setCamera, setMeasured, settle as settleInstant, toggle } from "./address.js";
import { installKeys } from "./keys.js";
import { distance, lengthOf } from "./measure.js";
import { loadNetwork } from "./network.js";
import { panel } from "./panel.js";
import { Places } from "./places.js";
import { Plan } from "./plan.js";
import { installSearch } from "./search.js";
import { spotOf, spotOfOrder } from "./spots.js";
import { drawSpans, drawTime, installTime } from "./time.js";

const SETTLE_MS = 150;

/** @type {import("./network.js").Drawing} */
let net;
/** @type {Plan} */
let plan;
/** @type {Places|null} */
let names = null;
/** @type {any[]} */
let valves = [];
/** Valves that stand shut now, by the crews' records. @type {Set<string>} */
let shutNow = new Set();
/** What was chosen when it was last brought into view. */
let broughtIn = "";
let dirty = true;
/** Where it was moved to, until the address says so: browsers count how often that changes.
 * @type {import("./plan.js").Camera|null} */
let moving = null;
let settling = 0;

/** @returns {import("./panel.js").Known} as it is now, or was then: never of both */
function known() {
  const at = instantAsked();
  const { then } = past;
  const tags = at === null ? store.tags : new Map(tagsThen(store.tags.values(), then).map((tag) => [tag.id, tag]));
  const alarms = at === null ? asUrgent(store.alarms, store.incidents) : (then?.alarms ?? []);
  const incidents = (at === null ? store.incidents.filter((one) => open(one) && live(one)) : (then?.incidents ?? []))
    .map((incident) => ({ incident, priority: priorityOf(incident, alarms) }))
    .sort((a, b) => (a.priority ?? 9) - (b.priority ?? 9));
  const orders = at === null ? store.orders.filter((one) => !["closed", "merged", "cancelled"].includes(one.state)) : (then?.orders ?? []);
  const shut = at === null ? shutNow : (then?.shut ?? new Set());
  const believed = at === null ? trusted : (/** @type {any} */ tag) => believedThen(tag, at);
  const value = at === null ? (/** @type {any} */ tag) => current(tag, plantNow(), plantSpeed()) : (/** @type {any} */ tag) => valueThen(tag, at);
  return { at: at ?? plantNow(), past: at !== null, tags, alarms, incidents, orders, valves, shut, net, believed, value };
}

/** What is known of the instant of the address. */
const past = new Turning(() => {
  settleInstant();
  return instantAsked();
}, draw);

/** @param {import("./panel.js").Known} now @returns {import("./places.js").Place|null} */
function chosen(now) {
  const id = focus();
  const incident = now.incidents.find((one) => one.incident.id === id)?.incident;
  const order = now.orders.find((one) => one.id === id);
  const spot = incident ? spotOf(net, incident) : order ? spotOfOrder(net, order, now.incidents.map((one) => one.incident)) : null;
  if (spot) return { kind: incident ? "incident" : "order", id, name: id, typed: "", points: [spot], links: order?.links ?? [], zone: (incident ?? order).zone };
  return names?.named(id) ?? null;
}

function draw() {
  dirty = false;
  const { then, doing } = past;
  const now = known();
  const place = chosen(now);
  const at = moving ?? camera();
  if (at) plan.look(at);
  else if (place && place.id !== broughtIn) plan.look(plan.around(place.points));
  else if (!place && !focus()) plan.look(plan.whole());
  broughtIn = place?.id ?? "";
  plan.show({
    layers: layers(), tags: [...now.tags.values()].filter((tag) => tag.quantity !== "volume"), alarmed: placesOf(now.alarms).tags,
    incidents: now.incidents, orders: now.orders, valves, shut: now.shut, place, measured: measured(), believed: now.believed,
  });
  drawPast(instantAsked(), doing);
  document.body.dataset.at = now.past ? (then ? String(then.at) : "") : "now";
  drawTime();
  redraw(byId("spoken"), now.past && then ? t("map.said_then", { alarms: now.alarms.length, incidents: now.incidents.length, orders: now.orders.length }) : "");
  redraw(byId("panel"), ...(now.past && !then ? [el("p", { class: "quiet" }, doing)] : panel(focus(), place, now)));
  drawLayers(now);
  const points = measured();
  byId("measure").setAttribute("aria-pressed", String(points !== null));
  setText(byId("measured"), points === null ? "" : points.length < 2 ? t("map.measure_how") : t("map.measured", { length: distance(lengthOf(points)) }));
}

/** @param {import("./panel.js").Known} now */
function drawLayers(now) {
  const counts = /** @type {Record<string, number>} */ ({ zones: net.zones.length, pipes: net.links.length, valves: valves.length, instruments: [...now.tags.values()].filter((tag) => tag.quantity !== "volume").length, incidents: now.incidents.length, orders: now.orders.length });
  LAYERS.forEach((layer, i) => {
    const button = byId(`layer-${layer}`);
    button.setAttribute("aria-pressed", String(layers().has(layer)));
    setText(/** @type {Element} */ (button.querySelector(".n")), now.past && !past.then && i > 2 ? "–" : String(counts[layer]));
  });
}

/** @param {import("./plan.js").Camera} to */
function moved(to) {
  moving = { ...to };
  clearTimeout(settling);
  settling = window.setTimeout(settle, SETTLE_MS);
}

function settle() {
  const to = moving;
  clearTimeout(settling);
  moving = null;
  if (to) setCamera(to);
}

/** @param {string} id */
const choose = (id) => {
  settle();
  go({ focus: id || null });
};

function whole() {
  moving = null;
  go({ at: null, focus: null });
}

async function loadShut() {
  if (!may("work_orders")) return;
  try {
    shutNow = new Set((await get(`/api/v1/valve-states?time=${new Date(plantNow() - 1000).toISOString()}`)).items.map((/** @type {any} */ one) => one.valve));
    dirty = true;
  } catch (error) {
    if (passing(error)) setTimeout(() => void loadShut(), AGAIN_MS);
  }
}

function install() {
  installMenu();
  installTime();
  installSearch(() => names, (id) => {
    moving = null;
    go({ focus: id, at: null });
  });
  for (const layer of LAYERS) byId(`layer-${layer}`).addEventListener("click", () => toggle(layer));
  const measure = () => setMeasured(measured() === null ? [] : null);
  byId("measure").addEventListener("click", measure);
  byId("closer").addEventListener("click", () => plan.zoom(0.6));
  byId("farther").addEventListener("click", () => plan.zoom(1.6));
  byId("whole").addEventListener("click", whole);
  installKeys({ plan: () => plan, measure, choose, whole });
  onAddress(() => {
    drawSpans();
    void past.turn();
    draw();
  });
}

function tick() {
  drawAges(store);
  applyTheme();
  const at = instantAsked();
  if ((at === null || dirty) && !pressed()) draw();
  else if (at !== null) {
    drawPast(at, past.doing);
    drawTime();
  }
}

async function main() {
  for (const what of ["alarm", "incident", "work_order", "loaded"]) on(what, () => { dirty = true; });
  on("age", () => drawAges(store));
  on("work_order", () => void loadShut());
  [net] = await Promise.all([loadNetwork(), start()]);
  valves = (await need("/api/v1/valves")).items;
  names = new Places(net, store.tags.values(), valves, JSON.parse(byId("places").textContent ?? "{}").streets);
  plan = new Plan(/** @type {HTMLCanvasElement} */ (/** @type {unknown} */ (byId("plan"))), net, {
    moved, chosen: choose, point: (at) => setMeasured([...(measured() ?? []), at]),
  });
  install();
  drawSpans();
  await Promise.all([past.turn(), loadShut()]);
  draw();
  setInterval(tick, 1000);
  document.body.dataset.ready = "true";
}

void main();
