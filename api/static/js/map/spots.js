/** Where incidents and orders stand on a map. */
import { searched } from "../core/alarms.js";
import { along } from "./network.js";

/** @param {import("./network.js").Drawing} net @param {any} incident @returns {{x: number, y: number}|null} where a search begins, else its zone */
export function spotOf(net, incident) {
  const first = searched(incident);
  return first ? { x: first.x, y: first.y } : (net.centre.get(incident.zone) ?? null);
}

/** @param {import("./network.js").Drawing} net @param {any} order @param {any[]} incidents @returns {{x: number, y: number}|null} */
export function spotOfOrder(net, order, incidents) {
  if (order.x !== null && order.x !== undefined) return { x: order.x, y: order.y };
  const link = net.link.get(order.links?.[0]);
  if (link) return along(link.points);
  const incident = incidents.find((one) => one.id === order.incident);
  return (incident && spotOf(net, incident)) ?? net.centre.get(order.zone) ?? null;
}
