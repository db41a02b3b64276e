/** How good the alarms are, beside the targets of ISA-18.2 and EEMUA 191, and what to do about the worst. */
import { plantNow } from "../core/clock.js";
import { el, replace } from "../core/dom.js";
import { age, dateTime, instant, number } from "../core/format.js";
import { get } from "../core/http.js";
import { mark } from "../core/priority.js";
import { local, t } from "../core/words.js";
import { advice } from "./commands.js";
import { address } from "./route.js";

const DAYS = [1, 7, 30, 90];
/** Of fewer, ten alarms cannot be less than 5 %. */
const LEAST = 200;
const percent = (/** @type {number} */ share) => `${number(100 * share, 1)} %`;
const H = 3600;
/** How long it was watched. @param {any} k */
const seconds = (k) => (instant(k.end) - instant(k.start)) / 1000;
const lasts = (/** @type {number} */ s) => (/** @type {any} */ k) => seconds(k) >= s;
/** Name, what is shown, the target in words, whether it is met, whether there is enough to judge by.
 * @type {[string, (k: any) => string, string, (k: any) => boolean, ((k: any) => boolean)?][]} */
const ROWS = [
  ["per_day", (k) => number(k.per_day, 1), "≤ 150", (k) => k.per_day <= 150, lasts(24 * H)],
  ["per_hour", (k) => number(k.per_hour, 1), "≤ 6", (k) => k.per_hour <= 6, lasts(H)],
  ["per_ten_min", (k) => number(k.per_ten_min, 2), "≤ 1", (k) => k.per_ten_min <= 1, lasts(H)],
  ["hours_over_30", (k) => percent(k.hours_over_30), "< 1 %", (k) => k.hours_over_30 < 0.01, lasts(24 * H)],
  ["ten_min_over_10", (k) => percent(k.ten_min_over_10), "< 1 %", (k) => k.ten_min_over_10 < 0.01, lasts(24 * H)],
  ["most_in_ten_min", (k) => number(k.most_in_ten_min), "≤ 10", (k) => k.most_in_ten_min <= 10],
  ["flood_share", (k) => percent(k.flood_share), "< 1 %", (k) => k.flood_share < 0.01],
  ["top_share", (k) => percent(k.top_share), "< 5 %", (k) => k.top_share < 0.05, (k) => k.annunciated >= LEAST],
  ["chattering", (k) => number(k.chattering), "0", (k) => k.chattering === 0],
  ["fleeting", (k) => number(k.fleeting), "0", (k) => k.fleeting === 0],
  ["stale", (k) => number(k.stale), "< 5", (k) => k.stale < 5],
  ["unauthorised", (k) => number(k.unauthorised), "0", (k) => k.unauthorised === 0],
];

let days = 30;
const node = el("div", { class: "figures" });
let asked = "";

/** @param {HTMLElement} place */
export function drawFigures(place) {
  if (place.lastChild !== node) place.append(node);
  const key = `${days}|${Math.floor(plantNow() / 60e3)}`;
  if (key === asked || !plantNow()) return;
  asked = key;
  void load();
}

async function load() {
  const key = asked;
  const start = new Date(plantNow() - days * 86_400e3).toISOString();
  try {
    const kpi = await get(`/api/v1/alarm-kpi?start=${encodeURIComponent(start)}`);
    if (key === asked) replace(node, ...page(kpi));
  } catch (error) {
    if (key === asked) replace(node, periods(), el("p", { class: "bad" }, advice(/** @type {Error} */ (error))));
  }
}

const periods = () => el("p", { class: "ranges" }, ...DAYS.map((n) =>
  el("button", { type: "button", "aria-pressed": String(n === days), onclick: () => { days = n; drawFigures(/** @type {HTMLElement} */ (node.parentElement)); } }, t("desk.days", { n }))));

/** @param {any} kpi */
const page = (kpi) => [
  periods(),
  el("h2", {}, t("desk.figures")),
  instant(kpi.start) > instant(kpi.asked) && el("p", { class: "since" }, t("desk.figures_since", { time: dateTime(instant(kpi.start)), span: age(seconds(kpi)) })),
  el("table", {}, el("thead", {}, el("tr", {}, ...["what", "value", "target"].map((h) => el("th", { scope: "col" }, t(`desk.figure_${h}`))))),
    el("tbody", {}, ...ROWS.map((row) => figure(row, kpi)))),
  el("p", { class: "quiet" }, t("desk.split"), " ", ...[1, 2, 3, 4].flatMap((p) => [mark(p), ` ${kpi.by_priority[p] ?? 0}  `]), ` · ${t("desk.compression", { members: kpi.members, incidents: kpi.incidents })}`),
  el("p", { class: "quiet" }, ...Object.entries(kpi.response).map(([p, r]) => t("desk.response", { p, median: age(r.median_s), p95: age(r.p95_s), n: r.answered }))),
  el("h2", {}, t("desk.worst")),
  kpi.worst.length ? el("ol", { class: "worst" }, ...kpi.worst.map(worst)) : el("p", { class: "quiet" }, t("desk.no_worst")),
];

/** @param {(typeof ROWS)[number]} row @param {any} kpi */
function figure([name, value, target, met, enough], kpi) {
  const judged = !enough || enough(kpi);
  const missed = judged && !met(kpi);
  const little = judged ? "" : name === "top_share" ? t("desk.too_few", { n: LEAST }) : t("desk.too_short");
  return el("tr", { class: missed ? "missed" : "" }, el("td", {}, t(`figure.${name}`)),
    el("td", {}, value(kpi), missed ? ` ${t("desk.missed")}` : "", little && el("span", { class: "quiet" }, ` ${little}`)), el("td", { class: "quiet" }, target));
}

/** @param {any} actor */
const worst = (actor) => el("li", {}, mark(actor.priority ?? 3), " ", el("a", { href: address("alarms", actor.alarm) }, local(actor.name) || actor.alarm),
  ` · ${t("desk.times", { n: actor.annunciated, share: percent(actor.share) })}`, actor.mend && el("p", {}, el("b", {}, t("desk.mend")), " ", t(`mend.${actor.mend}`)));
