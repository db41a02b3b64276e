/** What stands on the map's base: what is chosen and measured, instruments and their values, valves, incidents, orders. */
import { withUnit } from "../core/format.js";
import { drawMark } from "../core/priority.js";
import { shortName } from "../core/zones.js";
import { stroke } from "./base.js";
import { drawLabels, place as placed } from "./labels.js";
import { drawLikely } from "./likely.js";
import { drawMeasure, drawScale } from "./measure.js";
import { placeOf, shareOf } from "./network.js";
import { spotOf, spotOfOrder } from "./spots.js";
import { orderSign, sensor, tank, valve, works } from "./symbols.js";

const U = 15;
const MOST_VALVES = 400;
const MOST_VALUES = 60;

/**
 * @typedef {object} Shown
 * @property {Set<string>} layers
 * @property {any[]} tags with `latest`
 * @property {Map<string, number>} alarmed tag id → its worst priority
 * @property {{incident: any, priority: number|null}[]} incidents
 * @property {any[]} orders
 * @property {any[]} valves
 * @property {Set<string>} shut
 * @property {import("./places.js").Place|null} place what is chosen
 * @property {{x: number, y: number}[]|null} measured
 * @property {(tag: any) => boolean} believed
 */
/** @typedef {{id: string, x: number, y: number, r: number}} Hit of the pane, px */
/** @typedef {import("./project.js").Box} Box */

/**
 * @param {CanvasRenderingContext2D} g @param {import("./project.js").Projection} p @param {import("./network.js").Drawing} net
 * @param {Box} pane @param {Shown} shown @param {(name: string) => string} token @returns {Hit[]}
 */
export function drawOverlay(g, p, net, pane, shown, token) {
  const font = (/** @type {string} */ weight, /** @type {number} */ px) => `${weight} ${px}px ${token("--font")}`;
  const inside = (/** @type {{x: number, y: number}} */ at) => at.x > -20 && at.y > -20 && at.x < pane.w + 20 && at.y < pane.h + 20;
  /** @type {Hit[]} */
  const hits = [];
  const hit = (/** @type {string} */ id, /** @type {{x: number, y: number}|null} */ metres, r = 6) => {
    if (!metres) return null;
    const at = { x: p.x(metres.x), y: p.y(metres.y) };
    if (!inside(at)) return null;
    hits.push({ id, ...at, r });
    return at;
  };
  chosen(g, p, net, shown, token);
  if (shown.layers.has("valves")) valves(g, shown, hit, token);
  if (shown.layers.has("instruments")) instruments(g, net, shown, hit, token);
  if (shown.layers.has("pipes")) bodies(g, p, net, shown, token);
  if (shown.layers.has("incidents")) {
    for (const { incident, priority } of [...shown.incidents].reverse()) {
      if (shown.place?.id === incident.id && incident.location) {
        drawLikely(g, p, net, incident.location.candidates, token(priority ? `--p${priority}` : "--muted"), token("--map-ground"), font("700", U), U);
      }
      const at = hit(incident.id, spotOf(net, incident), 11);
      if (at) incidentMark(g, at, priority, token);
    }
  }
  if (shown.layers.has("orders")) {
    const known = shown.incidents.map((one) => one.incident);
    for (const order of shown.orders) {
      const at = hit(order.id, spotOfOrder(net, order, known), 11);
      if (!at) continue;
      const beside = { x: at.x + 27, y: at.y - 17 };
      Object.assign(hits[hits.length - 1], beside);
      orderSign(g, beside.x, beside.y, 20, token);
    }
  }
  ring(g, p, shown, token);
  names(g, p, net, pane, shown, token, hits, font);
  if (shown.measured) drawMeasure(g, p, shown.measured, token, font("600", U));
  drawScale(g, p, pane, token, font("500", 13));
  return hits;
}

/** @param {CanvasRenderingContext2D} g @param {{x: number, y: number}} at @param {number|null} priority @param {(name: string) => string} token */
function incidentMark(g, at, priority, token) {
  if (priority) drawMark(g, priority, at.x, at.y, 24, token);
  g.beginPath();
  g.arc(at.x, at.y, 17, 0, Math.PI * 2);
  g.strokeStyle = token(priority ? `--p${priority}` : "--muted");
  g.lineWidth = 2.5;
  g.stroke();
}

/** The pipes of what is chosen. @param {CanvasRenderingContext2D} g @param {import("./project.js").Projection} p
 * @param {import("./network.js").Drawing} net @param {Shown} shown @param {(name: string) => string} token */
function chosen(g, p, net, shown, token) {
  const links = (shown.place?.links ?? []).map((id) => net.link.get(id)).filter((one) => one !== undefined);
  if (links.length) stroke(g, p, links, token("--focus"), shown.place?.kind === "zone" ? 2.5 : 5);
}

