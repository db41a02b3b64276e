/** A tag's past: the line breaks where nothing was known, and below it says why. */
import { plantNow } from "../core/clock.js";
import { el, replace } from "../core/dom.js";
import { clockTime, dateTime, digitsOf, hourMinute, number, unitOf } from "../core/format.js";
import { history } from "../core/history.js";
import { isBad, isGood, reason } from "../core/quality.js";
import { store } from "../core/store.js";
import { token } from "../core/theme.js";
import { local, t } from "../core/words.js";
import { advice } from "./commands.js";
import { address, go } from "./route.js";

const RANGES = /** @type {Record<string, number>} */ ({ "1h": 3600e3, "6h": 6 * 3600e3, "24h": 86400e3, "7d": 7 * 86400e3, "28d": 28 * 86400e3 });
const POINTS = 1600;
const LEGEND_PX = 56;

/** @type {any} the one plot, whose instance is kept while its tag stays */
let plot = null;
/** What is being shown, so that a late answer to an old question is dropped. */
let asked = "";

/** @param {HTMLElement} pane @param {string} id */
export function drawTrends(pane, id) {
  const wanted = new URLSearchParams(location.search).get("range") ?? "24h";
  const range = wanted in RANGES ? wanted : "24h";
  const question = `${id}|${range}`;
  if (asked === question && pane.firstChild) return;
  asked = question;
  plot?.destroy();
  plot = null;
  const tag = store.tags.get(id);
  const chart = el("div", { class: "chart" });
  const notes = el("div", { class: "notes" });
  if (id && !tag) notes.append(el("p", { class: "bad", role: "alert" }, t("desk.no_tag", { tag: id })));
  replace(pane, picker(id), tag && ranges(id, range), tag && el("h2", {}, local(tag.name), el("span", { class: "unit" }, unitOf(tag.unit))), tag && chart, notes);
  if (tag) void load(tag, RANGES[range], question, chart, notes);
}

/** @param {string} id */
function picker(id) {
  const names = [...store.tags.values()].filter((tag) => tag.quantity !== "volume");
  const field = el("input", { id: "tag", list: "tags", value: id, autocomplete: "off", spellcheck: "false", size: 34 });
  const choose = () => {
    const typed = /** @type {HTMLInputElement} */ (field).value.trim();
    const meant = store.tags.get(typed) ?? names.find((tag) => local(tag.name) === typed);
    if (typed && (meant?.id ?? typed) !== id) go("trends", meant?.id ?? typed);
  };
  field.addEventListener("change", choose);
  field.addEventListener("input", (event) => {
    if (/** @type {InputEvent} */ (event).inputType === "insertReplacementText") choose();
  });
  return el(
    "p",
    { class: "picker" },
    el("label", { for: "tag" }, t("desk.choose_tag")),
    field,
    el("datalist", { id: "tags" }, ...names.map((tag) => el("option", { value: tag.id }, local(tag.name)))),
  );
}

/** @param {string} id @param {string} now */
const ranges = (id, now) =>
  el("p", { class: "ranges" }, ...Object.keys(RANGES).map((range) =>
    el("a", { href: address("trends", id, { range }), "aria-current": range === now ? "true" : null }, t(`range.${range}`))));

/** @param {any} tag @param {number} span @param {string} question @param {HTMLElement} chart @param {HTMLElement} notes */
async function load(tag, span, question, chart, notes) {
  const to = plantNow();
  let columns;
  try {
    columns = await history(tag.id, to - span, to, POINTS);
  } catch (error) {
    replace(notes, el("p", { class: "bad" }, advice(/** @type {Error} */ (error))));
    return;
  }
  if (asked !== question) return;
  const x = columns.t.map((/** @type {string} */ text) => Date.parse(text) / 1000);
  if (!x.length) {
    replace(notes, el("p", { class: "quiet" }, t("desk.no_history")));
    return;
  }
  const good = columns.v.map((/** @type {any} */ v, /** @type {number} */ i) => (isBad(columns.q[i]) ? null : v));
  const doubt = columns.v.map((/** @type {any} */ v, /** @type {number} */ i) => (!isGood(columns.q[i]) && !isBad(columns.q[i]) ? v : null));
  plot = new (/** @type {any} */ (window).uPlot)(options(tag, chart, span), [x, good, doubt], chart);
  replace(notes, ...gaps(columns));
}

/** @param {any} tag @param {HTMLElement} chart @param {number} span */
function options(tag, chart, span) {
  const axis = { stroke: token("--muted"), grid: { stroke: token("--line"), width: 1 }, ticks: { stroke: token("--line"), width: 1 }, font: `13px ${token("--font")}` };
  const when = span > 2 * 86400e3 ? dateTime : hourMinute;
  const digits = digitsOf(tag.quantity);
  return {
    width: chart.clientWidth,
    height: Math.max(260, chart.clientHeight - LEGEND_PX),
    tzDate: (/** @type {number} */ s) => new Date(s * 1000),
    cursor: { y: false, points: { size: 7 } },
    scales: { x: { time: true } },
    axes: [
      { ...axis, values: (/** @type {any} */ _, /** @type {number[]} */ ticks) => ticks.map((s) => when(s * 1000)), space: 90 },
      { ...axis, size: 62, values: (/** @type {any} */ _, /** @type {number[]} */ ticks) => ticks.map((v) => number(v, digits)) },
    ],
    series: [
      { label: t("desk.head_time"), value: (/** @type {any} */ _, /** @type {number|null} */ s) => (s === null ? "–" : `${dateTime(s * 1000)} ${clockTime(s * 1000).slice(-2)}″`) },
      { label: local(tag.name), stroke: token("--trace"), width: 1.6, spanGaps: false, points: { show: false }, value: (/** @type {any} */ _, /** @type {number|null} */ v) => number(v, digits) },
      { label: t("quality.uncertain"), stroke: token("--p4"), width: 2, dash: [4, 3], spanGaps: false, points: { show: false }, value: (/** @type {any} */ _, /** @type {number|null} */ v) => number(v, digits) },
    ],
  };
}

/** Runs of samples that are not Good, with their reason. @param {{t: string[], q: number[]}} columns */
function gaps(columns) {
  const runs = [];
  for (let i = 0; i < columns.t.length; i += 1) {
    if (isGood(columns.q[i])) continue;
    const from = i;
    while (i + 1 < columns.t.length && columns.q[i + 1] === columns.q[from]) i += 1;
    runs.push({ from: Date.parse(columns.t[from]), to: Date.parse(columns.t[Math.min(i + 1, columns.t.length - 1)]), q: columns.q[from] });
  }
  if (!runs.length) return [el("p", { class: "quiet" }, t("desk.no_gaps"))];
  const rows = runs.slice(-12).reverse().map((run) =>
    el("li", {}, `${dateTime(run.from)} – ${hourMinute(run.to)} `, el("b", {}, reason(run.q))));
  return [el("h3", {}, t("desk.gaps")), el("ul", {}, ...rows)];
}
