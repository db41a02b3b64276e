/** Every instrument of a zone on what is usual: those in alarm first, then as the utility's own file has them. */
import { plantNow } from "../core/clock.js";
import { byId, el, keyed, setAttr, setText } from "../core/dom.js";
import { FLOW, age, withUnit } from "../core/format.js";
import { local, t } from "../core/words.js";
import { extreme, residualOf } from "../core/zones.js";
import { tagPen, usualNow } from "../wall/curves.js";
import { fitRows } from "../wall/fit.js";
import { heldOf } from "../wall/held.js";
import { drawIndicator, indicator, side } from "../wall/indicator.js";
import { limitOf } from "../wall/limits.js";
import { drawSign } from "../wall/sign.js";

/** @param {any} tag */
export const penOf = (tag) => tagPen(tag, "wall_zone.curve");

/** What of it is drawn over the day: its flow, its lowest pressure, what is left of its disinfectant or stands in its tank.
 * @param {any} zone @param {any[]} tags @param {(tag: any) => number|null} now */
export function pensOf(zone, tags, now) {
  const metered = zone.inflow.length ? "inflow" : zone.outflow.length ? "outflow" : null;
  const name = metered && t(`wall_zone.${metered}`);
  const of = zone.inflow.length ? zone : { inflow: zone.outflow, outflow: [] };
  const flow = name ? [{ key: zone.id, name, label: t("wall_zone.curve", { name }), ...FLOW, of }] : [];
  const pressures = tags.filter((tag) => tag.quantity === "pressure");
  const lowest = extreme(pressures, "pressure", now)?.tag ?? pressures[0];
  const others = [residualOf(zone), "level", "turbidity"].map((quantity) => tags.find((tag) => tag.quantity === quantity));
  return [...flow, ...[lowest, ...others].filter(Boolean).map(penOf)].slice(0, 3);
}

/** The zone is told above: its name is not repeated. @param {any} tag @param {any} zone */
function nameIn(tag, zone) {
  const [name, own] = [local(tag.name), local(zone.name)];
  return name.startsWith(own) && name.length > own.length ? name.slice(own.length).trim() : name;
}

/** @param {any} tag @param {any} zone */
const make = (tag, zone) => el("tr", {},
  el("td", { class: "sign" }), el("th", { scope: "row" }, nameIn(tag, zone)), el("td", { class: "value" }),
  el("td", { class: "on" }, indicator(t("wall_zone.gauge", { name: local(tag.name) }))));

/** @param {HTMLElement} node @param {any} tag @param {number|null} priority @param {(tag: any) => number|null} now */
function update(node, tag, priority, now) {
  const [sign, , value, on] = node.children;
  setAttr(node, "class", priority ? `abnormal p${priority}` : "");
  drawSign(/** @type {HTMLElement} */ (sign), priority);
  const read = now(tag);
  const old = read === null ? heldOf(tag, plantNow()) : null;
  const said = withUnit(read ?? old?.value, tag);
  setText(value, tag.quantity === "status" && read !== null ? t(read ? "reading.running" : "reading.stopped") : old ? `${said} · ${age(old.age)}` : said);
  value.classList.toggle("stale", read === null);
  if (tag.quantity === "status") return;
  const limit = limitOf(tag.zone, tag.quantity);
  drawIndicator(on.children[0], read ?? old?.value ?? null, limit, usualNow(tag.id));
  on.children[0].classList.toggle("old", read === null);
  value.classList.toggle("beyond", side(read, limit) !== 0);
}

/** @param {any} zone @param {any[]} tags its own @param {Map<string, number>} alarmed @param {(tag: any) => number|null} now */
export function drawGauges(zone, tags, alarmed, now) {
  const rank = (/** @type {any} */ tag) => alarmed.get(tag.id) ?? 9;
  const order = tags.map((tag, i) => ({ tag, i })).sort((a, b) => rank(a.tag) - rank(b.tag) || a.i - b.i).map(({ tag }) => tag);
  keyed(byId("gauges"), order, ({ id }) => id, (tag) => make(tag, zone), (node, tag) => update(node, tag, alarmed.get(tag.id) ?? null, now));
  const more = byId("more-gauges");
  const pane = byId("gauges-pane");
  const ends = () => (more.hidden ? pane.getBoundingClientRect().bottom : more.getBoundingClientRect().top);
  fitRows(/** @type {HTMLElement[]} */ ([...byId("gauges").children]), ends, (n) => {
    more.hidden = !n;
    setText(more, t("wall_zone.more", { n }));
  });
}
