/** The valves of an order: which to shut, what was turned, and what still stands shut. */
import { el } from "../core/dom.js";
import { hourMinute, instant, number } from "../core/format.js";
import { local, t } from "../core/words.js";
import { enqueue } from "./queue.js";

/** @param {any} order @returns {{valve: string, turning: string, turns: number, at: string, waiting: boolean}[]} */
const turned = (order) => [
  ...order.turned.map((/** @type {any} */ one) => ({ ...one, at: one.done ?? one.at, waiting: false })),
  ...order.waiting.filter((/** @type {any} */ act) => act.what === "valve")
    .map((/** @type {any} */ act) => ({ ...act.body, at: act.at, waiting: true })),
];

/** @param {any} order @param {string} valve */
function row(order, valve) {
  const mine = turned(order).filter((one) => one.valve === valve);
  const last = mine.at(-1);
  const place = order.valve_places?.[valve];
  const turns = /** @type {HTMLInputElement} */ (el("input", {
    type: "number", inputmode: "decimal", min: 0.5, max: 1000, step: 0.5, required: true, value: last?.turns ?? "",
    placeholder: t("crew.turns"), "aria-label": `${valve} ${t("crew.turns")}`, "data-valve": valve,
  }));
  const closes = /** @type {HTMLSelectElement} */ (el("select", { "aria-label": `${valve} ${t("crew.closes")}` },
    ...["clockwise", "anticlockwise"].map((way) => el("option", { value: way, selected: way === last?.closes }, t(`closes.${way}`)))));
  const turn = (/** @type {string} */ turning) => () => {
    if (!turns.reportValidity()) return;
    void enqueue({ order: order.id, what: "valve", body: { valve, turning, turns: Number(turns.value), closes: closes.value } });
  };
  return el("li", { class: last?.turning === "close" ? "shut" : "" },
    el("p", {}, el("b", {}, valve), " ", place ? [local(place.street), `DN${place.diameter_mm}`].filter(Boolean).join(" ") : ""),
    last ? el("p", { class: "quiet" }, t(`turned.${last.turning}`, { n: number(last.turns, Number.isInteger(last.turns) ? 0 : 1), time: hourMinute(instant(last.at)) }),
      " ", last.waiting && el("span", { class: "tag" }, t("crew.to_send"))) : null,
    el("div", { class: "turn" }, turns, closes,
      el("button", { "data-turn": "close", onclick: turn("close") }, t("crew.shut")),
      el("button", { "data-turn": "open", onclick: turn("open") }, t("crew.open"))));
}

/** @param {any} order */
export function drawValves(order) {
  const known = [...new Set([...order.valves, ...turned(order).map((one) => one.valve)])];
  if (!known.length) return null;
  const last = new Map(turned(order).map((one) => [one.valve, one.turning]));
  const shut = [...last.values()].filter((turning) => turning === "close").length;
  return el("details", { class: "valves", id: "valves" },
    el("summary", {}, t("crew.valves", { n: known.length }), shut ? el("b", {}, " · ", t("crew.n_shut", { n: shut })) : ""),
    el("ul", {}, ...known.map((valve) => row(order, valve))));
}
