/** What an alarm went by, for people: its readings drawn, the window, what was expected, how far off, and in words. */
import { plantNow } from "../core/clock.js";
import { el, replace } from "../core/dom.js";
import { dateTime, figure, instant, number, sinceMidnight, withUnit } from "../core/format.js";
import { lastHours, usualOf } from "../core/history.js";
import { get } from "../core/http.js";
import { store } from "../core/store.js";
import { known, local, t } from "../core/words.js";
import { plot } from "./plot.js";

const HOUR = 3600e3;
const POINTS = 120;
const DAY = 24 * HOUR;
/** Hours that are drawn: the least in which the window is a third at most. */
const SPANS = [2, 6, 24, 72, 168, 336];
/** Of a leak: so many nights, each by its mean from 02:00 to 05:00 in Shanghai. */
const NIGHTS = 28;
const NIGHT_H = [2, 3, 4];
const OTHERS = 5;
/** Alarms of an incident that are drawn. */
const MOST = 3;
const STANDS_MS = 300e3;
/** Evidence that stands in a figure or in words already. */
const SAID = new Set(["class", "state", "pressure_agrees", "nights", "expected_m3h", "inflow_m3h", "night_m3h", "usual_m3h", "by_m3h", "station", "probability"]);

/** Of whose gauges it is told how far they fell; of others, in their own spreads. */
const FELL = "burst";

/** A figure stands for minutes. @param {any} alarm */
const keyOf = (alarm) => `${alarm.id}|${alarm.occurrence}|${alarm.active}|${Math.floor(plantNow() / STANDS_MS)}`;

/** By alarm and occurrence. @type {Map<string, Promise<HTMLElement>>} */
const made = new Map();

/** A figure of one alarm; null where its last occurrence cannot be read. @param {{id: string, occurrence: number, active: boolean}} alarm */
function explained(alarm) {
  const key = keyOf(alarm);
  const figure = made.get(key) ?? figureOf(alarm.id);
  for (const old of made.keys()) if (old !== key && old.startsWith(`${alarm.id}|`)) made.delete(old);
  made.set(key, figure);
  return figure;
}

/** @param {string} id */
async function figureOf(id) {
  const of = await get(`/api/v1/alarms/${encodeURIComponent(id)}/explained`);
  const figure = el("figure", { class: "explained", "data-kind": of.kind }, el("figcaption", {}, local(of.drawn) || local(of.name)));
  figure.append(el("p", { class: "usual" }, ...figures(of)));
  if (of.inflow.length) figure.append(await drawn(of));
  figure.append(el("p", { class: "window quiet" }, windowOf(of)), el("p", { class: "says" }, says(of)));
  const more = others(of);
  if (more) figure.append(el("p", { class: "others quiet" }, more));
  const rest = facts(of);
  if (rest.length) figure.append(el("dl", { class: "facts" }, ...rest));
  return figure;
}

/** @param {any} of */
async function drawn(of) {
  const now = plantNow();
  const [since, until] = [instant(of.since), of.until ? instant(of.until) : now];
  const wanted = (3 * (until - since)) / HOUR;
  const hours = SPANS.find((span) => span >= wanted) ?? 336;
  const nightly = of.kind === "leak";
  const end = nightly ? Math.min(now, until + 7 * DAY) : Math.min(now, until + (hours * HOUR) / 4);
  const own = nightly || of.low !== null || of.high !== null;
  try {
    const past = nightly ? nightsOf(of, end) : lastHours(of, hours, POINTS, end);
    const [day, usual] = await Promise.all([past, own ? null : usualOf(of).catch(() => null)]);
    const band = day.values.map((_, i) => usual?.at(day.from + (i + 0.5) * day.step) ?? null);
    const label = t("explained.plot", { name: local(of.drawn), from: dateTime(day.from), to: dateTime(end) });
    return el("div", { class: "drawn" }, plot({ ...day, usual: band, since, until, expected: of.expected, low: of.low, high: of.high }, label),
      el("p", { class: "axis quiet" }, el("span", {}, dateTime(day.from)), el("span", {}, dateTime(end))));
  } catch {
    return el("p", { class: "quiet" }, t("explained.no_history"));
  }
}

/** A mean a night. @param {any} of @param {number} end */
async function nightsOf(of, end) {
  const { from, values } = await lastHours(of, NIGHTS * 24, NIGHTS * 24, end);
  const hour = (/** @type {number} */ i) => Math.floor(sinceMidnight(from + i * HOUR) / HOUR);
  const first = values.findIndex((_, i) => hour(i) === NIGHT_H[0]);
  const means = [];
  for (let i = first; i + NIGHT_H.length <= values.length; i += 24) {
    const known = values.slice(i, i + NIGHT_H.length).filter((value) => value !== null);
    means.push(known.length ? known.reduce((sum, value) => sum + value, 0) / known.length : null);
  }
  // a value stands in the middle of its day's window: of a night, at half past three
  return { from: from + first * HOUR + (NIGHT_H.length / 2) * HOUR - DAY / 2, step: DAY, values: means };
}