/** Around what is chosen where it is one place. @param {CanvasRenderingContext2D} g @param {import("./project.js").Projection} p
 * @param {Shown} shown @param {(name: string) => string} token */
function ring(g, p, shown, token) {
  const points = shown.place?.points ?? [];
  if (points.length !== 1) return;
  g.beginPath();
  g.arc(p.x(points[0].x), p.y(points[0].y), 22, 0, Math.PI * 2);
  g.strokeStyle = token("--focus");
  g.lineWidth = 3;
  g.stroke();
}

/** All while there is room, else those that stand shut. @param {CanvasRenderingContext2D} g @param {Shown} shown
 * @param {(id: string, metres: any, r?: number) => {x: number, y: number}|null} hit @param {(name: string) => string} token */
function valves(g, shown, hit, token) {
  const [near, far] = [[], []].map(() => /** @type {[any, {x: number, y: number}][]} */ ([]));
  for (const one of shown.valves) {
    const at = hit(one.id, one, 4);
    if (at) (shown.shut.has(one.id) ? near : far).push([one, at]);
  }
  const size = far.length > MOST_VALVES ? 6 : far.length > 80 ? 9 : 13;
  for (const [, at] of far) valve(g, at.x, at.y, size, false, token);
  for (const [, at] of near) valve(g, at.x, at.y, Math.max(13, size), true, token);
}

/** @param {CanvasRenderingContext2D} g @param {import("./network.js").Drawing} net @param {Shown} shown
 * @param {(id: string, metres: any, r?: number) => {x: number, y: number}|null} hit @param {(name: string) => string} token */
function instruments(g, net, shown, hit, token) {
  const alarmed = [];
  for (const tag of shown.tags) {
    const at = hit(tag.id, placeOf(net, tag));
    if (!at) continue;
    sensor(g, at.x, at.y, 4, shown.believed(tag), token);
    const priority = shown.alarmed.get(tag.id);
    if (priority) alarmed.push({ at, priority });
  }
  for (const { at, priority } of alarmed.sort((a, b) => b.priority - a.priority)) drawMark(g, priority, at.x, at.y, 17, token);
}

/** Works and tanks. @param {CanvasRenderingContext2D} g @param {import("./project.js").Projection} p
 * @param {import("./network.js").Drawing} net @param {Shown} shown @param {(name: string) => string} token */
function bodies(g, p, net, shown, token) {
  for (const node of net.nodes.values()) {
    if (node.kind === "reservoir") works(g, p.x(node.x), p.y(node.y), 16, token);
    if (node.kind === "tank") tank(g, p.x(node.x), p.y(node.y), 15, shareOf(node.id, shown.tags, shown.believed), token);
  }
}

/** Zones by name, then instruments by value where they are few enough to be read.
 * @param {CanvasRenderingContext2D} g @param {import("./project.js").Projection} p @param {import("./network.js").Drawing} net
 * @param {Box} pane @param {Shown} shown @param {(name: string) => string} token @param {Hit[]} hits
 * @param {(weight: string, px: number) => string} font */
function names(g, p, net, pane, shown, token, hits, font) {
  const taken = hits.filter((one) => one.r > 4).map((one) => ({ x: one.x - one.r, y: one.y - one.r, w: 2 * one.r, h: 2 * one.r }));
  g.font = font("500", U);
  const zones = shown.layers.has("zones") ? net.names.filter((zone) => net.centre.has(zone.id) && zone.kind === "dma") : [];
  const wishes = zones.map((zone) => {
    const centre = /** @type {{x: number, y: number}} */ (net.centre.get(zone.id));
    return { text: shortName(zone, net.names), x: p.x(centre.x), y: p.y(centre.y), rank: 0, reach: 2 };
  });
  const put = placed(wishes, (text) => g.measureText(text).width, U * 1.2, pane, taken);
  drawLabels(g, put, token("--map-label"), token("--map-zone"), font("500", U), U);
  if (!shown.layers.has("instruments")) return;
  const byId = new Map(shown.tags.map((tag) => [tag.id, tag]));
  const spots = hits.filter((one) => byId.has(one.id));
  if (!spots.length || spots.length > MOST_VALUES) return;
  g.font = font("600", 13);
  const values = spots.map((spot) => ({ text: valueOf(byId.get(spot.id), shown.believed), x: spot.x, y: spot.y, rank: shown.alarmed.get(spot.id) ?? 9, reach: 12 }));
  const dots = spots.map((one) => ({ x: one.x - 5, y: one.y - 5, w: 10, h: 10 }));
  const labels = placed(values, (text) => g.measureText(text).width, 16, pane, [...taken, ...dots, ...put.map((one) => one.box)]);
  drawLabels(g, labels, token("--text"), token("--map-ground"), font("600", 13), 13);
}

/** @param {any} tag @param {(tag: any) => boolean} believed */
const valueOf = (tag, believed) => (believed(tag) && tag.latest.v !== null ? withUnit(tag.latest.v, tag) : "–");
