/** What was turned for an order, by the hub and on this phone: what stands shut, and whose turns do not balance.
 * It reckons as the hub does (`response/orders/valves.py`), so that a phone without a network knows it too. */
import { plantTimeOf } from "../core/clock.js";
import { instant } from "../core/format.js";

/** @typedef {{valve: string, turning: string, turns: number, closes?: string, not_known?: boolean, at: number, waiting: boolean,
 *   id?: string, act?: string, own?: boolean}} Turned own: this phone may take it back */
/** @typedef {{valve: string, closed: number, opened: number, shut: boolean}} Off */

const SLACK = 1;

/** When an act of this phone was done, plant time in ms. @param {{at: string}} act */
export const doneAt = (act) => plantTimeOf(Date.parse(act.at));

/** By one act of this phone; 止水 may shut valves in one word, without turns. @param {any} act @returns {Turned[]} */
export function turnedBy(act) {
  const said = act.what === "valve" ? [{ ...act.body, not_known: !act.body.turns }]
    : (act.body.valves ?? []).map((/** @type {string} */ valve) => ({ valve, turning: "close", turns: 0 }));
  return said.map((/** @type {any} */ one) => ({ ...one, at: doneAt(act), waiting: true, act: act.id, own: true }));
}

/** The log with one act of this phone more: a slip that it takes back is not in it. @param {Turned[]} log @param {any} act */
export const withAct = (log, act) => act.what === "undo"
  ? log.filter((one) => one.valve !== act.body.valve || ![one.id, one.act].includes(act.body.entry))
  : [...log, ...turnedBy(act)];

/** As the server told them, without slips. @param {any} order @returns {Turned[]} */
export const told = (order) => order.turned.filter((/** @type {any} */ one) => !one.taken_back).map((/** @type {any} */ one) => ({ ...one, at: instant(one.done ?? one.at), waiting: false }));

/** @param {any} order @returns {Turned[]} */
export const turned = (order) => order.waiting.reduce(withAct, told(order));

/** Valves that stand shut or were opened by other turns than they were shut. @param {Turned[]} log @returns {Off[]} */
export function offBalance(log) {
  const rows = /** @type {Map<string, {closed: number, opened: number, left: number, last: string}>} */ (new Map());
  for (const { valve, turning, turns } of log) {
    let row = rows.get(valve) ?? { closed: 0, opened: 0, left: 0, last: "" };
    const closing = turning === "close";
    if (closing && row.last === "open" && !unlike(row)) row = { ...row, closed: 0, opened: 0 };
    row[closing ? "closed" : "opened"] += turns;
    row.left = Math.max(0, row.left + (closing ? turns : -turns));
    rows.set(valve, { ...row, last: turning });
  }
  return [...rows]
    .map(([valve, { closed, opened, left, last }]) => ({ valve, closed, opened, shut: last === "close" || left > SLACK }))
    .filter((one) => one.shut || unlike(one));
}

/** @param {{closed: number, opened: number}} one */
export const unlike = (one) => one.closed > 0 && Math.abs(one.closed - one.opened) > SLACK;

/** Where the work stands by its valves. @param {string} state @param {Off[]} off @param {boolean} closing */
export function byValves(state, off, closing) {
  const shut = off.some((one) => one.shut);
  if (state === "to_open" && !shut) return "completed";
  return state === "completed" && shut && closing ? "to_open" : state;
}
