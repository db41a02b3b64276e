/** A zone's inflow over the last day, and what is usual for each hour of its week. */
import { get } from "./http.js";
import { plantNow } from "./clock.js";

const HOUR = 3600e3;
const WEEK_H = 168;
const WEEKS = 4;
export const DAY_POINTS = 96;

/**
 * A tag's history as `{t, v, q}` columns, thinned to about `points`: two a window, its lowest and highest;
 * `v` is null where Bad.
 * @param {string} tag @param {number} from ms @param {number} to ms @param {number} points
 */
export function history(tag, from, to, points) {
  const span = `start=${new Date(from).toISOString()}&end=${new Date(to).toISOString()}`;
  return get(`/api/v1/tags/${encodeURIComponent(tag)}/history?${span}&points=${points}`);
}

/**
 * Net inflow of a zone on a grid of `n` windows of `step` ms from `from`.
 * @param {{inflow: string[], outflow: string[]}} zone
 * @param {number} from @param {number} step @param {number} n
 * @returns {Promise<(number|null)[]>}
 */
export async function netInflow(zone, from, step, n) {
  /** @type {(number|null)[]} */
  const net = Array(n).fill(null);
  const parts = [...zone.inflow.map((id) => [id, 1]), ...zone.outflow.map((id) => [id, -1])];
  const columns = await Promise.all(parts.map(([id]) => history(String(id), from, from + step * n, n * 2)));
  columns.forEach((column, i) => {
    const sign = Number(parts[i][1]);
    const means = onGrid(column, from, step, n);
    means.forEach((mean, at) => {
      if (mean === null || (i > 0 && net[at] === null)) net[at] = null;
      else net[at] = (net[at] ?? 0) + sign * mean;
    });
  });
  return net;
}

/** @param {{t: string[], v: (number|null)[]}} column @param {number} from @param {number} step @param {number} n */
function onGrid(column, from, step, n) {
  const sum = new Float64Array(n);
  const count = new Uint32Array(n);
  column.t.forEach((text, i) => {
    const at = Math.floor((Date.parse(text) - from) / step);
    const value = column.v[i];
    if (at < 0 || at >= n || value === null) return;
    sum[at] += value;
    count[at] += 1;
  });
  return Array.from(sum, (total, i) => (count[i] ? total / count[i] : null));
}

/** @param {number[]} sorted @param {number} share */
const quantile = (sorted, share) => sorted[Math.round((sorted.length - 1) * share)];

/**
 * What is usual: for each hour of the week the 10th, 50th and 90th percentile of the same hour and its
 * neighbours over the past four weeks.
 */
export class Usual {
  /** @param {number} from ms, a whole hour @param {(number|null)[]} hours */
  constructor(from, hours) {
    this.from = from;
    this.hours = hours;
  }

  /** @param {number} ms @returns {{low: number, mid: number, high: number}|null} null with too little past */
  at(ms) {
    const hour = Math.floor((ms - this.from) / HOUR);
    const values = [];
    for (let week = 1; week <= WEEKS; week += 1) {
      for (const near of [-1, 0, 1]) {
        const value = this.hours[hour - week * WEEK_H + near];
        if (value !== null && value !== undefined) values.push(value);
      }
    }
    if (values.length < 4) return null;
    values.sort((a, b) => a - b);
    return { low: quantile(values, 0.1), mid: quantile(values, 0.5), high: quantile(values, 0.9) };
  }
}

/** @param {{inflow: string[], outflow: string[]}} zone @returns {Promise<Usual>} */
export async function usualOf(zone) {
  const to = Math.floor(plantNow() / HOUR) * HOUR;
  const from = to - (WEEKS * WEEK_H + 25) * HOUR;
  return new Usual(from, await netInflow(zone, from, HOUR, (to - from) / HOUR));
}

/** The last hours on a grid of so many points, ending now.
 * @param {{inflow: string[], outflow: string[]}} zone @param {number} hours @param {number} points @param {number} [end] ms, or then */
export async function lastHours(zone, hours, points, end = plantNow()) {
  const step = (hours * HOUR) / points;
  const to = Math.ceil(end / step) * step;
  const from = to - hours * HOUR;
  return { from, step, values: await netInflow(zone, from, step, points) };
}

/** The last day in quarter hours. @param {{inflow: string[], outflow: string[]}} zone */
export const dayOf = (zone) => lastHours(zone, 24, DAY_POINTS);
