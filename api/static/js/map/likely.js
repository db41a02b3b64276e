/** The likely pipes of an incident: hatched by how likely each is, the first ones numbered. */
import { stroke } from "./base.js";

const NUMBERED = 3;
const FAINTEST = 0.01;

/**
 * Stripes at 45° in a colour, for stroking.
 * @param {CanvasRenderingContext2D} g @param {string} colour @param {number} step px
 */
function hatch(g, colour, step) {
  const tile = new OffscreenCanvas(step, step);
  const t = /** @type {OffscreenCanvasRenderingContext2D} */ (tile.getContext("2d"));
  t.strokeStyle = colour;
  t.lineWidth = step * 0.42;
  t.lineCap = "square";
  for (const shift of [-step, 0, step]) {
    t.beginPath();
    t.moveTo(shift, step);
    t.lineTo(shift + step, 0);
    t.stroke();
  }
  return /** @type {CanvasPattern} */ (g.createPattern(tile, "repeat"));
}

/**
 * @param {CanvasRenderingContext2D} g
 * @param {import("./project.js").Projection} p
 * @param {import("./network.js").Drawing} net
 * @param {{link: string, share: number, x: number, y: number}[]} candidates best first
 * @param {string} colour @param {string} paper @param {string} font @param {number} u
 */
export function drawLikely(g, p, net, candidates, colour, paper, font, u) {
  const best = Math.max(...candidates.map((c) => c.share), 1e-9);
  const stripes = hatch(g, colour, Math.max(5, Math.round(u / 4)));
  for (const candidate of [...candidates].reverse()) {
    const link = net.link.get(candidate.link);
    if (!link || candidate.share < FAINTEST) continue;
    const width = u * (0.22 + 0.5 * Math.sqrt(candidate.share / best));
    g.save();
    stroke(g, p, [link], paper, width + u * 0.14);
    stroke(g, p, [link], colour, width);
    stroke(g, p, [link], paper, Math.max(1, width - u * 0.12));
    g.beginPath();
    g.strokeStyle = stripes;
    g.lineWidth = Math.max(1, width - u * 0.12);
    g.lineCap = "butt";
    const points = link.points;
    g.moveTo(p.x(points[0]), p.y(points[1]));
    for (let i = 2; i < points.length; i += 2) g.lineTo(p.x(points[i]), p.y(points[i + 1]));
    g.stroke();
    g.restore();
  }
  numbers(g, p, candidates.slice(0, NUMBERED), colour, paper, font, u);
}

/**
 * @param {CanvasRenderingContext2D} g
 * @param {import("./project.js").Projection} p
 * @param {{x: number, y: number}[]} candidates
 * @param {string} colour @param {string} paper @param {string} font @param {number} u
 */
function numbers(g, p, candidates, colour, paper, font, u) {
  g.font = font;
  g.textAlign = "center";
  g.textBaseline = "middle";
  const taken = /** @type {{x: number, y: number}[]} */ ([]);
  candidates.forEach((candidate, i) => {
    const at = { x: p.x(candidate.x), y: p.y(candidate.y) };
    if (taken.some((other) => Math.hypot(other.x - at.x, other.y - at.y) < u * 1.1)) return;
    taken.push(at);
    const letter = "ABC"[i];
    g.beginPath();
    g.arc(at.x, at.y, u * 0.55, 0, Math.PI * 2);
    g.fillStyle = paper;
    g.fill();
    g.strokeStyle = colour;
    g.lineWidth = Math.max(2, u / 12);
    g.stroke();
    g.fillStyle = colour;
    g.fillText(letter, at.x, at.y + u * 0.04);
  });
}
