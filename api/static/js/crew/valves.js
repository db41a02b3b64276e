/** The valves of an order: which to shut, what was turned, and what still stands shut. */
import { el } from "../core/dom.js";
import { amount, instant, number, timeOf } from "../core/format.js";
import { halfOf, turnsOf } from "../core/turns.js";
import { listed, local, t } from "../core/words.js";
import { enqueue, enter } from "./queue.js";
import { dialog, show } from "./sheet.js";
import { turned } from "./turned.js";

const SLIP_MS = 600_000;

/** Of the valves to shut those that do not stand shut. @param {any} order @returns {string[]} */
export const leftToShut = (order) => order.valves.filter((/** @type {string} */ valve) =>
  !order.off_balance.some((/** @type {any} */ one) => one.shut && one.valve === valve));

/** Since the order was last reopened. @param {any} order @param {string} turning */
function valvesOf(order, turning) {
  const since = instant(order.milestones.findLast((/** @type {any} */ one) => one.state === "reopened")?.at);
  return turned(order).filter((one) => one.turning === turning && !(one.at < since)).map((one) => one.valve);
}

/** Whether it is known how the water was stopped: it was said, or every valve to shut was shut for it; of an order that names
 * none, any. @param {any} order */
export function stoppedFor(order) {
  if (order.stopped || order.waiting.some((/** @type {any} */ act) => act.body.stopped)) return true;
  const shut = valvesOf(order, "close");
  if (!order.valves.length) return shut.length > 0;
  return order.able.includes("isolate") ? !leftToShut(order).length : order.valves.every((/** @type {string} */ valve) => shut.includes(valve));
}

/** As the hub reckons it (`response/orders/parting.py`). @param {any} order */
export function drawHalf(order) {
  const left = leftToShut(order);
  const of = order.valves.length;
  const half = ["arrived", "isolating", "isolated", "repairing"].includes(order.state) && left.length && left.length < of;
  return half && !stoppedFor(order) && !valvesOf(order, "open").length ? el("p", { class: "told unlike", id: "half" }, halfOf({ shut: of - left.length, of, left })) : null;
}

/** Valves that stand shut, of which nobody has said by how many turns, nor that it is not known.
 * @param {any} order @returns {string[]} */
function uncountedOf(order) {
  const standing = /** @type {Map<string, boolean>} */ (new Map());
  for (const one of turned(order)) {
    if (one.turning === "open") standing.delete(one.valve);
    else standing.set(one.valve, standing.get(one.valve) || Boolean(one.turns || one.not_known));
  }
  return [...standing].filter(([, known]) => !known).map(([valve]) => valve);
}

/** Its row, opened. @param {string} id */
export function showValve(id) {
  /** @type {HTMLDetailsElement} */ (document.getElementById("valves")).open = true;
  /** @type {HTMLElement|null} */ (document.querySelector(`input[data-valve="${CSS.escape(id)}"]`))?.focus();
}

/** Until they are counted or said not to be known: an opening is held against them. @param {any} order */
export function drawUncounted(order) {
  const valves = uncountedOf(order);
  return valves.length ? el("p", { class: "uncounted" }, el("button", { id: "uncounted", onclick: () => showValve(valves[0]) }, t("crew.uncounted", { valves: listed(valves) }))) : null;
}

/** What is being typed, kept over redraws; and what was booked by the form as it stands, after how many: that is
 * not booked a second time. @type {Record<string, {turns?: string|null, closes?: string|null, booked?: string, after?: number}>} */
const drafts = {};

/** @param {import("./turned.js").Turned} one */
const said = (one) => t(`turned.${one.turning}${one.turns ? "" : one.not_known ? "_not_known" : "_uncounted"}`, { n: amount(one.turns), time: timeOf(one.at) });

/** Takes back the last entry of its valve, which is this crew's; the sheet says which. @param {any} order @param {import("./turned.js").Turned} one */
const undo = (order, one) => el("button", { class: "wide", "data-undo": one.valve, onclick: () => {
  const { valve } = one;
  let asked = true;
  const back = () => {
    if (asked) void enqueue({ order: order.id, what: "undo", body: { valve, entry: one.id ?? one.act } });
    asked = false;
    delete drafts[`${order.id}/${valve}`];
    dialog().close();
  };
  show(t("crew.undo_ask"), el("p", {}, el("b", {}, `${valve} `), said(one)), el("button", { class: "strong wide", "data-undone": valve, onclick: back }, t("crew.undo")));
} }, t("crew.undo"));

