/** One order: where, by when, the one next step as a large button; below it photos, valves and notes. */
import { el } from "../core/dom.js";
import { dateTime, hourMinute, instant, timeOf } from "../core/format.js";
import { mark } from "../core/priority.js";
import { windowOf } from "../core/visit.js";
import { crewName } from "../core/page.js";
import { drawWay } from "../core/way.js";
import { local, t } from "../core/words.js";
import { drawNotes } from "./notes.js";
import { drawParts } from "./parts.js";
import { drawPhotos } from "./photos.js";
import { enqueue } from "./queue.js";
import { MENDED } from "../core/outcomes.js";
import { askOutcome, askReason, askReject, askStopped } from "./sheet.js";
import { askOpened, drawToOpen, HOLD_MS } from "./opening.js";
import { OPEN_VALVES } from "./orders.js";
import { drawHalf, drawUncounted, drawUndo, drawValves, stoppedFor } from "./valves.js";
import { drawWhere } from "./where.js";

const SAID = 6;

let held = 0;
let last = { order: "", next: "" };
/** A step was taken, and its buttons are not drawn anew yet: a second touch is not the step again. */
let spent = false;

function hold() {
  held = performance.now() + HOLD_MS;
  setTimeout(() => performance.now() >= held && document.getElementById("next")?.removeAttribute("disabled"), HOLD_MS + 1);
}

/** The large button has become another step under the thumb: it is held a moment from when that can be read.
 * @param {any} order */
function heldFor(order) {
  if (last.order === order.id && last.next !== order.next) hold();
  last = { order: order.id, next: order.next };
  return performance.now() < held;
}

/** @param {string} order @param {string} step @param {object} [body] */
function take(order, step, body = {}) {
  spent = true;
  hold();
  void enqueue({ order, what: "step", body: { step, ...body } });
}

/** @param {any} order @param {string} step */
function ask(order, step) {
  if (spent) return;
  const dry = stoppedFor(order);
  if (step === "isolate" && !dry) askStopped(order, (body) => take(order.id, step, body));
  else if (step === OPEN_VALVES) askOpened(order.id);
  else if (step === "complete" && order.state === "to_open") askReason(t("crew.stays_shut"), (body) => take(order.id, step, body));
  else if (step === "complete") {
    askOutcome((body) => {
      const open = order.kind === "burst" && !dry && MENDED.includes(body.outcome);
      if (open) askStopped(order, (more) => take(order.id, step, { ...body, ...more }));
      else take(order.id, step, body);
    });
  }
  else if (step === "reject") askReject((body) => take(order.id, step, body));
  else if (step === "suspend") askReason(t("step.suspend"), (body) => take(order.id, step, body));
  else take(order.id, step);
}

/** @param {any} order */
export function head(order) {
  return el("div", { class: "head" }, mark(order.priority), el("div", {},
    el("h2", {}, local(order.place)), el("p", {}, local(order.title))));
}

/** Since when it is this crew's; NaN for not known. @param {any} order */
const sentAt = (order) => instant(order.milestones.findLast((/** @type {any} */ one) => one.state === "assigned" && !one.beside)?.at);

/** Without the plant's clock only the time is said, never what is left. Time that was over before the order
 * reached the crew is not theirs: it is said, and is no alarm. @param {any} order @param {number} now plant time in ms, 0 for not known */
export function due(order, now) {
  const at = instant(order.due);
  if (!Number.isFinite(at)) return null;
  const clock = order.clocks.find((/** @type {any} */ one) => one.due === order.due)?.clock;
  const sent = sentAt(order);
  if (at < sent) return el("p", { class: "due" }, t("crew.over_before", { sent: hourMinute(sent), clock: clock ? t(`clock.${clock}`) : "", time: hourMinute(at) }));
  if (!now) return el("p", { class: "due" }, t("crew.due", { time: dateTime(at) }));
  const left = Math.round((at - now) / 60000);
  const far = Math.abs(left) >= 120;
  const n = far ? Math.floor(Math.abs(left) / 60) : Math.abs(left);
  const words = t(`crew.${left < 0 ? "late" : "left"}${far ? "_h" : ""}`, { n });
  return el("p", { class: left < 0 ? "due late" : "due" }, clock && `${t(`clock.${clock}`)} `, t("crew.due", { time: far ? dateTime(at) : hourMinute(at) }), " · ", words);
}

/** @param {any} order @param {number} now */
export function drawOrder(order, now) {
  spent = false;
  const others = ["suspend", "reject"].filter((name) => order.able.includes(name));
  const more = [...order.others.filter((/** @type {string} */ name) => name !== order.next), ...others];
  return [
    el("a", { class: "up", href: "#" }, t("crew.all_orders")),
    head(order),
    el("p", { class: "number" }, t("work_order"), " ", el("b", { id: "number" }, order.id)),
    due(order, now),
    el("p", { class: "state" }, t("crew.now"), " ", el("b", { id: "state" }, t(`order.${order.state}`)),
      order.waiting.some((/** @type {any} */ act) => act.what === "step") && el("span", { class: "tag" }, t("crew.to_send"))),
    order.visit && el("p", { class: "told", id: "visit" }, el("b", {}, t("visit.agreed")), " ", windowOf(order.visit)),
    order.text && el("p", { class: "told" }, local(order.text)),
    el("div", { class: "next" },
      order.next
        ? el("button", { id: "next", class: "strong huge", "data-step": order.next, disabled: heldFor(order), onclick: () => ask(order, order.next) }, t(order.next === OPEN_VALVES ? "crew.open_valves" : `step.${order.next}`))
        : el("p", { class: "huge done" }, t("crew.nothing_next"))),
    drawUndo(order, now),
    drawToOpen(order),
    drawHalf(order),
    drawWay(order.way),
    more.length ? el("details", { class: "more", id: "more" }, el("summary", {}, t("crew.other_steps")),
      el("div", { class: "choices" }, ...more.map((name) =>
        el("button", { "data-step": name, onclick: () => ask(order, name) }, t(name === "complete" && order.state === "to_open" ? "crew.stays_shut" : `step.${name}`))))) : null,
    drawUncounted(order),
    drawWhere(order),
    drawPhotos(order),
    drawValves(order),
    drawParts(order),
    drawNotes(order),
    drawSaid(order),
  ];
}

/** @param {any} order */
function drawSaid(order) {
  const said = order.milestones.slice(-SAID).reverse();
  return el("section", {}, el("h3", {}, t("crew.so_far")), el("ol", { class: "said", id: "said" }, ...said.map(
    (/** @type {any} */ one) => el("li", { class: one.waiting ? "waiting" : "" },
      el("time", {}, timeOf(one.waiting ? one.done_ms : instant(one.done ?? one.at))), " ", one.beside ? `${t(`beside.${one.beside}`)}${one.beside === "noted" && one.note ? ` ${local(one.note)}` : ""}` : [t(`order.${one.state}`), one.crew && crewName(one.crew)].filter(Boolean).join(" · "),
      one.waiting && el("span", { class: "tag" }, t("crew.to_send"))))));
}
