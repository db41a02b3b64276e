/** The pens' past: asked for together, and parted by quality. A late answer to an old question is dropped. */
import { history } from "../core/history.js";
import { classOf } from "../core/quality.js";
import { store } from "../core/store.js";

const POINTS = 1500;
/** Bad, without a reason. */
const NOTHING = 0x80000000;
/** UncertainNoCommunicationLastUsable, UncertainLastUsableValue, UncertainSubNormal: held, or made of fewer sources. */
const HELD = new Set([0x408f, 0x4090, 0x4095]);

/**
 * @typedef {object} Pen
 * @property {string} id
 * @property {any} tag
 * @property {number[]} t seconds
 * @property {(number|null)[]} v null where Bad
 * @property {number[]} q
 * @property {(number|null)[]} good drawn solid
 * @property {(number|null)[]} doubt drawn dashed: Uncertain, with the neighbour it leads to
 * @property {(number|null)[]} held drawn hollow
 * @property {{from: number, to: number, q: number}[]} gaps ms
 * @property {boolean} bounds lowest and highest of windows
 * @property {Error|null} error
 */

/** @param {string[]} ids @param {number} from @param {number} to ms @returns {Promise<Pen[]>} */
export const load = (ids, from, to) => Promise.all(ids.map((id) => one(id, from, to)));

/** @param {string} id @param {number} from @param {number} to @returns {Promise<Pen>} */
async function one(id, from, to) {
  const tag = store.tags.get(id);
  try {
    return { id, tag, error: null, ...parted(await history(id, from, to, POINTS), to) };
  } catch (error) {
    return { id, tag, error: /** @type {Error} */ (error), ...parted({ t: [], v: [], q: [], aggregated: false }, to) };
  }
}

/** @typedef {{t: string[], v: (number|null)[], q: number[], aggregated: boolean}} Columns */

/** A window in which nothing was recorded, and no reading was lost either. @param {number} q */
export const unrecorded = (q) => q >>> 0 === NOTHING;

/** Without empty windows between samples that lie so far apart anyway: what is sent on change alone has no gaps.
 * @param {Columns} columns @returns {Columns} */
function bridged(columns) {
  if (!columns.aggregated) return columns;
  const ms = columns.t.map((text) => Date.parse(text));
  const real = ms.filter((_, i) => !unrecorded(columns.q[i]));
  const steps = real.slice(1).map((at, i) => at - real[i]).sort((a, b) => a - b);
  const longest = 3 * (steps[Math.floor(steps.length * 0.75)] ?? 0);
  let last = -Infinity;
  let next = 0;
  const kept = ms.map((at, i) => {
    if (!unrecorded(columns.q[i])) {
      last = at;
      return true;
    }
    while (next < real.length && real[next] < at) next += 1;
    return !((real[next] ?? Infinity) - last <= longest);
  });
  const pick = (/** @type {any[]} */ column) => column.filter((_, i) => kept[i]);
  return { ...columns, t: pick(columns.t), v: pick(columns.v), q: pick(columns.q) };
}

/** @param {Columns} whole @param {number} to */
export function parted(whole, to) {
  const columns = bridged(whole);
  const { v, q } = columns;
  const kinds = q.map(classOf);
  const doubtful = (/** @type {number} */ i) => kinds[i] === "uncertain";
  return {
    t: columns.t.map((text) => Date.parse(text) / 1000),
    v,
    q,
    bounds: columns.aggregated,
    good: v.map((value, i) => (kinds[i] === "good" ? value : null)),
    doubt: v.map((value, i) => (doubtful(i) || (kinds[i] === "good" && (doubtful(i - 1) || doubtful(i + 1))) ? value : null)),
    held: v.map((value, i) => (HELD.has(q[i] >>> 16) ? value : null)),
    gaps: gapsOf(columns.t, q, kinds, to),
  };
}

/** From each Bad sample up to the next that is none: one is written when a reading is lost, none while it stays so.
 * @param {string[]} t @param {number[]} q @param {string[]} kinds @param {number} to */
function gapsOf(t, q, kinds, to) {
  const gaps = [];
  for (let i = 0; i < t.length; i += 1) {
    if (kinds[i] !== "bad") continue;
    const from = i;
    while (i + 1 < t.length && q[i + 1] === q[from]) i += 1;
    gaps.push({ from: Date.parse(t[from]), to: i + 1 < t.length ? Date.parse(t[i + 1]) : to, q: q[from] });
  }
  return gaps;
}

/** The newest sample at or before a time. @param {Pen} pen @param {number} s @returns {number} its place; -1 for none */
export function at(pen, s) {
  let low = 0;
  let high = pen.t.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (pen.t[middle] <= s) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** @param {Pen} pen @returns {{low: number, high: number}|null} of what is not Bad */
export function extremes(pen) {
  let low = Infinity;
  let high = -Infinity;
  for (const value of pen.v) {
    if (value === null) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? { low, high } : null;
}
