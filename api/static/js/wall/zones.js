/** The zones, worst first: inflow now against what is usual, the last day, pressure and chlorine. */
import { plantNow } from "../core/clock.js";
import { byId, el, keyed, replace, setAttr, setText } from "../core/dom.js";
import { FLOW, PRESSURE, age, figure } from "../core/format.js";
import { dayOf, usualOf } from "../core/history.js";
import { mark } from "../core/priority.js";
import { drawSpark, spark } from "../core/spark.js";
import { local, t } from "../core/words.js";
import { extreme, inflowNow, residualOf, shortName } from "../core/zones.js";
import { inflowHeld, lowestHeld } from "./held.js";
import { unit } from "./scale.js";

/** Lines that the head and a row need, in text sizes. */
const HEAD_U = 3.25;
const ROW_U = 1.62;
const MOST_ROWS = 12;
const CHLORINE = { quantity: "free_chlorine", unit: "mg/L" };

/** @type {Map<string, {day: any, usual: import("../core/history.js").Usual|null}>} */
export const past = new Map();

/** Ask for the day and what is usual, zone by zone, so that a wall never floods its hub.
 * @param {any[]} zones @param {boolean} withUsual @param {() => void} drawn */
export async function loadPast(zones, withUsual, drawn) {
  for (const zone of zones) {
    const known = past.get(zone.id);
    const usual = withUsual || !known?.usual ? await usualOf(zone).catch(() => known?.usual ?? null) : known.usual;
    const day = await dayOf(zone).catch(() => known?.day ?? null);
    past.set(zone.id, { day, usual });
    drawn();
  }
}

/**
 * @param {any[]} zones
 * @param {Map<string, any>} tags
 * @param {{zones: Map<string, number>, muted: Map<string, number>}} priorities of zones in alarm, and of those whose alarms are over or withheld
 * @param {(tag: any) => number|null} now
 */
export function facts(zones, tags, priorities, now) {
  const all = [...tags.values()];
  return zones.map((zone) => {
    const own = all.filter((tag) => tag.zone === zone.id && tag.quantity !== "volume");
    const inflow = inflowNow(zone, tags, now);
    const usual = past.get(zone.id)?.usual?.at(plantNow()) ?? null;
    const spread = usual ? Math.max(usual.high - usual.low, usual.mid * 0.1) : 1;
    return {
      zone,
      name: shortName(zone, zones),
      inflow,
      delta: usual && inflow !== null && usual.mid > 0 ? inflow / usual.mid - 1 : null,
      odd: usual && inflow !== null ? Math.abs(inflow - usual.mid) / spread : 0,
      pressure: extreme(own, "pressure", now)?.value ?? null,
      chlorine: extreme(own, residualOf(zone), now)?.value ?? null,
      old: {
        inflow: inflow === null ? inflowHeld(zone, tags, plantNow()) : null,
        pressure: lowestHeld(own, "pressure", plantNow()),
        chlorine: lowestHeld(own, residualOf(zone), plantNow()),
      },
      on: own.filter((tag) => now(tag) !== null).length,
      all: own.length,
      priority: priorities.zones.get(zone.id) ?? null,
      muted: priorities.muted.get(zone.id) ?? null,
    };
  });
}

/** @typedef {ReturnType<typeof facts>[number]} Row */

/** What is withheld comes after what stands, before what is well. @param {Row} row */
const rank = (row) => row.priority ?? (row.muted ? 8 : 9);

/** Worst first, but calm: only alarms move a row, never a wandering value. @param {Row[]} rows */
export const ranked = (rows) =>
  rows.map((row, i) => ({ row, i })).sort((a, b) => rank(a.row) - rank(b.row) || a.i - b.i).map(({ row }) => row);

/** @param {Row[]} rows */
export function drawZones(rows) {
  const room = byId("zones-pane").clientHeight - HEAD_U * unit();
  const fitting = Math.min(MOST_ROWS, Math.max(1, Math.floor(room / (ROW_U * unit()))));
  keyed(byId("zones"), ranked(rows).slice(0, fitting), ({ zone }) => zone.id, make, update);
  const all = fitting >= rows.length;
  setText(byId("zones-head"), all ? t("zone") : t("wall.zones_shown", { n: fitting, m: rows.length }));
}

/** @param {Row} row */
function make({ zone, name }) {
  return el(
    "tr",
    {},
    el("td", { class: "sign" }),
    el("th", { scope: "row" }, name, el("span", { class: "seen quiet" })),
    el("td", { class: "inflow" }),
    el("td", { class: "delta" }),
    el("td", { class: "trend" }, spark(t("wall.spark", { zone: local(zone.name) }))),
    el("td", { class: "pressure" }),
    el("td", { class: "chlorine" }),
  );
}

/** @param {HTMLElement} node @param {Row} row */
function update(node, row) {
  const [sign, head, inflow, delta, trend, pressure, chlorine] = node.children;
  const level = row.priority ? `p${row.priority}` : row.muted ? `muted p${row.muted}` : "";
  setAttr(node, "class", row.priority ? `abnormal ${level}` : row.muted ? "withheld" : "");
  if (sign.getAttribute("data-level") !== level) {
    setAttr(sign, "data-level", level);
    const shape = row.priority ? mark(row.priority) : row.muted && mark(row.muted);
    if (shape && !row.priority) shape.setAttribute("class", "mark none");
    replace(sign, shape, shape && el("span", { class: "visually-hidden" }, row.priority ? t("priority", { n: row.priority }) : t("wall.withheld", { n: row.muted ?? "" })));
  }
  setText(head.children[0], row.on < row.all ? ` ${row.on}/${row.all}` : "");
  const told = row.inflow === null && row.old.inflow ? age(row.old.inflow.age) : "";
  cell(inflow, row.inflow, row.old.inflow, FLOW, told);
  setText(delta, told || (row.delta === null ? "–" : percent(row.delta)));
  delta.classList.toggle("stale", told !== "");
  cell(pressure, row.pressure, row.old.pressure, PRESSURE, told);
  cell(chlorine, row.chlorine, row.old.chlorine, CHLORINE, told);
  const known = past.get(row.zone.id);
  if (!known?.day || known.day === drawnDays.get(node)) return;
  drawnDays.set(node, known.day);
  const { from, step, values } = known.day;
  const band = values.map((/** @type {any} */ _, /** @type {number} */ i) => known.usual?.at(from + (i + 0.5) * step) ?? null);
  drawSpark(trend.children[0], values, band);
}

/** A signed share, "+42%"; "±0%" when it rounds to nothing. @param {number} share */
export function percent(share) {
  const whole = Math.round(share * 100);
  return `${whole > 0 ? "+" : whole < 0 ? "−" : "±"}${Math.abs(whole)}%`;
}

/** A value that is now; else the last that was, as such, with its age where the row does not tell it already.
 * @param {Element} node @param {number|null} value @param {import("./held.js").Old|null} old @param {import("../core/format.js").Measure} of
 * @param {string} told the row's */
function cell(node, value, old, of, told) {
  const late = value === null && old !== null;
  const since = late && age(old.age) !== told ? ` · ${age(old.age)}` : "";
  setText(node, late ? figure(old.value, of) + since : figure(value, of));
  node.classList.toggle("stale", late);
}

/** @type {WeakMap<Element, any>} */
const drawnDays = new WeakMap();