/** Value, what was expected, how far off: each by its name, for where room is short. @param {any} of */
function figures(of) {
  const digits = of.quantity === "flow" ? 1 : undefined;
  const say = (/** @type {number} */ value) => figure(value, of, digits);
  const has = (/** @type {string} */ name) => of[name] !== null;
  const band = has("low") && has("high") ? t("explained.band", { low: say(of.low), high: say(of.high) })
    : has("high") ? t("explained.most", { high: say(of.high) }) : has("low") ? t("explained.least", { low: say(of.low) }) : "";
  const parts = {
    value: has("value") && withUnit(of.value, of, digits),
    expected: has("expected") && t("explained.expected", { value: say(of.expected) }),
    between: band,
    off: has("off") && t("explained.off", { off: `${of.off > 0 ? "+" : ""}${withUnit(of.off, of, digits)}` }),
    score: has("score") && t(known(`explained.score.${of.kind}`) ? `explained.score.${of.kind}` : "explained.score", { n: number(of.score, 1) }),
  };
  return Object.entries(parts).filter(([, said]) => said).map(([name, said], i) => el("span", { class: name }, i ? ` · ${said}` : said));
}

/** @param {any} of */
const windowOf = (of) => (of.until
  ? t("explained.window", { from: dateTime(instant(of.since)), to: dateTime(instant(of.until)) })
  : t("explained.goes_on", { from: dateTime(instant(of.since)) }));

/** What its detector looks at, and what it said beside. @param {any} of */
function says(of) {
  const { class: hint, state, pressure_agrees: agrees, nights } = of.evidence;
  const more = [
    hint && t("explained.class", { class: t(`evidence.${hint}`) }),
    state && t(`explained.${state}`),
    agrees && t(`explained.pressures_${agrees === "yes" ? "agree" : "differ"}`),
    nights && t("explained.nights", { n: number(nights) }),
  ].filter(Boolean);
  return [t(known(`explained.of.${of.kind}`) ? `explained.of.${of.kind}` : "explained.of.limit"), ...more].join(" ");
}

/** Of readings held against each other: how far each lies off. @param {any} of */
function others(of) {
  const each = Object.entries(of.others).sort(([, a], [, b]) => Math.abs(Number(b)) - Math.abs(Number(a))).slice(0, OTHERS)
    .map(([id, far]) => {
      const tag = store.tags.get(id);
      return t("explained.other", { name: local(tag?.name) || id, far: tag && of.kind === FELL ? withUnit(Number(far), tag) : number(Number(far), 1) });
    });
  return each.length ? t("explained.others", { each: each.join(t("explained.and")) }) : "";
}

/** What else it said. @param {any} of */
function facts(of) {
  return Object.entries(of.evidence).filter(([name]) => !SAID.has(name)).flatMap(([name, value]) => {
    const said = name === "share_of_mean" ? `${number(100 * Number(value))} %`
      : typeof value === "number" ? number(value, Math.abs(value) < 10 ? 2 : 0) : known(`evidence.${value}`) ? t(`evidence.${value}`) : String(value);
    return [el("dt", {}, known(`evidence.${name}`) ? t(`evidence.${name}`) : name.replaceAll("_", " ")), el("dd", {}, said)];
  });
}

/** The likeliest cause before what came first, before the rest; each of another kind.
 * @param {any[]} alarms @param {(string|null)[]} first */
function telling(alarms, first) {
  const rank = (/** @type {any} */ alarm) => first.indexOf(alarm.id) + 1 || first.length + 1;
  const kinds = new Map([...alarms].sort((a, b) => rank(b) - rank(a)).map((alarm) => [alarm.kind, alarm]));
  return [...kinds.values()].sort((a, b) => rank(a) - rank(b));
}

/** What each box shows. @type {WeakMap<HTMLElement, string>} */
const shown = new WeakMap();

/** Puts figures of a few of these alarms into a box; what cannot be read is left out. Whether it is drawn anew.
 * @param {HTMLElement} box @param {any[]} alarms @param {(string|null)[]} first @param {number} [most] */
export async function fill(box, alarms, first, most = MOST) {
  const some = telling(alarms, first).slice(0, most);
  const key = some.map(keyOf).join();
  if (shown.get(box) === key) return false;
  shown.set(box, key);
  const read = await Promise.allSettled(some.map(explained));
  if (shown.get(box) !== key) return false;
  replace(box, ...read.map((one) => (one.status === "fulfilled" ? one.value : null)));
  return true;
}
