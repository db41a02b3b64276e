/** The focus inset: the worst incident's place, drawn large in the map's emptiest corner. */
import { drawBase, ground } from "./base.js";
import { drawLikely } from "./likely.js";
import { extentOf, Projection } from "./project.js";

/** @typedef {import("./project.js").Box} Box */

const AROUND_M = 240;

/**
 * What the inset should show, in metres: the likely pipes and their surroundings, or the whole zone.
 * @param {import("./network.js").Drawing} net @param {any} incident
 */
export function focusExtent(net, incident) {
  const candidates = (incident.location?.candidates ?? []).slice(0, 12);
  const likely = candidates.filter((/** @type {any} */ c) => c.share > 0.02);
  const points = likely.length
    ? likely
    : [...net.nodes.values()].filter((node) => node.zone === incident.zone);
  if (!points.length) return null;
  const e = extentOf(points);
  const margin = likely.length ? AROUND_M : 40;
  return { minX: e.minX - margin, maxX: e.maxX + margin, minY: e.minY - margin, maxY: e.maxY + margin };
}

const CORNERS = [[1, 1], [0, 1], [1, 0], [0, 0]];

/**
 * Where the inset hides least: in one corner, with the whole map moved toward the opposite one. Never over
 * the incident itself.
 * @param {import("./network.js").Drawing} net
 * @param {Box} pane @param {Box} room for the map within the pane
 * @param {number} w @param {number} h @param {number} gap
 * @param {import("./project.js").Extent} extent
 * @returns {{box: Box, p: Projection}}
 */
export function arrange(net, pane, room, w, h, gap, extent) {
  const choices = CORNERS.map(([right, low]) => {
    const box = { x: right ? pane.w - w - gap : gap, y: low ? pane.h - h - gap : gap, w, h };
    const p = new Projection(net.extent, room, 1 - right, 1 - low);
    const over = (/** @type {number} */ x, /** @type {number} */ y) => x > box.x && x < box.x + w && y > box.y && y < box.y + h;
    let cost = 0;
    for (const node of net.nodes.values()) cost += over(p.x(node.x), p.y(node.y)) ? 1 : 0;
    for (const x of [extent.minX, extent.maxX]) {
      for (const y of [extent.minY, extent.maxY]) cost += over(p.x(x), p.y(y)) ? 1e4 : 0;
    }
    return { box, p, cost };
  });
  return choices.reduce((a, b) => (b.cost < a.cost ? b : a));
}

/**
 * @param {CanvasRenderingContext2D} g
 * @param {import("./network.js").Drawing} net
 * @param {Box} box
 * @param {any} incident @param {any} extent
 * @param {{colour: string, fill: boolean, titles: string[], zones: string[],
 *   font: string, bold: string, u: number,
 *   marks: (g: CanvasRenderingContext2D, p: Projection, size: number, box: Box) => void}} style
 * @param {(name: string) => string} token
 */
export function drawFocus(g, net, box, incident, extent, style, token) {
  const { colour, u } = style;
  g.save();
  g.beginPath();
  g.rect(box.x, box.y, box.w, box.h);
  g.fillStyle = token("--map-ground");
  g.fill();
  g.clip();
  const head = u * 1.5;
  const inner = { x: box.x, y: box.y + head, w: box.w, h: box.h - head };
  const p = new Projection(extent, inner);
  drawBase(g, p, net, style.zones, token, u * 1.4);
  if (style.fill && incident.zone) tint(g, p, net, incident.zone, colour);
  style.marks(g, p, u, inner);
  const candidates = incident.location?.candidates ?? [];
  if (candidates.length) drawLikely(g, p, net, candidates, colour, token("--map-ground"), style.bold, u);
  g.fillStyle = token("--raised");
  g.fillRect(box.x, box.y, box.w, head);
  g.fillStyle = token("--text");
  g.font = style.font;
  g.textAlign = "left";
  g.textBaseline = "middle";
  let title = style.titles.find((text) => g.measureText(text).width < box.w - u) ?? style.titles.at(-1) ?? "";
  while (title.length > 2 && g.measureText(title).width > box.w - u) title = `${title.slice(0, -2)}…`;
  g.fillText(title, box.x + u * 0.5, box.y + head / 2);
  g.restore();
  g.strokeStyle = colour;
  g.lineWidth = Math.max(3, u / 9);
  g.strokeRect(box.x, box.y, box.w, box.h);
}

