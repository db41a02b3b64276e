/** Dispatch orders (调度指令): issued, read back, done. Recorded, never executed. */
import { act as acted, say } from "../core/act.js";
import { byId, el, keyed, redraw, replace } from "../core/dom.js";
import { failure, get, need } from "../core/http.js";
import { drawAges, installMenu } from "../core/menu.js";
import { may, parameter } from "../core/page.js";
import { pressed, released } from "../core/pressed.js";
import { on, start, store } from "../core/store.js";
import { applyTheme } from "../core/theme.js";
import { local, t } from "../core/words.js";
import { installValidity } from "../core/validity.js";
import { orderOf } from "./order.js";
import { installKeys } from "./keys.js";

const STANDING = ["issued", "read_back"];
const VIEWS = ["standing", "all"];
const PAGE = 100;

/** @type {Map<string, any>} */
const zones = new Map();
let asked = 0;
/** @type {Promise<void>} */
let newest = Promise.resolve();

/** @returns {string} */
const view = () => (VIEWS.includes(parameter("view")) ? parameter("view") : VIEWS[0]);

async function listed() {
  const path = "/api/v1/dispatch-orders?limit=";
  if (view() === "all") return (await get(`${path}${PAGE}`)).items;
  const found = await Promise.all(STANDING.map((state) => get(`${path}1000&state=${state}`)));
  return found.flatMap((answer) => answer.items).sort((a, b) => a.id.localeCompare(b.id));
}

/** Of several questions the last one's answer counts, and each who asked waits until it is drawn. */
const look = () => (newest = looked(++asked));

/** One of the address stands there whatever is listed. @param {number} mine @returns {Promise<void>} */
async function looked(mine) {
  try {
    const items = await listed();
    const id = parameter("id");
    if (id && !items.some((/** @type {any} */ one) => one.id === id)) items.unshift(await get(`/api/v1/dispatch-orders/${encodeURIComponent(id)}`));
    await released();
    if (mine === asked) draw(items);
    else await newest;
  } catch (error) {
    if (mine === asked) say(failure(error), true);
  }
}

/** @param {any[]} items */
function draw(items) {
  byId("none").hidden = items.length > 0;
  keyed(byId("orders"), items, (one) => one.id, (one) => el("li", { id: one.id, tabindex: -1 }), (node, one) => {
    node.className = `order ${one.state}${one.id === parameter("id") ? " chosen" : ""}`;
    redraw(node, ...orderOf(one, local(zones.get(one.zone)?.name), act));
  });
  const tos = [...new Set(items.map((one) => one.to))];
  redraw(byId("tos"), ...tos.map((to) => el("option", { value: to })));
}

/** @type {import("./order.js").Act} */
const act = (path, body, done) => acted(path, body, done, look);

function installForm() {
  const form = /** @type {HTMLFormElement} */ (byId("issue"));
  form.hidden = !may("keep_shift_log");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const said = Object.fromEntries(new FormData(form));
    const button = /** @type {HTMLButtonElement} */ (byId("send"));
    button.disabled = true;
    if (await act("/api/v1/dispatch-orders", { to: said.to, text: said.text, zone: said.zone || null }, "dispatch.said_issued")) {
      form.reset();
      byId("to").focus();
    }
    button.disabled = false;
  });
  byId("text").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
}

function drawViews() {
  const now = new URLSearchParams(location.search);
  replace(byId("views"), ...VIEWS.map((name) => {
    now.set("view", name);
    now.delete("id");
    return el("a", { href: `?${now}`, "aria-current": view() === name ? "page" : null }, t(`dispatch.view_${name}`));
  }));
}

async function main() {
  installMenu();
  installValidity();
  installForm();
  installKeys();
  drawViews();
  on("age", () => drawAges(store));
  on("dispatch", () => void look());
  setInterval(() => {
    drawAges(store);
    if (!pressed()) applyTheme();
  }, 1000);
  const [found] = await Promise.all([need("/api/v1/zones"), start()]);
  for (const zone of found.items) zones.set(zone.id, zone);
  replace(byId("zone"), el("option", { value: "" }, t("dispatch.no_zone")), ...found.items.map((/** @type {any} */ zone) => el("option", { value: zone.id }, local(zone.name))));
  await look();
  document.body.dataset.ready = "true";
}

void main();
