/** What is painted under the lines (incidents, notes, what is usual) and over them (gaps, alarms, pens' numbers). */
import { scaled } from "../core/format.js";
import { token } from "../core/theme.js";

/** @typedef {{pen: import("./past.js").Pen, n: number}[]} Group */

export const painted = {
  /** @type {{from: number, to: number, id: string, zones: (string|null)[]}[]} ms */ incidents: [],
  /** @type {{from: number, to: number, n: number, tags: string[]}[]} ms */ notes: [],
  /** @type {Map<string, {from: number, to: number, priority: number}[]>} by tag, ms */ alarms: new Map(),
  /** @type {{tag: string, hours: {at: number, low: number, high: number}[]}|null} */ usual: null,
};

const HOUR = 3600e3;
const LANE_PX = 5;

/** From and to in canvas pixels, within the panel. @param {any} u @param {number} from @param {number} to ms */
function across(u, from, to) {
  const { left, width } = u.bbox;
  const within = (/** @type {number} */ ms) => Math.min(left + width, Math.max(left, u.valToPos(ms / 1000, "x", true)));
  return { x: within(from), w: within(to) - within(from) };
}

/** @param {any} u @param {Group} group */
export function under(u, group) {
  const g = /** @type {CanvasRenderingContext2D} */ (u.ctx);
  const { top, height } = u.bbox;
  g.save();
  for (const one of painted.incidents) {
    if (!group.some(({ pen }) => one.zones.includes(pen.tag.zone))) continue;
    const { x, w } = across(u, one.from, one.to);
    if (w <= 0) continue;
    g.globalAlpha = 0.16;
    g.fillStyle = token("--p2-fill");
    g.fillRect(x, top, w, height);
    g.globalAlpha = 1;
    g.fillRect(x, top, 2 * devicePixelRatio, height);
  }
  g.globalAlpha = 1;
  band(u, group, g);
  g.restore();
}

/** What is usual for the hour of the week, of the pen that stands out. @param {any} u @param {Group} group @param {CanvasRenderingContext2D} g */
function band(u, group, g) {
  const { usual } = painted;
  if (!usual || !group.some(({ pen }) => pen.id === usual.tag)) return;
  g.fillStyle = token("--band");
  const { tag } = group[0].pen;
  for (const hour of usual.hours) {
    const { x, w } = across(u, hour.at, hour.at + HOUR);
    const high = Math.max(u.bbox.top, u.valToPos(scaled(hour.high, tag), "y", true));
    const low = Math.min(u.bbox.top + u.bbox.height, u.valToPos(scaled(hour.low, tag), "y", true));
    if (w > 0 && low > high) g.fillRect(x, high, w + 0.5, low - high);
  }
}

/** @param {any} u @param {Group} group */
export function over(u, group) {
  const g = /** @type {CanvasRenderingContext2D} */ (u.ctx);
  g.save();
  group.forEach(({ pen, n }, lane) => {
    gaps(u, g, pen, n, lane);
    alarms(u, g, pen, lane);
  });
  badges(u, g, group);
  for (const note of painted.notes) if (note.tags.some((tag) => group.some(({ pen }) => pen.id === tag))) flag(u, g, note);
  g.restore();
}

/** A hatched bar at the foot while nothing was known, in the pen's own lane.
 * @param {any} u @param {CanvasRenderingContext2D} g @param {import("./past.js").Pen} pen @param {number} n @param {number} lane */
function gaps(u, g, pen, n, lane) {
  const px = LANE_PX * devicePixelRatio;
  const y = u.bbox.top + u.bbox.height - (lane + 1) * (px + 2) - 1;
  for (const gap of pen.gaps) {
    const { x, w } = across(u, gap.from, gap.to);
    if (w < 0) continue;
    g.fillStyle = token("--bad");
    g.globalAlpha = 0.13;
    g.fillRect(x, u.bbox.top, w, u.bbox.height);
    g.globalAlpha = 1;
    g.fillStyle = token(`--pen-${n + 1}`);
    for (let at = x; at < x + Math.max(w, 2); at += px) g.fillRect(at, y, Math.min(px / 2, Math.max(2, x + w - at)), px);
  }
}

/** A bar at the head while an alarm of the tag was active. @param {any} u @param {CanvasRenderingContext2D} g @param {import("./past.js").Pen} pen @param {number} lane */
function alarms(u, g, pen, lane) {
  const px = LANE_PX * devicePixelRatio;
  for (const one of painted.alarms.get(pen.id) ?? []) {
    const { x, w } = across(u, one.from, one.to);
    if (w <= 0) continue;
    g.fillStyle = token(`--p${one.priority}-fill`);
    g.fillRect(x, u.bbox.top + lane * (px + 1), Math.max(w, 2 * devicePixelRatio), px);
  }
}

/** The pens' numbers where their lines end, none upon another: nobody has to tell eight colours apart.
 * @param {any} u @param {CanvasRenderingContext2D} g @param {Group} group */
function badges(u, g, group) {
  const dpr = devicePixelRatio;
  const size = 15 * dpr;
  const { top, height } = u.bbox;
  const ends = group.map(({ pen, n }) => ({ n, at: end(pen), pen })).filter(({ at }) => at >= 0)
    .map(({ n, at, pen }) => ({ n, x: across(u, pen.t[at] * 1000, pen.t[at] * 1000).x, y: u.valToPos(scaled(Number(pen.v[at]), pen.tag), "y", true) }))
    .sort((a, b) => a.y - b.y);
  let free = top + size / 2;
  ends.forEach((one, i) => {
    one.y = Math.min(Math.max(one.y, free), top + height - size * (ends.length - i - 0.5));
    free = one.y + size + dpr;
  });
  g.font = `700 ${11 * dpr}px ${token("--font")}`;
  g.textAlign = "center";
  g.textBaseline = "middle";
  for (const { n, x, y } of ends) {
    g.fillStyle = token(`--pen-${n + 1}`);
    g.fillRect(x + 4 * dpr, y - size / 2, size, size);
    g.fillStyle = token("--pane");
    g.fillText(String(n + 1), x + 4 * dpr + size / 2, y + dpr / 2);
  }
}

/** The place of the last value; -1 for none. @param {import("./past.js").Pen} pen */
function end(pen) {
  let last = pen.v.length - 1;
  while (last >= 0 && pen.v[last] === null) last -= 1;
  return last;
}

/** A note: a line, its span, and the letter it has in the list. @param {any} u @param {CanvasRenderingContext2D} g @param {{from: number, to: number, n: number}} note */
function flag(u, g, note) {
  const dpr = devicePixelRatio;
  const { left, top, width, height } = u.bbox;
  const { x, w } = across(u, note.from, note.to);
  if (x >= left + width || (w === 0 && x <= left)) return;
  g.globalAlpha = 0.14;
  g.fillStyle = token("--text");
  g.fillRect(x, top, w, height);
  g.globalAlpha = 1;
  g.fillRect(x, top, 1.5 * dpr, height);
  g.fillRect(x, top, 16 * dpr, 15 * dpr);
  g.fillStyle = token("--pane");
  g.font = `700 ${11 * dpr}px ${token("--font")}`;
  g.textAlign = "center";
  g.textBaseline = "middle";
  g.fillText(letter(note.n), x + 8 * dpr, top + 8 * dpr);
}

/** A, B … Z, A1 … @param {number} n */
export const letter = (n) => String.fromCharCode(65 + (n % 26)) + (n >= 26 ? Math.floor(n / 26) : "");
