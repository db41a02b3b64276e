/** Numbers, times and ages as people read them. All times on screens are Asia/Shanghai. */
import { plantNow } from "./clock.js";
import { page } from "./page.js";
import { lang, t } from "./words.js";

/** @type {{timeZone: string, hourCycle: "h23"}} */
const ZONE = { timeZone: "Asia/Shanghai", hourCycle: "h23" };
const locale = lang === "zh" ? "zh-CN" : "en-GB";
const CLOCK = new Intl.DateTimeFormat(locale, { ...ZONE, hour: "2-digit", minute: "2-digit", second: "2-digit" });
const HOUR = new Intl.DateTimeFormat(locale, { ...ZONE, hour: "2-digit", minute: "2-digit" });
const DATE = new Intl.DateTimeFormat(locale, { ...ZONE, month: "short", day: "numeric", weekday: "short" });
const SHORT = new Intl.DateTimeFormat(locale, { ...ZONE, month: "2-digit", day: "2-digit", hour: "2-digit",
  minute: "2-digit" });

const DAY = new Intl.DateTimeFormat(locale, { ...ZONE, year: "numeric", month: "short", day: "numeric" });

/** @param {number} ms */
export const clockTime = (ms) => CLOCK.format(ms);
/** The time of day alone: where the day is told beside it, or how long ago. @param {number} ms */
export const timeOfDay = (ms) => HOUR.format(ms);
/** When: 23:56 of yesterday, and 00:10 of tomorrow, with their date. @param {number} ms */
export const hourMinute = (ms) => (dayOf(ms) === dayOf(plantNow() || Date.now()) ? HOUR : SHORT).format(ms);
/** Of a time that may not be known. @param {number} ms */
export const timeOf = (ms) => (Number.isFinite(ms) ? hourMinute(ms) : "–");
/** @param {number} ms */
export const dateOf = (ms) => DATE.format(ms);
/** @param {number} ms */
export const dateTime = (ms) => SHORT.format(ms);

/** With its year, for what is years away. @param {number} ms */
export const day = (ms) => DAY.format(ms);

/** ms of an RFC 3339 time; NaN for none. @param {string|null|undefined} text */
export const instant = (text) => (text ? Date.parse(text) : NaN);

/** Which day in Shanghai, counted. @param {number} ms */
const dayOf = (ms) => Math.floor((ms + 8 * 3600e3) / 86400e3);

/** Ms since the last midnight in Shanghai (UTC+8 all year). @param {number} ms */
export const sinceMidnight = (ms) => (ms + 8 * 3600e3) % 86400e3;

/** @param {number|null|undefined} value @param {number} [digits] */
export function number(value, digits = 0) {
  if (!Number.isFinite(value)) return "–";
  return Number(value).toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits, signDisplay: "negative" });
}

/** Of things that are counted: whole unless it is not. @param {number} value */
export const amount = (value) => number(value, Number.isInteger(value) ? 0 : 1);

/** Of others than two; a pressure's go with its unit. @type {Record<string, number>} */
const DIGITS = { flow: 0, volume: 0, conductivity: 0, status: 0, silence: 0, temperature: 1 };

/** @type {Record<string, string>} */
const UNITS = { "m3/h": "m³/h", m3: "m³", Cel: "°C", "uS/cm": "µS/cm", pH: "" };

/** @typedef {{quantity: string, unit: string}} Measure a tag, or what is said of one */

/** What no tag stands for: the sum of several, or the least of them. Pressures are kept in metres of water. */
export const FLOW = { quantity: "flow", unit: "m3/h" };
export const PRESSURE = { quantity: "pressure", unit: "m" };

/** How this site's people read what is kept: a factor, how many places, and of what. @param {Measure} of */
const scaleOf = ({ quantity, unit }) =>
  quantity === "pressure" ? page.pressure : { unit: UNITS[unit] ?? unit, factor: 1, digits: DIGITS[quantity] ?? 2 };

/** @param {Measure} of */
export const digitsOf = (of) => scaleOf(of).digits;

/** @param {Measure} of */
export const unitOf = (of) => scaleOf(of).unit;

/** In the unit that it is read in; null stays. @param {any} value @param {Measure} of */
export const scaled = (value, of) => value && value * scaleOf(of).factor;

/** Without its unit. @param {number|null|undefined} value @param {Measure} of @param {number} [digits] */
export const figure = (value, of, digits = digitsOf(of)) => number(scaled(value, of), digits);

/** With its unit. @param {number|null|undefined} value @param {Measure} of @param {number} [digits] */
export const withUnit = (value, of, digits) => `${figure(value, of, digits)} ${unitOf(of)}`.trim();

/** How long ago, in two digits at most. @param {number} seconds */
export function age(seconds) {
  if (!Number.isFinite(seconds)) return "–";
  const s = Math.max(0, seconds);
  if (s < 60) return t("age.s", { n: Math.floor(s) });
  if (s < 3600) return t("age.min", { n: Math.floor(s / 60) });
  if (s < 86400) return t("age.h", { n: Math.floor(s / 3600) });
  return t("age.d", { n: Math.floor(s / 86400) });
}
