/** Plants and points, those in alarm first: each value on the limit in force, and what the laboratory last said. */
import { plantNow } from "../core/clock.js";
import { byId, el, keyed, setAttr, setText } from "../core/dom.js";
import { age, figure } from "../core/format.js";
import { local, t } from "../core/words.js";
import { residualOf, shortName } from "../core/zones.js";
import { fitRows } from "../wall/fit.js";
import { heldOf } from "../wall/held.js";
import { drawIndicator, indicator, side } from "../wall/indicator.js";
import { failures, figures, laboratoryOf, limitOf, limits, shortDay } from "../wall/limits.js";
import { drawSign } from "../wall/sign.js";

const ARROWS = /** @type {Record<string, string>} */ ({ "-1": " ▼", "0": "", "1": " ▲" });

/** @typedef {{key: string, zone: any, name: string, priority: number|null, tags: any[]}} Point tags: chlorine, turbidity
 * and pH, null where it has none */

/** One of each station in each zone; first what is in alarm, then what is beyond a limit, then the works.
 * @param {any[]} all @param {any[]} zones @param {Map<string, number>} alarmed @param {(tag: any) => number|null} now */
export function pointsOf(all, zones, alarmed, now) {
  const points = zones.flatMap((zone) => {
    const own = all.filter((tag) => tag.zone === zone.id && wanted(zone).includes(tag.quantity));
    const stations = [...new Set(own.map((tag) => tag.station))];
    return stations.map((station) => {
      const tags = wanted(zone).map((quantity) => own.find((tag) => tag.station === station && tag.quantity === quantity) ?? null);
      const priorities = tags.map((tag) => alarmed.get(tag?.id) ?? 9);
      const worst = Math.min(...priorities);
      const name = stations.length > 1 ? `${shortName(zone, zones)} ${station}` : shortName(zone, zones);
      return { key: `${zone.id} ${station}`, zone, name, priority: worst < 9 ? worst : null, tags };
    });
  });
  const beyond = (/** @type {Point} */ { tags, zone }) => tags.some((tag) => tag && side(now(tag), limitOf(zone.id, tag.quantity)));
  const rank = (/** @type {Point} */ point) => point.priority ?? (beyond(point) ? 7 : point.zone.kind === "plant" ? 8 : 9);
  return points.map((point, i) => ({ point, i })).sort((a, b) => rank(a.point) - rank(b.point) || a.i - b.i).map(({ point }) => point);
}

/** @param {any} zone */
const wanted = (zone) => [residualOf(zone), "turbidity", "ph"];

/** @param {Point} point */
function make(point) {
  const cells = point.tags.map((tag) => [
    el("td", { class: "value" }),
    el("td", { class: "on" }, tag && indicator(t("wall_quality.indicator", { name: local(tag.name), limit: figures(limitOf(point.zone.id, tag.quantity)) }))),
    el("td", { class: "limit quiet" }),
  ]);
  return el("tr", {}, el("td", { class: "sign" }), el("th", { scope: "row" }, point.name), ...cells.flat(), el("td", { class: "lab" }));
}

/** @param {HTMLElement} node @param {Point} point @param {(tag: any) => number|null} now */
function update(node, point, now) {
  setAttr(node, "class", point.priority ? `abnormal p${point.priority}` : "");
  drawSign(/** @type {HTMLElement} */ (node.children[0]), point.priority);
  point.tags.forEach((tag, i) => {
    const [value, on, limit] = [...node.children].slice(2 + i * 3, 5 + i * 3);
    if (!tag) return setText(value, "–");
    const held = limitOf(point.zone.id, tag.quantity);
    const read = now(tag);
    const old = read === null ? heldOf(tag, plantNow()) : null;
    const out = side(read, held);
    setText(value, old ? `${figure(old.value, tag)} · ${age(old.age)}` : `${figure(read, tag)}${ARROWS[out]}`);
    value.classList.toggle("stale", old !== null);
    value.classList.toggle("beyond", out !== 0);
    drawIndicator(on.children[0], read ?? old?.value ?? null, held, null);
    on.children[0].classList.toggle("old", old !== null);
    setText(limit, figures(held));
  });
  laboratory(/** @type {HTMLElement} */ (node.lastElementChild), laboratoryOf(point.zone.id));
}

/** @param {HTMLElement} cell @param {any} found */
function laboratory(cell, found) {
  const said = found && { day: shortDay(found.sampled), n: found.complies, m: found.judged };
  setText(cell, said ? t(found.judged ? "wall_quality.lab_said" : "wall_quality.lab_unjudged", said) : t("wall_quality.lab_none"));
  cell.classList.toggle("beyond", Boolean(found?.failed.length));
  cell.classList.toggle("quiet", !found);
}

/** @param {Point[]} points @param {(tag: any) => number|null} now @param {any[]} zones */
export function drawPoints(points, now, zones) {
  const any = points.length > 0;
  byId("table").hidden = !any;
  byId("empty").hidden = any;
  setText(byId("empty"), t("wall_quality.none"));
  drawFailed(zones);
  const foot = byId("rests-on");
  foot.hidden = !any;
  const standards = [...new Set(limits().map((/** @type {any} */ one) => one.standard))].join(t("flood.and"));
  const star = limits().some((/** @type {any} */ one) => one.unverified.length);
  const rests = standards ? t("wall_quality.rests_on", { standard: standards }) + (star ? t("wall_quality.unverified") : "") : t("wall_quality.no_limits");
  keyed(byId("points"), points, ({ key }) => key, make, (node, point) => update(node, point, now));
  const rows = /** @type {HTMLElement[]} */ ([...byId("points").children]);
  const ends = () => Math.min(...[byId("failed"), foot].filter((one) => !one.hidden).map((one) => one.getBoundingClientRect().top));
  fitRows(rows, ends, (n) => setText(foot, n ? `${t("wall_quality.more", { n })} · ${rests}` : rests));
}

/** In so many words, wherever it is and however little room there is. @param {any[]} zones */
function drawFailed(zones) {
  const said = failures().map(({ zone, sampled, one }) => {
    const value = one.found ? t("wall_quality.found") : `${one.value ?? `<${one.lod}`} ${one.unit}`.trim();
    const place = zones.find(({ id }) => id === zone);
    return t("wall_quality.failed_one", { place: place ? shortName(place, zones) : zone, item: local(one.name), value, day: shortDay(sampled) });
  });
  byId("failed").hidden = !said.length;
  setText(byId("failed"), said.length ? t("wall_quality.failed", { what: said.join(t("flood.and")) }) : "");
}
