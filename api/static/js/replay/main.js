/** Any past hour as it stood: alarms, incidents, orders and values of one instant, and never of another. */
import { places, priorityOf } from "../core/alarms.js";
import { plantNow } from "../core/clock.js";
import { byId, redraw, setAttr, setText } from "../core/dom.js";
import { drawAges, installMenu } from "../core/menu.js";
import { on, start, store } from "../core/store.js";
import { applyTheme } from "../core/theme.js";
import { t } from "../core/words.js";
import { loadNetwork } from "../map/network.js";
import { Plan } from "../map/plan.js";
import { drawPast } from "../past/banner.js";
import { drawField, installField } from "../past/field.js";
import { believedThen, tagsThen } from "../past/instant.js";
import { Turning } from "../past/turning.js";
import { address, instantAsked, onAddress, setInstant, settle, step } from "./address.js";
import { installKeys } from "./keys.js";
import { alarmsThen, incidentsThen, ordersThen, zonesThen } from "./lists.js";

const MIN = 60e3;
const LAYERS = new Set(["zones", "pipes", "instruments", "incidents", "orders"]);

/** @type {import("../map/network.js").Drawing} */
let net;
/** @type {Plan} */
let plan;
const past = new Turning(() => {
  settle();
  return instantAsked();
}, draw);

function draw() {
  const at = instantAsked();
  const { then } = past;
  drawMarks(at);
  document.body.dataset.at = then ? String(then.at) : "";
  byId("stood").hidden = !then;
  setAttr(byId("to-map"), "href", address(at, "/map"));
  plan.show({
    layers: LAYERS, tags: tagsThen(store.tags.values(), then).filter((tag) => tag.quantity !== "volume"), alarmed: places(then?.alarms ?? []).tags,
    incidents: (then?.incidents ?? []).map((incident) => ({ incident, priority: priorityOf(incident, then?.alarms ?? []) })), orders: then?.orders ?? [],
    believed: (tag) => believedThen(tag, at),
  });
  plan.look(plan.whole());
  if (!then) return;
  redraw(byId("incidents"), ...incidentsThen(then));
  redraw(byId("alarms"), ...alarmsThen(then));
  redraw(byId("orders"), ...ordersThen(then));
  redraw(byId("values"), ...zonesThen(net.names, store.tags, then));
  setText(byId("spoken"), t("map.said_then", { alarms: then.alarms.length, incidents: then.incidents.length, orders: then.orders.length }));
}

/** @param {number} at */
function drawMarks(at) {
  drawPast(at, past.doing);
  drawField(at);
  const last = at + MIN > plantNow();
  for (const button of document.querySelectorAll("[data-step]")) setAttr(button, "aria-disabled", last && Number(button.getAttribute("data-step")) > 0 ? "true" : null);
}

function install() {
  installMenu();
  installKeys();
  for (const button of document.querySelectorAll("[data-step]")) {
    button.addEventListener("click", () => button.getAttribute("aria-disabled") || step(Number(button.getAttribute("data-step"))));
  }
  installField(setInstant);
  on("age", () => drawAges(store));
  onAddress(() => void past.turn());
}

async function main() {
  [net] = await Promise.all([loadNetwork(), start()]);
  plan = new Plan(/** @type {HTMLCanvasElement} */ (/** @type {unknown} */ (byId("plan"))), net);
  new ResizeObserver(() => plan.look(plan.whole())).observe(byId("plan"));
  install();
  await past.turn();
  setInterval(() => {
    drawAges(store);
    applyTheme();
    drawMarks(instantAsked());
  }, 1000);
  document.body.dataset.ready = "true";
}

void main();
