/** What leaves each works, its clear well and its pumps, as the roles of the plant's own tags say. */
import { plantNow } from "../core/clock.js";
import { byId, el, keyed, setAttr, setText } from "../core/dom.js";
import { age, figure, unitOf } from "../core/format.js";
import { store } from "../core/store.js";
import { local, t } from "../core/words.js";
import { inflowNow } from "../core/zones.js";
import { tagPen, usualNow } from "./curves.js";
import { heldOf, inflowHeld } from "./held.js";
import { drawIndicator, indicator, side } from "./indicator.js";
import { limitOf } from "./limits.js";
import { drawSign } from "./sign.js";

const PUMP = "pump";
/** Of several instruments of one role the lowest (1) or highest (-1) counts; flows are summed (0). */
const WORST = /** @type {Record<string, number>} */ ({ outlet_pressure: 1, outlet_flow: 0, outlet_turbidity: -1, outlet_chlorine: 1, clear_well: 1 });
const MOST_ROWS = 3;

/** @typedef {{zone: any, priority: number|null, roles: Map<string, any[]>}} Works */

/** The worst first, else as the utility's own file has them. @param {any[]} zones @param {any[]} tags
 * @param {Map<string, number>} priorities of zones in alarm @returns {Works[]} */
export function worksOf(zones, tags, priorities) {
  const all = zones.filter((zone) => zone.kind === "plant").map((zone) => {
    /** @type {Map<string, any[]>} */
    const roles = new Map();
    for (const tag of tags) if (tag.role && tag.zone === zone.id) roles.set(tag.role, [...(roles.get(tag.role) ?? []), tag]);
    return { zone, roles, priority: priorities.get(zone.id) ?? null };
  });
  return all.filter(({ roles }) => roles.size).sort((a, b) => (a.priority ?? 9) - (b.priority ?? 9));
}

/** @param {any[]} tags of one role @param {string} role @returns {import("./curves.js").Pen} */
const penOf = (tags, role) => ({
  ...tagPen(tags[0], "wall_zone.gauge"),
  ...(WORST[role] === 0 ? { key: tags.map(({ id }) => id).join(" "), of: { inflow: tags.map(({ id }) => id), outflow: [] } } : {}),
});

/** What is usual of them is asked for. @param {Works[]} works @returns {import("./curves.js").Pen[]} */
export const pensOf = (works) => works.flatMap(({ roles }) => [...roles].filter(([role]) => role !== PUMP).flatMap(([role, tags]) =>
  WORST[role] === 0 ? [penOf(tags, role)] : tags.map((tag) => penOf([tag], role))));

/** @typedef {{tag: any, pen: import("./curves.js").Pen, read: number|null, old: import("./held.js").Old|null}} Said */

/** What they say together: of the worst that measures now, else as it was last.
 * @param {any[]} tags @param {string} role @param {(tag: any) => number|null} now @returns {Said} */
function together(tags, role, now) {
  const sign = WORST[role];
  if (sign === 0) {
    const pen = penOf(tags, role);
    const read = inflowNow(pen.of, store.tags, now);
    return { tag: tags[0], pen, read, old: read === null ? inflowHeld(pen.of, store.tags, plantNow()) : null };
  }
  const all = tags.map((tag) => ({ tag, pen: penOf([tag], role), read: now(tag), old: now(tag) === null ? heldOf(tag, plantNow()) : null }));
  const known = [all.filter(({ read }) => read !== null), all.filter(({ old }) => old), all].find((some) => some.length) ?? all;
  const of = (/** @type {Said} */ one) => (one.read ?? one.old?.value ?? 0) * sign;
  return known.reduce((a, b) => (of(b) < of(a) ? b : a));
}

/** @param {Works} works */
const make = (works) => el("tr", {}, el("td", { class: "sign" }), el("th", { scope: "row" }, local(works.zone.name)),
  ...Object.keys(WORST).flatMap((role) => [
    el("td", { class: `on ${role}` }, indicator(t("wall_zone.gauge", { name: `${local(works.zone.name)} ${t(`wall.role_${role}`)}` }))),
    el("td", { class: `value ${role}` }),
  ]), el("td", { class: `value ${PUMP}` }));

