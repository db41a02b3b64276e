/** An incident whole: why it is believed, where it may be, who is cut off, who is on it, what is told. */
import { priorityOf, stateOf } from "../core/alarms.js";
import { plantNow } from "../core/clock.js";
import { el } from "../core/dom.js";
import { age, dateTime, instant, number } from "../core/format.js";
import { mark } from "../core/priority.js";
import { store } from "../core/store.js";
import { whom } from "../core/whom.js";
import { clauses, local, t } from "../core/words.js";
import { may } from "../core/page.js";
import { fact } from "./alarms.js";
import { toldBlock } from "./calls.js";
import { causeBlock, explained, membersBlock, reason } from "./cause.js";
import { command, confirmed } from "./commands.js";
import { noticeBlock } from "./notice.js";
import { orderBlock } from "./order.js";
import { regroupBlock } from "./regroup.js";
import { undoBlock } from "./undo.js";

/**
 * @param {any} incident in detail
 * @param {HTMLElement} map the pane's map, kept across drawings
 * @param {(id: string) => string} street
 * @param {() => void} redraw
 */
export function incidentPane(incident, map, street, redraw) {
  const priority = priorityOf(incident, store.alarms);
  const since = instant(incident.opened);
  return [
    el("h2", {}, mark(priority), " ", local(incident.title)),
    el("p", { class: "stateline" }, stateOf(incident), incident.back ? ` ${t("incident.since", { time: dateTime(instant(incident.back)) })}` : "", " · ", dateTime(since), " · ", age((plantNow() - since) / 1000), " · ", incident.id),
    decisions(incident, redraw),
    map,
    ...relocated(incident),
    likely(incident, street),
    ...causeBlock(incident),
    ...undoBlock(incident, redraw),
    el("h3", {}, t("desk.evidence")),
    explained(incident.alarms, [incident.root, ...incident.first_out]),
    el("dl", { class: "facts" }, ...evidence(incident), ...affected(incident)),
    ...membersBlock(incident, redraw),
    ...regroupBlock(incident, redraw),
    incident.calls_after_back ? el("p", { class: "held", id: "calls-after" }, t("desk.calls_after_back", { n: incident.calls_after_back })) : "",
    ...toldBlock(incident.id),
    incident.no_order ? el("p", { class: "quiet", id: "no-order" }, t(`no_order.${incident.no_order}`)) : "",
    ...incident.work_orders.flatMap((/** @type {any} */ order) => orderBlock(order, redraw)),
    ...incident.notices.flatMap((/** @type {any} */ notice) => noticeBlock(notice, redraw)),
  ];
}

const DECISIONS = /** @type {Record<string, string[]>} */ ({
  suspected: ["confirm", "false-alarm"], confirmed: ["close", "false-alarm"], restored: ["close"],
});

/** @param {any} incident @param {() => void} redraw */
function decisions(incident, redraw) {
  const can = may("decide_incident") ? (DECISIONS[incident.state] ?? []) : [];
  if (!can.length) return "";
  const send = (/** @type {string} */ name) => () =>
    void command(`${name}:${incident.id}`, `/api/v1/incidents/${encodeURIComponent(incident.id)}/${name}`, { seq: incident.seq }, redraw);
  return el("p", { class: "actions" }, ...can.map((name) =>
    confirmed(`${name}:${incident.id}`, t(`decide.${name}`), t("desk.sure"), send(name), name === "confirm", incident.seq)));
}

const SHOWN_PIPES = 5;
/** @param {any} incident @param {(id: string) => string} street */
function likely(incident, street) {
  const candidates = (incident.location?.candidates ?? []).slice(0, SHOWN_PIPES);
  if (!candidates.length) return el("p", { class: "quiet" }, t("desk.no_place"));
  const row = (/** @type {any} */ c, /** @type {number} */ i) =>
    el("li", {}, el("b", {}, "ABCDE"[i]), ` ${street(c.street) || c.link} `, el("span", { class: "quiet" }, `${c.link} · ${Math.round(c.share * 100)}%`));
  return el("ol", { class: "likely", "aria-label": t("desk.likely") }, ...candidates.map(row));
}

/** @param {any} incident */
const evidence = (incident) => [
  ...(incident.size_m3h ? fact(t("desk.size"), `≈ ${number(incident.size_m3h)} m³/h`) : []),
  ...fact(t("desk.why"), clauses(incident.why.map(reason))),
];

/** That an order which people may already be on its way with says another place now. @param {any} incident */
function relocated(incident) {
  const last = incident.work_orders.map((/** @type {any} */ order) => order.located).filter(Boolean).sort().at(-1);
  return last ? [el("p", { class: "held" }, `${t("desk.relocated")} `, t("desk.relocated_at", { time: dateTime(instant(last)) }))] : [];
}

/** @param {any} incident */
function affected(incident) {
  const { accounts, by_supply: supply, by_segment: segment } = incident.affected;
  if (!accounts) return [];
  const water = incident.water;
  const told = water === "back" ? "" : water ? whom({ accounts_affected: supply.no_water, accounts_weak: supply.low_pressure }, water) : t("affected.quality");
  const parts = [told, ...Object.entries(segment).map(([name, n]) => `${t(`segment.${name}`)} ${n}`)].filter(Boolean);
  return fact(t(water === "back" ? "whom.head_back" : "whom.head"), `${number(accounts)}${parts.length ? ` — ${parts.join(" · ")}` : ""}`);
}
