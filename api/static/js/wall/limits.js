/** The limits in force and the last laboratory samples, by zone: asked for once a minute, for a limit may end at midnight
 * and a laboratory's results are taken in by day. */
import { get, need } from "../core/http.js";
import { number } from "../core/format.js";
import { page } from "../core/page.js";

const PATH = "/api/v1/quality";

/** @type {Map<string, any>} */
const known = new Map();

/** @param {any} answer */
function take({ items }) {
  known.clear();
  for (const item of items) known.set(item.zone, item);
}

/** Nothing is held against limits before they are known. */
export const firstLimits = async () => take(await need(PATH));

/** What was known stays until there is a newer answer. @param {() => void} changed */
export const renewLimits = (changed) => get(PATH).then(take).then(changed, () => undefined);

/** @param {string} zone */
export const laboratoryOf = (zone) => known.get(zone)?.laboratory ?? null;

/** @param {string} zone @param {string} quantity @returns {any} null where nothing limits it */
export const limitOf = (zone, quantity) => known.get(zone)?.limits.find((/** @type {any} */ one) => one.item === quantity) ?? null;

/** Every limit that is shown. */
export const limits = () => [...known.values()].flatMap((zone) => zone.limits);

/** What the laboratory found that does not comply, the newest first. @returns {{zone: string, sampled: string, one: any}[]} */
export const failures = () => [...known.values()]
  .filter(({ laboratory }) => laboratory)
  .flatMap(({ zone, laboratory }) => laboratory.failed.map((/** @type {any} */ one) => ({ zone, sampled: laboratory.sampled, one })))
  .sort((a, b) => b.sampled.localeCompare(a.sampled));

/** As a standard writes it: "0.3–2", "≤1". @param {any} limit */
export function figures(limit) {
  if (!limit) return "";
  const { low, high } = limit;
  const star = limit.unverified.length ? "*" : "";
  const short = (/** @type {number} */ v) => number(v, (String(v).split(".")[1] ?? "").length);
  if (low !== null && high !== null) return `${short(low)}–${short(high)}${star}`;
  return low !== null ? `≥${short(low)}${star}` : high !== null ? `≤${short(high)}${star}` : "";
}

/** The day of a sample, as short as it is plain: "11-20", "20 Nov". @param {string} day */
export function shortDay(day) {
  const at = new Date(`${day}T00:00:00Z`);
  return page.lang === "zh" ? day.slice(5) : at.toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
}
