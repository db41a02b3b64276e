/** P1 square, P2 triangle, P3 inverted triangle, P4 circle: the same shape on paper, wall and map. */
import { svg } from "./dom.js";

/** In a box of 20 by 20: outline as an SVG path, and the number's baseline. */
const SHAPES = /** @type {Record<number, {path: string, y: number}>} */ ({
  1: { path: "M2 2H18V18H2Z", y: 14.8 },
  2: { path: "M10 0.8L19.6 18.6H0.4Z", y: 16.6 },
  3: { path: "M0.4 1.4H19.6L10 19.2Z", y: 12.2 },
  4: { path: "M10 0.8A9.2 9.2 0 1 1 9.99 0.8Z", y: 14.7 },
});

/** The drawn mark. It is decoration: the words beside it say the same. @param {number|null} priority */
export function mark(priority) {
  const shape = SHAPES[priority ?? 4] ?? SHAPES[4];
  return svg(
    "svg",
    { class: priority ? `mark p${priority}` : "mark none", viewBox: "0 0 20 20", "aria-hidden": "true" },
    svg("path", { class: "body", d: shape.path }),
    svg("text", { x: 10, y: shape.y }, priority ?? ""),
  );
}

const paths = new Map(Object.entries(SHAPES).map(([p, s]) => [Number(p), new Path2D(s.path)]));

/**
 * The same mark on a canvas, its middle at (x, y).
 * @param {CanvasRenderingContext2D} g
 * @param {number} priority @param {number} x @param {number} y @param {number} size
 * @param {(name: string) => string} token
 */
export function drawMark(g, priority, x, y, size, token) {
  const scale = size / 20;
  g.save();
  g.translate(x - size / 2, y - size / 2);
  g.scale(scale, scale);
  const path = paths.get(priority) ?? new Path2D();
  g.lineJoin = "round";
  g.lineWidth = 3.5;
  g.strokeStyle = token("--map-ground");
  g.stroke(path);
  g.fillStyle = token(`--p${priority}-fill`);
  g.fill(path);
  g.fillStyle = token(`--p${priority}-on`);
  g.font = `700 13px ${token("--font")}`;
  g.textAlign = "center";
  g.textBaseline = "alphabetic";
  g.fillText(String(priority), 10, SHAPES[priority].y);
  g.restore();
}
