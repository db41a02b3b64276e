/** The valves of an order: which to shut, what was turned, and what still stands shut. */
import { el } from "../core/dom.js";
import { instant, number, timeOf } from "../core/format.js";
import { local, t } from "../core/words.js";
import { doneAt } from "./orders.js";
import { enqueue } from "./queue.js";

/** @param {any} order @returns {{valve: string, turning: string, turns: number, at: number, waiting: boolean}[]} */
const turned = (order) => [
  ...order.turned.map((/** @type {any} */ one) => ({ ...one, at: instant(one.done ?? one.at), waiting: false })),
  ...order.waiting.flatMap((/** @type {any} */ act) => (act.what === "valve" ? [act.body] : (act.body.valves ?? []).map(uncounted))
    .map((/** @type {any} */ one) => ({ ...one, at: doneAt(act), waiting: true }))),
];

/** Shut in one word with 止水. @param {string} valve */
const uncounted = (valve) => ({ valve, turning: "close", turns: 0 });

/** Whether it is known how the water was stopped. @param {any} order */
export const stoppedFor = (order) => Boolean(order.stopped) || turned(order).some((one) => one.turning === "close") ||
  order.waiting.some((/** @type {any} */ act) => act.what === "step" && act.body.stopped);

/** What is being typed, kept over redraws. */
const drafts = /** @type {Record<string, {turns?: string, closes?: string}>} */ ({});

/** @param {any} order @param {string} valve */
function row(order, valve) {
  const mine = turned(order).filter((one) => one.valve === valve);
  const last = mine.at(-1);
  const place = order.where?.valves.find((/** @type {any} */ one) => one.valve === valve);
  const draft = (drafts[`${order.id}/${valve}`] ??= {});
  const turns = /** @type {HTMLInputElement} */ (el("input", {
    type: "number", inputmode: "decimal", min: 0.5, max: 1000, step: 0.5, required: true, value: draft.turns ?? (last?.turns || ""),
    placeholder: t("crew.turns"), "aria-label": `${valve} ${t("crew.turns")}`, "data-valve": valve,
    oninput: () => {
      draft.turns = turns.value;
    },
  }));
  const closes = /** @type {HTMLSelectElement} */ (el("select", { "aria-label": `${valve} ${t("crew.closes")}`, onchange: () => {
    draft.closes = closes.value;
  } },
    ...["clockwise", "anticlockwise"].map((way) => el("option", { value: way, selected: way === (draft.closes ?? last?.closes) }, t(`closes.${way}`)))));
  const turn = (/** @type {string} */ turning) => () => {
    if (!turns.reportValidity()) return;
    delete drafts[`${order.id}/${valve}`];
    void enqueue({ order: order.id, what: "valve", body: { valve, turning, turns: Number(turns.value), closes: closes.value } });
  };
  return el("li", { class: last?.turning === "close" ? "shut" : "" },
    el("p", {}, el("b", {}, valve), " ", place ? [local(place.street), place.diameter_mm && `DN${place.diameter_mm}`, place.away_m !== null && t("crew.away", { n: number(place.away_m) })].filter(Boolean).join(" ") : "",
      place && !place.to_shut ? el("span", { class: "quiet" }, " ", t("crew.nearby")) : ""),
    last ? el("p", { class: "quiet" }, t(`turned.${last.turning}${last.turns ? "" : "_uncounted"}`, { n: number(last.turns, Number.isInteger(last.turns) ? 0 : 1), time: timeOf(last.at) }),
      " ", last.waiting && el("span", { class: "tag" }, t("crew.to_send"))) : null,
    el("div", { class: "turn" }, turns, closes,
      el("button", { "data-turn": "close", onclick: turn("close") }, t("crew.shut")),
      el("button", { "data-turn": "open", onclick: turn("open") }, t("crew.open"))));
}

/** @param {any} order */
export function drawValves(order) {
  const near = (order.where?.valves ?? []).map((/** @type {any} */ one) => one.valve);
  const known = [...new Set([...order.valves, ...near, ...turned(order).map((one) => one.valve)])];
  if (!known.length) return null;
  const last = new Map(turned(order).map((one) => [one.valve, one.turning]));
  const shut = [...last.values()].filter((turning) => turning === "close").length;
  return el("details", { class: "valves", id: "valves" },
    el("summary", {}, t("crew.valves", { n: known.length }), shut ? el("b", {}, " · ", t("crew.n_shut", { n: shut })) : ""),
    el("ul", {}, ...known.map((valve) => row(order, valve))));
}
