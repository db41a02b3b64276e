/** Six figures for the whole town. */
import { sinceMidnight, number } from "../core/format.js";
import { byId, setText } from "../core/dom.js";
import { local, t } from "../core/words.js";
import { extreme, leastResidual } from "../core/zones.js";
import { past } from "./zones.js";

const NIGHT = [2, 5];

/** @param {string} id @param {string} value @param {string} note */
function put(id, value, note) {
  const node = byId(id);
  setText(node.children[1].children[0], value);
  setText(node.children[2], note);
}

/** The zones' sum on the day's grid; null where any is missing. @param {number} zones how many there are */
function town(zones) {
  const days = [...past.values()].map(({ day }) => day).filter(Boolean);
  if (!days.length || days.length < zones || days.some((day) => day.from !== days[0].from)) return null;
  const { from, step } = days[0];
  const sum = days[0].values.map((/** @type {any} */ _, /** @type {number} */ i) => {
    let total = 0;
    for (const day of days) {
      if (day.values[i] === null) return null;
      total += day.values[i];
    }
    return total;
  });
  return { from, step, sum };
}

/** @param {{from: number, step: number, sum: (number|null)[]}} day @param {(ms: number) => boolean} when */
const within = (day, when) => day.sum.filter((v, i) => v !== null && when(day.from + (i + 0.5) * day.step)).map(Number);

/**
 * @param {import("./zones.js").Row[]} rows
 * @param {any[]} tags without meters
 * @param {{off: number, may_be_off: number, weak: number}|null} without accounts, by what is known of their water
 * @param {(tag: any) => number|null} now
 * @param {(zone: string|null) => any} zoneOf
 */
export function drawKpis(rows, tags, without, now, zoneOf) {
  const place = (/** @type {any} */ tag) => rows.find((row) => row.zone.id === tag.zone)?.name ?? local(zoneOf(tag.zone)?.name);
  const known = rows.filter((row) => row.inflow !== null);
  const flow = known.reduce((sum, row) => sum + Number(row.inflow), 0);
  put("kpi-inflow", known.length ? number(flow) : "–", known.length < rows.length ? t("wall.of_zones", { n: known.length, m: rows.length }) : "");
  const day = town(rows.length);
  const night = day ? within(day, (ms) => { const h = sinceMidnight(ms) / 3600e3; return h >= NIGHT[0] && h < NIGHT[1]; }) : [];
  put("kpi-night", night.length ? number(Math.min(...night)) : "–", "");
  const chlorine = leastResidual(tags, now, zoneOf);
  put("kpi-chlorine", number(chlorine?.value, 2), chlorine ? place(chlorine.tag) : "");
  const turbidity = extreme(tags, "turbidity", now, -1);
  put("kpi-turbidity", number(turbidity?.value, 2), turbidity ? place(turbidity.tag) : "");
  drawAffected(without);
  const on = tags.filter((tag) => now(tag) !== null).length;
  put("kpi-sensors", `${on}/${tags.length}`, "");
  byId("kpi-sensors").classList.toggle("short", on < tags.length);
}

/** Who is without water by the crews' records; who only may be is said as such, and of what is back nobody is.
 * @param {{off: number, may_be_off: number, weak: number}|null} town everybody counted once; null until it is told */
function drawAffected(town) {
  const { off, may_be_off: may, weak } = town ?? { off: 0, may_be_off: 0, weak: 0 };
  const note = off && may ? t("wall.may_be_off", { n: number(may) }) : weak ? t("wall.weak", { n: number(weak) }) : "";
  setText(byId("kpi-affected").children[0], t(may && !off ? "wall.kpi_may_be_off" : "wall.kpi_affected"));
  put("kpi-affected", town ? number(off || may) : "–", note);
}
