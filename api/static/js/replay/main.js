/** Any past hour as it stood: alarms, incidents, orders and values of one instant, and never of another. */
import { places, priorityOf } from "../core/alarms.js";
import { plantNow } from "../core/clock.js";
import { byId, redraw, setAttr, setText } from "../core/dom.js";
import { failure, passing } from "../core/http.js";
import { drawAges, installMenu } from "../core/menu.js";
import { AGAIN_MS, on, start, store } from "../core/store.js";
import { applyTheme } from "../core/theme.js";
import { t } from "../core/words.js";
import { loadNetwork } from "../map/network.js";
import { Plan } from "../map/plan.js";
import { drawPast } from "../past/banner.js";
import { believedThen, instant, tagsThen } from "../past/instant.js";
import { textOf, whenOf } from "../past/when.js";
import { address, instantAsked, onAddress, setInstant, settle, step } from "./address.js";
import { installKeys } from "./keys.js";
import { alarmsThen, incidentsThen, ordersThen, zonesThen } from "./lists.js";

const MIN = 60e3;
const LAYERS = new Set(["zones", "pipes", "instruments", "incidents", "orders"]);

/** @type {import("../map/network.js").Drawing} */
let net;
/** @type {Plan} */
let plan;
/** @type {import("../past/instant.js").Instant|null} */
let then = null;
let asked = 0;
let wrong = "";

const field = () => /** @type {HTMLInputElement} */ (byId("when"));

/** What stood at another instant goes before this one is asked for. */
async function turn() {
  settle();
  const at = instantAsked();
  const mine = ++asked;
  if (then?.at === at) return;
  then = null;
  wrong = "";
  draw();
  try {
    const answer = await instant(at);
    if (mine !== asked) return;
    then = answer;
  } catch (error) {
    if (mine !== asked) return;
    wrong = failure(error);
    if (passing(error)) setTimeout(() => mine === asked && void turn(), AGAIN_MS);
  }
  draw();
}

function draw() {
  const at = instantAsked();
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
  drawPast(at, wrong || (then ? "" : t("past.asking")));
  if (document.activeElement !== field()) field().value = textOf(Math.floor(at / MIN) * MIN);
  field().max = textOf(Math.floor(plantNow() / MIN) * MIN);
  const last = at + MIN > plantNow();
  for (const button of document.querySelectorAll("[data-step]")) setAttr(button, "aria-disabled", last && Number(button.getAttribute("data-step")) > 0 ? "true" : null);
}

function install() {
  installMenu();
  installKeys();
  for (const button of document.querySelectorAll("[data-step]")) {
    button.addEventListener("click", () => button.getAttribute("aria-disabled") || step(Number(button.getAttribute("data-step"))));
  }
  field().addEventListener("change", () => {
    const at = whenOf(field().value);
    if (Number.isFinite(at)) setInstant(at);
  });
  on("age", drawAges);
  onAddress(() => void turn());
}

async function main() {
  [net] = await Promise.all([loadNetwork(), start()]);
  plan = new Plan(/** @type {HTMLCanvasElement} */ (/** @type {unknown} */ (byId("plan"))), net);
  new ResizeObserver(() => plan.look(plan.whole())).observe(byId("plan"));
  install();
  await turn();
  setInterval(() => {
    drawAges();
    applyTheme();
    drawMarks(instantAsked());
  }, 1000);
  document.body.dataset.ready = "true";
}

void main();