/** A moment after it was entered it is offered where one looks. @param {any} order @param {number} now plant time in ms, 0 for not known */
export function drawUndo(order, now) {
  const last = turned(order).at(-1);
  return last?.own && now - last.at < SLIP_MS ? el("div", { id: "undo" }, el("p", { class: "quiet" }, el("b", {}, `${last.valve} `), said(last)), undo(order, last)) : null;
}

/** @param {any} order @param {string} valve */
function row(order, valve) {
  const mine = turned(order).filter((one) => one.valve === valve);
  const last = mine.at(-1);
  const place = order.where?.valves.find((/** @type {any} */ one) => one.valve === valve);
  const off = order.off_balance.find((/** @type {any} */ one) => one.valve === valve);
  const draft = (drafts[`${order.id}/${valve}`] ??= {});
  /** @type {any} */
  const turns = el("input", {
    type: "number", inputmode: "decimal", min: 0.5, max: 1000, step: 0.5, required: true, value: draft.turns ?? (off?.shut && off.closed > off.opened ? off.closed - off.opened : last?.turns || ""),
    placeholder: t("crew.turns"), "aria-label": `${valve} ${t("crew.turns")}`, "data-valve": valve,
    oninput: () => {
      draft.turns = turns.value;
      typed();
    },
  });
  /** @type {any} */
  const closes = el("select", { "aria-label": `${valve} ${t("crew.closes")}`, onchange: () => {
    draft.closes = closes.value;
    typed();
  } },
    ...["clockwise", "anticlockwise"].map((way) => el("option", { value: way, selected: way === (draft.closes ?? last?.closes) }, t(`closes.${way}`))));
  /** @param {string} name @param {string} word */
  const button = (name, word) => {
    const made = el("button", { "data-turn": name, disabled: draft.booked === name && mine.length <= (draft.after ?? 0), onclick: () => {
      if (name === "unknown") turns.value = "";
      turns.required = name === "close" || (name === "open" && (!off?.shut || off.closed > 0));
      turns.max = name === "open" ? "1e5" : "1000";
      if (!turns.reportValidity()) return;
      made.toggleAttribute("disabled");
      Object.assign(draft, { turns: null, closes: null, booked: name, after: mine.length + 1 });
      void enter({ order: order.id, what: "valve", body: { valve, turning: name === "open" ? name : "close", turns: Number(turns.value), closes: closes.value } });
    } }, t(word));
    return made;
  };
  const lacks = uncountedOf(order).includes(valve);
  const buttons = [button("close", lacks ? "crew.count" : "crew.shut"), lacks ? button("unknown", "crew.not_known") : null, button("open", "crew.open")];
  const typed = () => {
    delete draft.booked;
    for (const one of buttons) one?.toggleAttribute("disabled", false);
  };
  return el("li", { class: last?.turning === "close" ? "shut" : "" },
    el("p", {}, el("b", {}, valve), " ", place ? [local(place.street), place.diameter_mm && `DN${place.diameter_mm}`, place.away_m !== null && t("crew.away", { n: number(place.away_m) })].filter(Boolean).join(" ") : "",
      place && !place.to_shut ? el("span", { class: "quiet" }, " ", t("crew.nearby")) : ""),
    last ? el("p", { class: "quiet" }, said(last), " ", last.waiting && el("span", { class: "tag" }, t("crew.to_send"))) : null,
    off?.opened ? el("p", { class: "unlike", role: "alert" }, turnsOf(off)) : null,
    el("div", { class: "turn" }, turns, closes, ...buttons), last?.own ? undo(order, last) : null);
}

/** @param {any} order */
export function drawValves(order) {
  const near = (order.where?.valves ?? []).map((/** @type {any} */ one) => one.valve);
  const known = [...new Set([...order.valves, ...near, ...turned(order).map((one) => one.valve)])];
  if (!known.length) return null;
  const shut = order.off_balance.filter((/** @type {any} */ one) => one.shut).length;
  return el("details", { class: "valves", id: "valves" },
    el("summary", {}, t("crew.valves", { n: known.length }), shut ? el("b", {}, " · ", t("crew.n_shut", { n: shut })) : ""),
    el("ul", {}, ...known.map((valve) => row(order, valve))));
}
