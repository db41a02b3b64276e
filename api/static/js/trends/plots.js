/** The drawing: a panel for each unit, one time axis, one cursor over all of them. */
import { el, replace } from "../core/dom.js";
import { dateTime, digitsOf, number, scaled, timeOfDay, unitOf } from "../core/format.js";
import { token } from "../core/theme.js";
import { listed, local, t } from "../core/words.js";
import { over, under } from "./painted.js";

const DAY = 86400;
const LEAST_PX = 84;
const AXIS_PX = 46;
/** @typedef {import("./past.js").Pen} Pen */

/** @type {any[]} the panels there are */
let plots = [];
let drawn = "";
/** What the panels show now: they stay while only time goes on, and under a pointer that drags. */
let shown = { groups: /** @type {{pen: Pen, n: number}[][]} */ ([]), from: 0, to: 1 };

const uplot = () => /** @type {any} */ (window).uPlot;
/** Pens that share a unit share an axis; a state has its own. @param {Pen} pen */
const groupOf = (pen) => (pen.tag.quantity === "status" ? "status" : unitOf(pen.tag));

/** By unit, in the order in which they were asked for. @param {Pen[]} pens */
export function grouped(pens) {
  /** @type {Map<string, {pen: Pen, n: number}[]>} */
  const groups = new Map();
  pens.forEach((pen, n) => groups.set(groupOf(pen), [...(groups.get(groupOf(pen)) ?? []), { pen, n }]));
  return [...groups.values()];
}

/**
 * @param {HTMLElement} box
 * @param {Pen[]} pens
 * @param {{from: number, to: number, focus: number, zoomed: (from: number, to: number) => void, pointed: (s: number|null) => void}} view
 */
export function draw(box, pens, view) {
  const groups = grouped(pens);
  shown = { groups, from: view.from, to: view.to };
  const key = JSON.stringify([pens.map((pen) => pen.id), view.focus, isFar(view), document.documentElement.dataset.theme, box.clientWidth, box.clientHeight]);
  if (key === drawn && plots.length === groups.length) {
    plots.forEach((plot, i) => plot.setData(joined(groups[i].map(({ pen }) => pen))));
    return;
  }
  clear(box);
  box.dataset.groups = String(groups.length);
  drawn = key;
  const height = Math.max(LEAST_PX, Math.floor((box.clientHeight - AXIS_PX) / Math.max(1, groups.length)));
  plots = groups.map((group, i) => {
    const last = i === groups.length - 1;
    const unit = group[0].pen.tag.quantity === "status" ? t("trends.status") : unitOf(group[0].pen.tag);
    const names = listed(group.map(({ pen }) => local(pen.tag.name)));
    const node = el("div", { class: "panel", role: "img", "aria-label": t("trends.panel", { names, unit }) }, el("span", { class: "unit-of" }, unit || t("trends.no_unit")));
    box.append(node);
    return new (uplot())(options(i, view, box.clientWidth, height + (last ? AXIS_PX : 0), last), joined(group.map(({ pen }) => pen)), node);
  });
}

/** Incidents, notes or bands came anew. */
export const repaint = () => plots.forEach((plot) => plot.redraw(false));

/** @param {HTMLElement} box */
export function clear(box) {
  for (const plot of plots) plot.destroy();
  plots = [];
  drawn = "";
  replace(box);
}

/** In the unit that they are read in, so that the axis has round figures of it. @param {Pen[]} pens */
const joined = (pens) => uplot().join(pens.map((pen) => [pen.t, ...[pen.good, pen.doubt, pen.held].map((values) => values.map((value) => scaled(value, pen.tag)))]));

/** Days are to be told apart. @param {{from: number, to: number}} view */
const isFar = (view) => view.to - view.from > 2 * DAY * 1000;

/** @param {number} i the panel's place @param {any} view @param {number} width @param {number} height @param {boolean} last */
function options(i, view, width, height, last) {
  const group = shown.groups[i];
  const axis = { stroke: token("--muted"), grid: { stroke: token("--line"), width: 1 }, ticks: { stroke: token("--line"), width: 1 }, font: `13px ${token("--font")}` };
  const far = isFar(view);
  const state = group[0].pen.tag.quantity === "status";
  const digits = Math.max(...group.map(({ pen }) => digitsOf(pen.tag)));
  const labels = (/** @type {any} */ _, /** @type {number[]} */ ticks) => ticks.map((s) => (far ? dateTime : timeOfDay)(s * 1000));
  const figures = (/** @type {any} */ _, /** @type {number[]} */ ticks) => ticks.map((v) => number(v, Number.isInteger(v) ? 0 : Math.max(1, digits, ...ticks.map(placesOf))));
  return {
    width,
    height,
    padding: [8, 26, last ? 0 : 8, 0],
    legend: { show: false },
    tzDate: (/** @type {number} */ s) => uplot().tzDate(new Date(s * 1000), "Asia/Shanghai"),
    cursor: { y: false, points: { show: false }, sync: { key: "trends", setSeries: false }, drag: { x: true, y: false, setScale: false }, bind: { dblclick: () => null } },
    scales: { x: { time: true, range: () => [shown.from / 1000, shown.to / 1000] }, y: { range: state ? [-0.2, 1.2] : room } },
    axes: [
      { ...axis, values: labels, space: far ? 110 : 80, show: last, size: AXIS_PX - 8 },
      { ...axis, size: 64, values: state ? undefined : figures, splits: state ? () => [0, 1] : undefined },
    ],
    series: [{}, ...group.flatMap(({ n }) => lines(n, view.focus, state))],
    hooks: {
      drawClear: [(/** @type {any} */ u) => under(u, shown.groups[i])],
      draw: [(/** @type {any} */ u) => over(u, shown.groups[i])],
      setCursor: [(/** @type {any} */ u) => view.pointed(u.cursor.left >= 0 ? u.posToVal(u.cursor.left, "x") : null)],
      setSelect: [(/** @type {any} */ u) => {
        if (u.select.width > 4) view.zoomed(u.posToVal(u.select.left, "x") * 1000, u.posToVal(u.select.left + u.select.width, "x") * 1000);
      }],
    },
  };
}

/** As many as a tick has, so that no two that are evenly apart read unevenly. @param {number} tick */
const placesOf = (tick) => String(Number(tick.toPrecision(6))).split(".")[1]?.length ?? 0;

/** Also without a value the panel keeps its axis, and its place under the others.
 * @param {any} _ @param {number|null} low @param {number|null} high */
const room = (_, low, high) => (low === null || high === null || low === undefined ? [0, 1] : uplot().rangeNum(low, high, 0.1, true));

/** Good solid, Uncertain dashed, held hollow. @param {number} n @param {number} focus @param {boolean} state */
function lines(n, focus, state) {
  const stroke = token(`--pen-${n + 1}`);
  const width = focus === n ? 3.2 : 1.6;
  const line = { stroke, width, alpha: focus < 0 || focus === n ? 1 : 0.45, spanGaps: false, points: { show: false }, ...(state && { paths: uplot().paths.stepped({ align: 1 }) }) };
  return [line, { ...line, dash: [6, 4] }, { ...line, paths: () => null, points: { show: true, size: 7, width: 1.5, stroke, fill: token("--pane") } }];
}