/** @param {HTMLElement} node @param {Works} works @param {Map<string, number>} alarmed @param {(tag: any) => number|null} now */
function update(node, { zone, priority, roles }, alarmed, now) {
  setAttr(node, "class", priority ? `abnormal p${priority}` : "");
  const [sign, , ...cells] = node.children;
  drawSign(/** @type {HTMLElement} */ (sign), priority);
  Object.keys(WORST).forEach((role, i) => {
    const tags = roles.get(role);
    const [on, value] = [cells[i * 2], cells[i * 2 + 1]];
    if (tags) measured(value, on, together(tags, role, now), zone, tags, alarmed, role);
    else setText(value, "–");
  });
  pumps(cells[cells.length - 1], roles.get(PUMP) ?? [], alarmed, now);
}

/** @param {any[]} tags @param {Map<string, number>} alarmed */
const worstOf = (tags, alarmed) => Math.min(...tags.map(({ id }) => alarmed.get(id) ?? 9));

/** @param {Element} value @param {Element} on @param {Said} said @param {any} zone @param {any[]} tags
 * @param {Map<string, number>} alarmed @param {string} role */
function measured(value, on, { tag, pen, read, old }, zone, tags, alarmed, role) {
  const limit = limitOf(zone.id, tag.quantity);
  const worst = worstOf(tags, alarmed);
  setAttr(value, "class", `value ${role}${worst < 9 ? ` p${worst}` : ""}${old ? " stale" : ""}${side(read, limit) ? " beyond" : ""}`);
  setText(value, old ? `${figure(old.value, tag)} · ${age(old.age)}` : figure(read, tag));
  drawIndicator(on.children[0], read ?? old?.value ?? null, limit, usualNow(pen.key));
  on.children[0].classList.toggle("old", read === null);
}

/** How many run of how many; of one that is not heard it is said how it was last, and how long ago.
 * @param {Element} cell @param {any[]} tags @param {Map<string, number>} alarmed @param {(tag: any) => number|null} now */
function pumps(cell, tags, alarmed, now) {
  const held = tags.filter((tag) => now(tag) === null).map((tag) => heldOf(tag, plantNow()));
  const oldest = Math.max(0, ...held.map((old) => old?.age ?? Infinity));
  const on = tags.filter((tag) => (now(tag) ?? heldOf(tag, plantNow())?.value) === 1).length;
  const worst = worstOf(tags, alarmed);
  setAttr(cell, "class", `value ${PUMP}${worst < 9 ? ` p${worst}` : ""}${held.length ? " stale" : ""}`);
  setText(cell, !tags.length || oldest === Infinity ? "–" : held.length ? `${on}/${tags.length} · ${age(oldest)}` : `${on}/${tags.length}`);
}

/** @param {Works[]} works @param {Map<string, number>} alarmed @param {(tag: any) => number|null} now */
export function drawWorks(works, alarmed, now) {
  byId("works-pane").hidden = !works.length;
  if (!works.length) return;
  const shown = works.slice(0, MOST_ROWS);
  setText(byId("works-head"), shown.length < works.length ? t("wall.works_shown", { n: shown.length, m: works.length }) : t("wall.works"));
  const bars = document.documentElement.dataset.drop === "0";
  for (const head of /** @type {NodeListOf<HTMLTableCellElement>} */ (document.querySelectorAll("#works-pane th.role"))) {
    const role = String(head.getAttribute("data-role"));
    const tag = role === PUMP ? null : works.flatMap(({ roles }) => roles.get(role) ?? [])[0];
    head.colSpan = bars && role !== PUMP ? 2 : 1;
    setText(head, `${t(`wall.role_${role}`)} ${tag ? unitOf(tag) : ""}`.trim());
  }
  keyed(byId("works"), shown, ({ zone }) => zone.id, make, (node, one) => update(node, one, alarmed, now));
}
