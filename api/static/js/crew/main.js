/** The crew's phone: own orders, one large button, and everything kept until the server has it. */
import { plantNow, setClock } from "../core/clock.js";
import { byId, el, replace, setText } from "../core/dom.js";
import { hourMinute, timeOf } from "../core/format.js";
import { installMenu } from "../core/menu.js";
import { page } from "../core/page.js";
import { released } from "../core/pressed.js";
import { Stream } from "../core/stream.js";
import { applyTheme } from "../core/theme.js";
import { t } from "../core/words.js";
import { installValidity } from "../core/validity.js";
import { forget } from "./box.js";
import { drawOrder, due, head } from "./order_page.js";
import { everSeen, loadOrders, lost, online, orderOf, orders, recallClock, recallOrders, rememberClock, seenAt } from "./orders.js";
import { recallDrafts } from "./notes.js";
import { drawPool } from "./pool.js";
import { dismiss, pending, queued, queueState, startQueue } from "./queue.js";
import { doneAt } from "./turned.js";

const AGAIN_MS = 20000;
let status = 0;
let asking = false;
let again = false;
let silent = false;

const shown = () => decodeURIComponent(location.hash.slice(1));

async function load() {
  if (asking) {
    again = true;
    return;
  }
  asking = true;
  status = await loadOrders();
  asking = false;
  await released();
  draw();
  if (again) {
    again = false;
    await load();
  }
}

function drawStatus() {
  const n = pending().length;
  const foreign = queued().some((act) => act.user !== page.me?.id && !act.taken);
  const unsigned = status === 401 || queueState() === "sign_in";
  const away = !online() || queueState() === "offline";
  const key = unsigned ? "crew.sign_in_again" : away ? "crew.offline" : n ? "crew.sending" : "crew.online";
  const box = byId("link");
  box.className = unsigned || away ? "link off" : "link";
  const since = away && !unsigned && Number.isFinite(seenAt());
  replace(box, el("b", { id: "line" }, t(key)),
    since ? el("span", { id: "since" }, t("crew.offline_since", { time: hourMinute(seenAt()) })) : null,
    n ? el("span", { id: "waiting", class: "tag" }, t("crew.n_waiting", { n })) : null,
    unsigned && Number.isFinite(seenAt()) ? el("span", {}, t("crew.as_of", { time: hourMinute(seenAt()) })) : null,
    queueState() === "full" ? el("span", {}, t("crew.server_full")) : null,
    unsigned ? el("a", { href: `/sign-in?next=${encodeURIComponent("/crew")}` }, t("crew.sign_in")) : null,
    foreign ? el("span", {}, t("crew.others_waiting")) : null);
}

/** What the server did not take: said until somebody has read it. */
function drawRefused() {
  const refused = queued().filter((act) => act.refused && act.user === page.me?.id);
  replace(byId("refused"), ...refused.map((act) => el("div", { class: "refusal", role: "alert" },
    el("p", {}, el("b", {}, named(act)), " ", timeOf(doneAt(act)), " — ", act.refused?.why ?? ""),
    el("p", {}, t(act.refused?.kept ? "crew.kept_as_note" : "crew.not_taken")),
    el("button", { onclick: () => void dismiss(act.n ?? 0) }, t("crew.understood")))));
}

/** @param {import("./box.js").Act} act */
function named(act) {
  if (act.what === "step") return t(`step.${act.body.step}`);
  if (act.what === "photo") return t(`crew.photo_${act.body.stage}`);
  if (act.what === "note") return t("crew.note");
  return act.body.valve ?? t("crew.part");
}

function drawList() {
  const list = orders();
  const mine = list.length ? el("ul", { class: "orders", id: "orders" }, ...list.map(listed))
    : el("p", { class: "empty" }, t(everSeen() ? "crew.no_orders" : "crew.never_seen"));
  return [mine, drawPool(() => void load())];
}

/** @param {any} order */
const listed = (order) => el("li", {}, el("a", { href: `#${encodeURIComponent(order.id)}`, "data-order": order.id },
  head(order), due(order, plantNow()),
  el("p", { class: "state" }, t(`order.${order.state}`), order.waiting.length ? el("span", { class: "tag" }, t("crew.to_send")) : null)));

/** The plant's clock, kept for when there is no network: the phone's own may be wrong. */
function hear(/** @type {string} */ name, /** @type {any} */ data) {
  if (name !== "hb") return void load();
  const first = !plantNow();
  setClock(data.now, data.clock);
  void rememberClock();
  if (first) redraw();
}

/** A hub that says nothing any more is away at once, not when it is next asked. @param {boolean} live */
function aged(live) {
  if (live !== silent) return;
  silent = !live;
  if (silent) {
    lost();
    redraw();
  }
  void load();
}

const redraw = () => void released().then(draw);

/** Redrawn whole; what is open or written stays. */
function draw() {
  applyTheme();
  drawStatus();
  drawRefused();
  const main = byId("main");
  const busy = document.activeElement;
  if (busy instanceof HTMLElement && main.contains(busy) && /^(INPUT|TEXTAREA|SELECT)$/.test(busy.tagName) && busy.getAttribute("type") !== "file") return;
  const open = new Set([...main.querySelectorAll("details[open]")].map((box) => box.id));
  const order = orderOf(shown());
  replace(main, ...(order ? drawOrder(order, plantNow()) : drawList()));
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
}

async function keepForOffline() {
  if (!("serviceWorker" in navigator)) return;
  await navigator.serviceWorker.register("/crew-worker.js", { scope: "/crew" });
  await navigator.serviceWorker.ready;
  document.body.dataset.offline = "true";
  setText(byId("offline-ready"), t("crew.offline_ready"));
  void navigator.storage?.persist?.();
}

/** What was seen goes with the person; what waits to be sent stays. */
function leave() {
  document.getElementById("sign-out")?.addEventListener("click", () => {
    void forget();
    navigator.serviceWorker?.controller?.postMessage("forget");
  }, { capture: true });
}

async function main() {
  installMenu();
  installValidity();
  leave();
  window.addEventListener("hashchange", () => {
    draw();
    window.scrollTo(0, 0);
  });
  await recallOrders();
  await recallClock();
  await recallDrafts();
  await startQueue(redraw, () => void load());
  draw();
  document.addEventListener("focusout", () => setTimeout(redraw, 0));
  new Stream("/api/v1/events", ["work_order", "reset", "hb"], hear, aged, () => void load()).start();
  setInterval(() => void load(), AGAIN_MS);
  window.addEventListener("online", () => void load());
  window.addEventListener("offline", () => void load());
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && void recallClock().then(redraw));
  void keepForOffline().catch(() => setText(byId("offline-ready"), t("crew.offline_not")));
  await load();
  if (!shown() && orders().length === 1) location.hash = `#${encodeURIComponent(orders()[0].id)}`;
  document.body.dataset.ready = "true";
}

void main();
