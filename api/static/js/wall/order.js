/** Which of an incident's orders says how far people have come. */
import { CALLED_OFF } from "../core/alarms.js";

/** The order that people are on: none that was called off; rather one of the work on the main than of water that is
 * brought, and one that stands for itself. @param {any} incident */
export function orderOf(incident) {
  const orders = (incident.work_orders ?? []).filter((/** @type {any} */ one) => !CALLED_OFF.has(one.state));
  const rank = (/** @type {any} */ one) => Number(one.kind === "emergency_supply") * 2 + Number(Boolean(one.same_as));
  return orders.sort((/** @type {any} */ a, /** @type {any} */ b) => rank(a) - rank(b))[0] ?? null;
}
