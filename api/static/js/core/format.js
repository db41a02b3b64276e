/** Numbers, times and ages as people read them. All times on screens are Asia/Shanghai. */
import { plantNow } from "./clock.js";
import { lang, t } from "./words.js";

const ZONE = { timeZone: "Asia/Shanghai", hourCycle: /** @type {"h23"} */ ("h23") };
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
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits, signDisplay: "negative" });
}

/** Of things that are counted: whole unless it is not. @param {number} value */
export const amount = (value) => number(value, Number.isInteger(value) ? 0 : 1);

const DIGITS = /** @type {Record<string, number>} */ ({
  flow: 0, pressure: 1, level: 2, volume: 0, free_chlorine: 2, turbidity: 2, ph: 2, conductivity: 0,
  temperature: 1, status: 0, speed: 2,
});

/** @param {string} quantity */
export const digitsOf = (quantity) => DIGITS[quantity] ?? 2;

const UNITS = /** @type {Record<string, string>} */ ({ "m3/h": "m³/h", m3: "m³", Cel: "°C", "uS/cm": "µS/cm", pH: "" });

/** @param {string} unit */
export const unitOf = (unit) => UNITS[unit] ?? unit;

/** A signed share, "+42%"; "±0%" when it rounds to nothing. @param {number} share */
export function percent(share) {
  const whole = Math.round(share * 100);
  return `${whole > 0 ? "+" : whole < 0 ? "−" : "±"}${Math.abs(whole)}%`;
}

/** How long ago, in two digits at most. @param {number} seconds */
export function age(seconds) {
  if (!Number.isFinite(seconds)) return "–";
  const s = Math.max(0, seconds);
  if (s < 60) return t("age.s", { n: Math.floor(s) });
  if (s < 3600) return t("age.min", { n: Math.floor(s / 60) });
  if (s < 86400) return t("age.h", { n: Math.floor(s / 3600) });
  return t("age.d", { n: Math.floor(s / 86400) });
}