/** @param {CanvasRenderingContext2D} g @param {Projection} p @param {import("./network.js").Drawing} net
 * @param {string} zone @param {string} colour */
export function tint(g, p, net, zone, colour) {
  const layer = new OffscreenCanvas(g.canvas.width, g.canvas.height);
  const l = /** @type {any} */ (layer.getContext("2d"));
  l.setTransform(g.getTransform());
  ground(l, p, net, zone, colour);
  g.save();
  g.globalAlpha = 0.2;
  g.setTransform(1, 0, 0, 1, 0, 0);
  g.drawImage(layer, 0, 0);
  g.restore();
}

/** Two fine lines from the place on the map to the inset.
 * @param {CanvasRenderingContext2D} g @param {Projection} p @param {Box} box @param {any} extent
 * @param {string} colour @param {number} u */
export function leader(g, p, box, extent, colour, u) {
  const from = { x: p.x(extent.minX), y: p.y(extent.maxY), w: 0, h: 0 };
  from.w = p.x(extent.maxX) - from.x;
  from.h = p.y(extent.minY) - from.y;
  g.strokeStyle = colour;
  g.lineWidth = Math.max(2, u / 14);
  g.strokeRect(from.x, from.y, from.w, from.h);
  g.globalAlpha = 0.65;
  g.beginPath();
  const falling = (box.x + box.w / 2 - from.x) * (box.y + box.h / 2 - from.y) > 0;
  for (const [dx, dy] of falling ? [[1, 0], [0, 1]] : [[0, 0], [1, 1]]) {
    g.moveTo(from.x + dx * from.w, from.y + dy * from.h);
    g.lineTo(box.x + dx * box.w, box.y + dy * box.h);
  }
  g.stroke();
  g.globalAlpha = 1;
}

/** Where in the town that is: the whole town small in a corner, the shown piece framed. In the corner farthest from
 * what matters. @param {CanvasRenderingContext2D} g @param {import("./network.js").Drawing} net @param {Box} pane
 * @param {Projection} p @param {any} extent @param {{x: number, y: number}[]} points @param {(name: string) => string} token @param {number} u */
export function drawLocator(g, net, pane, p, extent, points, token, u) {
  const w = Math.min(pane.w * 0.3, u * 7);
  const h = Math.min(pane.h * 0.4, w * 0.7);
  const boxes = CORNERS.map(([right, low]) => ({ x: right ? pane.w - w : 0, y: low ? pane.h - h : 0, w, h }));
  const near = (/** @type {Box} */ box) => points.filter(({ x, y }) =>
    p.x(x) > box.x - u && p.x(x) < box.x + w + u && p.y(y) > box.y - u && p.y(y) < box.y + h + u).length;
  const box = boxes.reduce((a, b) => (near(b) < near(a) ? b : a));
  g.fillStyle = token("--raised");
  g.fillRect(box.x, box.y, w, h);
  const inner = { x: box.x + u * 0.4, y: box.y + u * 0.4, w: w - u * 0.8, h: h - u * 0.8 };
  const q = new Projection(net.extent, inner);
  drawBase(g, q, net, [], token, u * 0.4);
  g.strokeStyle = token("--text");
  g.lineWidth = Math.max(3, u / 9);
  g.strokeRect(q.x(extent.minX), q.y(extent.maxY), q.x(extent.maxX) - q.x(extent.minX), q.y(extent.minY) - q.y(extent.maxY));
  g.strokeStyle = token("--line");
  g.strokeRect(box.x, box.y, w, h);
}
