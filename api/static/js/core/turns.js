/** A valve's turns in words, the same on every page. */
import { el } from "./dom.js";
import { amount } from "./format.js";
import { t } from "./words.js";

/** That it stands shut, or by how many turns it was opened less or more than it was shut.
 * @param {{valve: string, closed: number, opened: number, shut: boolean}} one */
export function turnsOf(one) {
  const { valve, closed, opened } = one;
  if (!opened || !closed) return t(closed ? "turns.shut" : "turns.shut_uncounted", { valve, closed: amount(closed) });
  const name = closed > opened ? "turns.short" : "turns.over";
  return t(name, { valve, closed: amount(closed), opened: amount(opened), n: amount(Math.abs(closed - opened)) });
}

/** That only some of the valves to shut are recorded shut. @param {{shut: number, of: number, left: string[]}} half */
export const halfOf = (half) => t("turns.half", { n: half.shut, of: half.of, left: half.left.join(t("flood.and")) });

/** Of an order: what of it stands shut, what of it is left to shut, and where turns do not balance. @param {any} order */
export const offBalance = (order) => [
  ...order.off_balance.map((/** @type {any} */ one) =>
    el("p", { class: one.opened ? "off-balance held late" : "off-balance held", "data-off": one.valve }, turnsOf(one))),
  ...(order.half_shut ? [el("p", { class: "held late", "data-half": order.id }, halfOf(order.half_shut))] : []),
];
