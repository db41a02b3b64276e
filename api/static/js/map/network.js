/** The network's drawing, asked for once, and where things stand in it. */
import { need } from "../core/http.js";
import { extentOf } from "./project.js";

/** @typedef {import("./base.js").Net} Net */

/**
 * @typedef {Net & {extent: import("./project.js").Extent, zones: string[],
 *   centre: Map<string, {x: number, y: number}>, link: Map<string, Net["links"][number]>,
 *   streets: Map<string, any>, names: any[]}} Drawing
 */

/** The same for every screen, so the browser keeps it. @returns {Promise<Drawing>} */
export async function loadNetwork() {
  const answer = await need("/api/v1/network");
  const nodes = rows(answer.nodes);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const links = rows(answer.links).map((link) => drawn(link, nodes));
  const zones = [...new Set(links.map((link) => link.zone).filter(Boolean))];
  return {
    nodes: byId,
    links,
    link: new Map(links.map((link) => [link.id, link])),
    extent: extentOf(nodes),
    zones,
    centre: new Map(zones.map((zone) => [zone, mean(nodes.filter((node) => node.zone === zone))])),
    streets: new Map(answer.streets.map((/** @type {any} */ street) => [street.id, street])),
    names: answer.zones,
  };
}

/** Columns to rows. @param {Record<string, any[]>} columns @returns {any[]} */
function rows(columns) {
  const names = Object.keys(columns);
  return columns.id.map((_, i) => Object.fromEntries(names.map((name) => [name, columns[name][i]])));
}

/** @param {any} link a and b are places among `nodes` @param {any[]} nodes */
function drawn(link, nodes) {
  const a = nodes[link.a];
  const b = nodes[link.b];
  return {
    id: link.id,
    kind: link.kind,
    zone: link.zone,
    street: link.street,
    diameter: link.diameter_mm,
    points: [a.x, a.y, ...link.vertices, b.x, b.y],
    ends: [a.zone, b.zone],
  };
}

/** @param {{x: number, y: number}[]} points */
const mean = (points) => ({
  x: points.reduce((sum, p) => sum + p.x, 0) / Math.max(points.length, 1),
  y: points.reduce((sum, p) => sum + p.y, 0) / Math.max(points.length, 1),
});

/** Where a tag's instrument stands, in metres, or null. @param {Drawing} net @param {any} tag */
export function placeOf(net, tag) {
  const node = tag.node && net.nodes.get(tag.node);
  if (node) return { x: node.x, y: node.y };
  const link = tag.link && net.link.get(tag.link);
  return link ? along(link.points) : null;
}

/** How full a tank is, by its level's own range; null where that is not known.
 * @param {string} node @param {any[]} tags @param {(tag: any) => boolean} believed */
export function shareOf(node, tags, believed) {
  const level = tags.find((tag) => tag.quantity === "level" && tag.node === node);
  if (!level?.latest || level.latest.v === null || !level.high || !believed(level)) return null;
  return (level.latest.v - (level.low ?? 0)) / (level.high - (level.low ?? 0));
}

/** Half-way along a drawn pipe. @param {number[]} points */
export function along(points) {
  let total = 0;
  for (let i = 2; i < points.length; i += 2) total += Math.hypot(points[i] - points[i - 2], points[i + 1] - points[i - 1]);
  let left = total / 2;
  for (let i = 2; i < points.length; i += 2) {
    const step = Math.hypot(points[i] - points[i - 2], points[i + 1] - points[i - 1]);
    if (left <= step && step > 0) {
      const part = left / step;
      return {
        x: points[i - 2] + (points[i] - points[i - 2]) * part,
        y: points[i - 1] + (points[i + 1] - points[i - 1]) * part,
      };
    }
    left -= step;
  }
  return { x: points[0], y: points[1] };
}
