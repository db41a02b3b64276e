/** One line: the worst alarm nobody has answered. What, where, how much, since when, who is on it. */
import { standing, unanswered, withheld, worse } from "../core/alarms.js";
import { plantNow } from "../core/clock.js";
import { byId, el, redraw, setAttr, setText } from "../core/dom.js";
import { age, timeOfDay, instant } from "../core/format.js";
import { mark } from "../core/priority.js";
import { reading } from "../control/reading.js";
import { local, t } from "../core/words.js";
import { fit } from "./fit.js";

/** Whose value is what its instrument, or its zone's inflow, read then: it may be another now. */
const MEASURED = new Set(["burst", "limit_high", "limit_low", "ewma", "cusum"]);
/**
 * @param {any[]} alarms
 * @param {Map<string, any>} tags
 * @param {(alarm: any) => string} where
 * @param {(alarm: any) => string} onIt the work order's state in words
 * @param {(alarm: any) => number|null} current what it measures now; null where that is not known
 */
export function drawBanner(alarms, tags, where, onIt, current) {
  const ranked = alarms.filter(standing).sort(worse);
  const first = ranked[0];
  const banner = byId("banner");
  const waiting = first ? unanswered(first) : false;
  banner.className = first ? `banner p${first.priority} ${!waiting ? "answered" : first.active ? "unanswered blink" : "returned"}` : "banner none";
  if (!first) {
    redraw(banner, el("span", { class: "quiet" }, t(alarms.some(withheld) ? "wall.none_heard" : "wall.no_alarms")));
    return;
  }
  const more = ranked.filter((alarm) => alarm.active === first.active && (!waiting || unanswered(alarm))).length - 1;
  redraw(banner, ...line(first, tags.get(first.tag), where(first), onIt(first), more, waiting));
  now(banner, first, tags.get(first.tag), current);
  const since = banner.querySelector("time");
  if (since) setText(since, sinceText(first));
  fit(banner, [".then", ".acked", ".where", ".order", ".limit"].map((part) => banner.querySelector(part)), banner.querySelector(".what"));
  announce(first, where(first), waiting);
}

/** @param {any} alarm @param {any} tag @param {string} place @param {string} order @param {number} more @param {boolean} waiting */
function line(alarm, tag, place, order, more, waiting) {
  return [
    mark(alarm.priority),
    !alarm.active && el("span", { class: "over" }, t("wall.returned")),
    el("strong", { class: "what" }, local(alarm.name)),
    place && !local(alarm.name).includes(place) && el("span", { class: "where" }, place),
    el("span", { class: "value" }, ...valueText(alarm, tag)),
    el("time", {}),
    order && el("span", { class: "order" }, order),
    !waiting && el("span", { class: "acked" }, t("state.ACKED")),
    more > 0 && el("span", { class: "more" }, t("wall.more", { n: more })),
  ];
}

/** What it was when it was raised, as such; beside it, once it is another, what it is now. @param {any} alarm @param {any} tag */
function valueText(alarm, tag) {
  const read = reading(alarm, tag);
  if (!read) return [];
  const { limit, usual, status } = read;
  const against = status ? t("reading.against", { limit }) : usual ? t("wall.usually", { limit }) : t("wall.limit", { limit });
  return [el("span", { class: "measured" }), el("span", { class: "then" }), " ", limit && el("span", { class: "limit" }, against)];
}

/** @param {Element} banner @param {any} alarm @param {any} tag @param {(alarm: any) => number|null} current */
function now(banner, alarm, tag, current) {
  const measured = banner.querySelector(".measured");
  const raised = reading(alarm, tag);
  if (!measured || !raised) return;
  const value = MEASURED.has(alarm.kind) ? current(alarm) : null;
  const read = value === null ? null : reading({ ...alarm, value }, tag);
  const [then, today] = [`${raised.value} ${raised.unit}`.trim(), read && `${read.value} ${read.unit}`.trim()];
  const same = raised.status || today === then;
  setText(measured, same ? then : today || t("wall.raised_at", { value: then }));
  setText(/** @type {Element} */ (banner.querySelector(".then")), today && !same ? ` · ${t("wall.raised_at", { value: then })}` : "");
}

/** @param {any} alarm */
function sinceText(alarm) {
  const raised = instant(alarm.raised);
  return `${timeOfDay(raised)} · ${age((plantNow() - raised) / 1000)}`;
}

let said = "";

/** Only new P1 and P2 are spoken. @param {any} alarm @param {string} place @param {boolean} waiting */
function announce(alarm, place, waiting) {
  const key = `${alarm.id}|${alarm.occurrence}|${alarm.priority}`;
  if (!waiting || !alarm.active || alarm.priority > 2 || said === key) return;
  said = key;
  setText(byId("spoken"), t("wall.spoken", { priority: alarm.priority, what: local(alarm.name), where: place }));
  setAttr(byId("spoken"), "lang", document.documentElement.lang);
}
