/** Work orders: a list, one of them whole, a new one, and the pool. Its address holds its state. */
import { plantNow } from "../core/clock.js";
import { byId, el, replace, written } from "../core/dom.js";
import { dateTime, hourMinute, instant } from "../core/format.js";
import { get, passing, post } from "../core/http.js";
import { drawAges, installMenu } from "../core/menu.js";
import { crewName, may, page, parameter } from "../core/page.js";
import { released } from "../core/pressed.js";
import { mark } from "../core/priority.js";
import { load, on, start, store } from "../core/store.js";
import { applyTheme } from "../core/theme.js";
import { onWhom } from "../core/whom.js";
import { local, t } from "../core/words.js";
import { answered, done, say, settled } from "./act.js";
import { drawFlow } from "./flow.js";
import { newOrder } from "./make.js";
import { drawOrder } from "./order.js";
import { drawStock } from "./stock.js";

const OVER = new Set(["closed", "merged", "cancelled"]);
const id = parameter("id") || parameter("order");
const making = parameter("new") !== "" || parameter("report") !== "";
const view = parameter("view");
const AGAIN_MS = 5000;
let drawing = 0;
let pooling = 0;
let drawn = false;
let seq = 0;
/** The outcome of an own act is to be drawn, whatever stands in its form. */
let owed = false;

/** Something came while somebody was at a form, and is not drawn yet. */
let missed = false;

/** Somebody fills in a form, or is about to: nothing is drawn anew under their hands until they have sent it or left
 * it as it was. */
function begun() {
  const fields = /** @type {HTMLInputElement[]} */ ([...byId("order").querySelectorAll("input, select, textarea")]);
  const found = fields.some((field) => written(field) || field === document.activeElement);
  missed ||= found;
  return found;
}

/** What came meanwhile, once a field is left as it was. */
function left() {
  if (!missed) return;
  missed = false;
  if (!begun()) void drawOne(true);
}

function drawList() {
  const open = store.orders.filter((order) => !OVER.has(order.state) || order.id === id);
  open.sort((a, b) => a.priority - b.priority || String(a.due ?? "~").localeCompare(String(b.due ?? "~")));
  const row = (/** @type {any} */ order) => {
    const late = order.due && instant(order.due) < plantNow();
    return el("li", {}, el("a", { href: `/orders?id=${encodeURIComponent(order.id)}`, "aria-current": order.id === id ? "true" : null },
      mark(order.priority), el("b", {}, local(order.title)),
      el("span", { class: "quiet" }, [t(`order.${order.state}`), crewName(order.crew)].filter(Boolean).join(" · ")),
      order.due && el("span", { class: late ? "late quiet" : "quiet" }, t(late ? "orders.late" : "orders.due", { time: dateTime(instant(order.due)) }))));
  };
  const failed = store.errors.get("work_order");
  replace(byId("list"), ...(open.length ? open.map(row) : [el("li", { class: failed ? "bad" : "quiet" }, failed ? failed.message : t("orders.none"))]));
}

/** What a page of one order is made of; what cannot be had leaves its place empty, until it can. */
async function whole() {
  const path = `/api/v1/work-orders/${encodeURIComponent(id)}`;
  const order = await get(path);
  let lacking = false;
  const rest = [`${path}/context`, `${path}/valves`, `${path}/usage`, `${path}/reports`, `${path}/suggestion`, `/api/v1/stock?place=${encodeURIComponent(order.crew ?? "store")}`, `${path}/photos`, `${path}/notes`, `${path}/clocks`, order.incident && may("duties") && `/api/v1/fire-service?incident=${encodeURIComponent(order.incident)}`, may("callbacks") && `/api/v1/callbacks?order=${encodeURIComponent(id)}`];
  const [context, valves, usage, reports, suggestion, stock, photos, notes, clocks, fire, calls] = await Promise.all(rest.map((one) => one ? get(one).catch((error) => {
    lacking ||= passing(error);
    return null;
  }) : null));
  return {
    lacking, order, fire, context, clocks: clocks?.items ?? [], valves: valves ?? { items: [], shut: [], to_shut: [] },
    usage: usage ?? { parts: [], labour: [], failure: null, cost: { hours: {}, total: 0 } },
    reports: reports?.items ?? [], suggestion: suggestion?.items ?? [], stock: stock?.items ?? [],
    photos: photos?.items ?? [], notes: notes?.items ?? [], calls: calls?.items ?? [],
  };
}

