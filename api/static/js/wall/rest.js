/** What a screen does to be left alone for months: it shifts a little, and loads itself anew when that disturbs nobody. */
import { standing, unanswered } from "../core/alarms.js";
import { plantNow } from "../core/clock.js";
import { sinceMidnight } from "../core/format.js";
import { page } from "../core/page.js";
import { t } from "../core/words.js";

const SHIFT_EVERY_MS = 5 * 60e3;
const SHIFTS = [[0, 0], [4, 0], [4, 4], [0, 4], [-4, 4], [-4, 0], [-4, -4], [0, -4], [4, -4]];
const WEEK_MS = 7 * 86400e3;
const QUIET_MS = 60e3;
const RELOAD_HOUR = 4;
/** A page that is younger was loaded today. */
const OLD_MS = 12 * 3600e3;
/** A hub whose pages do not agree with its heartbeat is not asked in a circle. */
const AGAIN_MS = 10 * 60e3;
const KEPT = "reloaded";

/** Against burn-in: all by some pixels each five minutes, the figures' order by the week. @param {number} [now] ms */
export function shift(now = Date.now()) {
  const [x, y] = SHIFTS[Math.floor(now / SHIFT_EVERY_MS) % SHIFTS.length];
  document.body.style.setProperty("--dx", `${x}px`);
  document.body.style.setProperty("--dy", `${y}px`);
  const figures = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".kpi")]);
  const week = Math.floor(now / WEEK_MS);
  figures.forEach((figure, i) => { figure.style.order = String((i + week) % figures.length); });
}

/** Nobody is waited for: no alarm of priority 1 or 2 that nobody has answered. @param {any[]} alarms */
const quiet = (alarms) => !alarms.some((alarm) => alarm.priority <= 2 && standing(alarm) && unanswered(alarm));

/** Why the page should be loaded anew now, or null.
 * @param {{other: boolean, quietMs: number, ageMs: number, hour: number, lastMs: number}} is other: the hub has another
 * version; lastMs: since it was last loaded anew by itself
 * @returns {"version"|"daily"|null} */
export function reloadDue({ other, quietMs, ageMs, hour, lastMs }) {
  if (quietMs < QUIET_MS || lastMs < AGAIN_MS) return null;
  if (other) return "version";
  return hour === RELOAD_HOUR && ageMs > OLD_MS ? "daily" : null;
}

let since = performance.now();

/** @param {any} pulse */
const other = (pulse) => Boolean(pulse?.version) && !page.static.includes(pulse.version);

/** At each heartbeat: so that a hub that is away is never asked for a page. @param {any} pulse @param {any[]} alarms */
export function rest(pulse, alarms) {
  const now = performance.now();
  if (!quiet(alarms)) since = now;
  const last = Number(sessionStorage.getItem(KEPT) ?? -Infinity);
  const hour = Math.floor(sinceMidnight(plantNow()) / 3600e3);
  if (!reloadDue({ other: other(pulse), quietMs: now - since, ageMs: now, hour, lastMs: Date.now() - last })) return;
  sessionStorage.setItem(KEPT, String(Date.now()));
  location.reload();
}

/** @param {any} pulse @returns {import("./ages.js").Trouble[]} */
export const versionTroubles = (pulse) =>
  other(pulse) ? [{ key: "version", level: "plain", text: t("wall.other_version") }] : [];
