/** The network's grey base: zones as soft ground, pipes by importance. Drawn once into a bitmap. */

/**
 * @typedef {object} Net
 * @property {Map<string, {id: string, kind: string, x: number, y: number, zone: string|null}>} nodes
 * @property {{id: string, kind: string, zone: string|null, street: string|null, diameter: number,
 *   points: number[], ends: (string|null)[]}[]} links points: x0, y0, x1, y1 … in metres; ends: their zones
 */

const MAIN_MM = 300;
const TRUNK_MM = 500;
/** How wide a pipe's ground is: about a block, so that a zone's streets grow together. */
const GROUND_M = 190;

/**
 * @param {CanvasRenderingContext2D} g
 * @param {import("./project.js").Projection} p
 * @param {number[]} points
 */
export function trace(g, p, points) {
  g.moveTo(p.x(points[0]), p.y(points[1]));
  for (let i = 2; i < points.length; i += 2) g.lineTo(p.x(points[i]), p.y(points[i + 1]));
}

/**
 * Stroke many links as one path.
 * @param {CanvasRenderingContext2D} g
 * @param {import("./project.js").Projection} p
 * @param {Iterable<Net["links"][number]>} links
 * @param {string} colour @param {number} width
 */
export function stroke(g, p, links, colour, width) {
  g.beginPath();
  for (const link of links) trace(g, p, link.points);
  g.lineCap = "round";
  g.lineJoin = "round";
  g.strokeStyle = colour;
  g.lineWidth = width;
  g.stroke();
}

/**
 * The ground a zone stands on: its own pipes, stroked wide, grow together into one soft shape.
 * @param {CanvasRenderingContext2D} g
 * @param {import("./project.js").Projection} p
 * @param {Net} net
 * @param {string} zone @param {string} colour
 */
export function ground(g, p, net, zone, colour) {
  stroke(g, p, net.links.filter((link) => link.zone === zone), colour, Math.max(10, p.scale * GROUND_M));
}

/**
 * @param {CanvasRenderingContext2D} g
 * @param {import("./project.js").Projection} p
 * @param {Net} net
 * @param {readonly string[]} zones drawn as ground
 * @param {(name: string) => string} token
 * @param {number} u the text size, px
 */
export function drawBase(g, p, net, zones, token, u) {
  for (const zone of zones) ground(g, p, net, zone, token("--map-zone"));
  drawPipes(g, p, net, token, u);
}

/**
 * Mains stand out from what branches off them.
 * @param {CanvasRenderingContext2D} g
 * @param {import("./project.js").Projection} p
 * @param {Net} net
 * @param {(name: string) => string} token
 * @param {number} u the text size, px
 */
export function drawPipes(g, p, net, token, u) {
  const thin = Math.max(1, u / 22);
  const minor = net.links.filter((link) => link.diameter < MAIN_MM);
  const main = net.links.filter((link) => link.diameter >= MAIN_MM && link.diameter < TRUNK_MM);
  const trunk = net.links.filter((link) => link.diameter >= TRUNK_MM);
  stroke(g, p, minor, token("--map-pipe"), thin);
  stroke(g, p, main, token("--map-main"), thin * 1.9);
  stroke(g, p, trunk, token("--map-main"), thin * 3);
}