/** @param {boolean} [byOthers] */
async function drawOne(byOthers = false) {
  drawing += 1;
  owed ||= !byOthers;
  const mine = drawing;
  const acts = answered();
  try {
    const all = await whole();
    await released();
    if (mine !== drawing || (!owed && begun())) return;
    // asked before an act of this person, and seen after it: drawn with its answer, which would sweep away what is begun now
    if (byOthers && answered() !== acts) return void answered().then(() => mine === drawing && !begun() && void drawOne(true));
    if (byOthers && seq !== all.order.seq) settled();
    [drawn, owed, missed, seq] = [true, false, false, all.order.seq];
    if (all.lacking) setTimeout(() => mine === drawing && void drawOne(true), AGAIN_MS);
    replace(byId("order"), ...drawOrder(all, () => void drawOne()));
  } catch (error) {
    if (mine !== drawing) return;
    if (passing(error)) setTimeout(() => mine === drawing && void drawOne(byOthers), AGAIN_MS);
    if (!drawn) replace(byId("order"), el("p", { class: "bad", role: "alert" }, /** @type {Error} */ (error).message));
  }
}

async function drawPool() {
  if (!may("move_work_order")) return;
  pooling += 1;
  const mine = pooling;
  const pool = await get("/api/v1/pool").catch(() => null);
  await released();
  if (mine !== pooling) return;
  const box = byId("pool");
  box.hidden = !pool?.items.length;
  if (!pool) return;
  const grab = (/** @type {any} */ order) => () => void done(() => post(`/api/v1/work-orders/${order.id}/grab`), () => void Promise.all([drawPool(), load("work_order")]));
  replace(box, el("h2", {}, t("orders.pool")), el("ul", { class: "log" }, ...pool.items.map((/** @type {any} */ order) =>
    el("li", {}, el("span", { class: "quiet" }, order.until && t("orders.until", { time: hourMinute(instant(order.until)) })),
      el("span", {}, local(order.title), " ", ...order.against.map((/** @type {string} */ name) => el("span", { class: "chip against" }, t(`against.${name}`))),
        page.me?.crew && !order.against.length && el("button", { type: "button", class: "strong", "data-grab": order.id, onclick: grab(order) }, t("orders.grab")))))),
    ...pool.crews.map((/** @type {any} */ one) => el("p", { class: "quiet" }, t("orders.points", { crew: crewName(one.crew), taken: one.taken, points: one.points }))));
}

async function main() {
  installMenu();
  document.body.classList.toggle("one", Boolean(id) || making || view !== "");
  replace(byId("tools"),
    may("open_work_order") && el("a", { href: "/orders?new=1" }, t("orders.new")),
    el("a", { href: "/orders?view=stock" }, t("orders.stock")),
    may("lock_flow") && el("a", { href: "/orders?view=flow" }, t("orders.flow")));
  on("work_order", () => {
    void released().then(drawList);
    void drawPool();
    if (id) void answered().then(() => begun() || drawOne(true));
  });
  if (id) onWhom(() => store.orders.filter((order) => order.id === id), () => void answered().then(() => begun() || drawOne(true)));
  if (id) byId("order").addEventListener("focusout", () => setTimeout(left, 0));
  on("age", () => drawAges(store));
  setInterval(() => {
    drawAges(store);
    applyTheme();
  }, 1000);
  if (id) await drawOne();
  else if (view === "flow") await drawFlow(byId("order"));
  else if (view === "stock") await drawStock(byId("order"));
  else if (making) await newOrder(byId("order"), parameter("report"), say);
  else replace(byId("order"), el("p", { class: "quiet" }, t("orders.choose")));
  await start();
  drawList();
  void drawPool();
  document.body.dataset.ready = "true";
}

void main();
