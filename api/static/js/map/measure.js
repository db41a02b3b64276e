/** A distance on the map, corner by corner, and the scale that it is drawn to. */
import { number } from "../core/format.js";

/** @param {{x: number, y: number}[]} points */
export function lengthOf(points) {
  let sum = 0;
  for (let i = 1; i < points.length; i += 1) sum += Math.hypot(points[i].x - points[i - 1].x, points[i].y - points[i - 1].y);
  return sum;
}

/** @param {number} metres */
export const distance = (metres) => (metres < 1000 ? `${number(metres)} m` : `${number(metres / 1000, 2)} km`);

/** @param {CanvasRenderingContext2D} g @param {import("./project.js").Projection} p @param {{x: number, y: number}[]} points
 * @param {(name: string) => string} token @param {string} font */
export function drawMeasure(g, p, points, token, font) {
  if (!points.length) return;
  const at = points.map(({ x, y }) => ({ x: p.x(x), y: p.y(y) }));
  for (const [colour, width] of [[token("--map-ground"), 7], [token("--text"), 3]]) {
    g.beginPath();
    at.forEach(({ x, y }, i) => (i ? g.lineTo(x, y) : g.moveTo(x, y)));
    g.strokeStyle = String(colour);
    g.lineWidth = Number(width);
    g.setLineDash(width === 3 ? [9, 6] : []);
    g.stroke();
  }
  g.setLineDash([]);
  for (const { x, y } of at) {
    g.beginPath();
    g.arc(x, y, 5, 0, Math.PI * 2);
    g.fillStyle = token("--text");
    g.fill();
  }
  if (at.length < 2) return;
  const last = at[at.length - 1];
  const text = distance(lengthOf(points));
  g.font = font;
  g.textAlign = "left";
  g.textBaseline = "middle";
  const w = g.measureText(text).width + 12;
  g.fillStyle = token("--text");
  g.fillRect(last.x + 10, last.y - 12, w, 24);
  g.fillStyle = token("--bg");
  g.fillText(text, last.x + 16, last.y);
}

/** A round length that is about a tenth of the pane. @param {CanvasRenderingContext2D} g @param {import("./project.js").Projection} p
 * @param {import("./project.js").Box} pane @param {(name: string) => string} token @param {string} font */
export function drawScale(g, p, pane, token, font) {
  const about = (pane.w * 0.14) / p.scale;
  const power = 10 ** Math.floor(Math.log10(about));
  const metres = [5, 2, 1].map((n) => n * power).find((n) => n <= about) ?? power;
  const [x, y, w] = [16, pane.h - 16, metres * p.scale];
  g.strokeStyle = token("--text");
  g.lineWidth = 2;
  g.beginPath();
  g.moveTo(x, y - 5);
  g.lineTo(x, y);
  g.lineTo(x + w, y);
  g.lineTo(x + w, y - 5);
  g.stroke();
  g.font = font;
  g.textAlign = "left";
  g.textBaseline = "alphabetic";
  g.lineWidth = 4;
  g.strokeStyle = token("--map-ground");
  g.strokeText(distance(metres), x + 6, y - 6);
  g.fillStyle = token("--text");
  g.fillText(distance(metres), x + 6, y - 6);
}
