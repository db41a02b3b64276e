/** Where, how many, who is on it and when water is back: each an answer of its own, in the words of the other screens. */
import { searched } from "../core/alarms.js";
import { byId, setText } from "../core/dom.js";
import { hourMinute, instant, number } from "../core/format.js";
import { plantNow } from "../core/clock.js";
import { crewName } from "../core/page.js";
import { whom } from "../core/whom.js";
import { t } from "../core/words.js";
import { orderOf } from "../wall/order.js";

/** Of these the hub counts whom they reach. */
const REACHES = new Set(["burst", "low_pressure", "water_quality"]);
const NONE = { says: "", note: "", open: false };

/** @typedef {{says: string, note: string, open: boolean}} Answer open: nobody or nothing is there yet */

/** What the public was told last. @param {any} incident */
export const toldOf = (incident) => incident.notices
  .filter((/** @type {any} */ one) => one.published)
  .sort((/** @type {any} */ a, /** @type {any} */ b) => instant(b.published) - instant(a.published))[0] ?? null;

/** @param {any} incident @param {(id: string) => string} zone @param {(id: string) => string} street @returns {Answer} */
function where(incident, zone, street) {
  const first = searched(incident);
  const near = first?.street ? t("wall.near", { street: street(first.street) }) : "";
  const zones = [incident.zone, ...(incident.zones ?? [])].filter(Boolean).map(zone);
  return { ...NONE, says: [zones.join(t("flood.and")), near].filter(Boolean).join(" · ") };
}

/** Kinds and counts of those who need care of their own; nobody by name. @param {any} incident @returns {Answer} */
function many(incident) {
  const { accounts, by_supply: supply, by_segment: segment } = incident.affected;
  const kinds = Object.entries(segment).map(([kind, n]) => t("wall_event.kind", { kind: t(`segment.${kind}`), n: number(n) }));
  const note = kinds.length ? t("wall_event.cared", { kinds: kinds.join(t("flood.and")) }) : "";
  if (!accounts) return { ...NONE, says: t(REACHES.has(incident.kind) ? "wall_event.not_counted" : "wall_event.nobody") };
  if (incident.water === "back") return { ...NONE, says: t("wall_event.was", { n: number(accounts) }), note };
  if (incident.water === null) return { ...NONE, says: t("wall_event.doubtful", { n: number(accounts) }), note };
  return { ...NONE, says: whom({ accounts_affected: supply.no_water, accounts_weak: supply.low_pressure }, incident.water), note };
}

/** @param {any} incident @returns {Answer} */
function who(incident) {
  const order = orderOf(incident);
  if (!order) return { ...NONE, says: incident.no_order ? t(`no_order.${incident.no_order}`) : t("none_yet"), open: true };
  const reached = order.way.filter((/** @type {any} */ step) => step.at).at(-1);
  const note = reached ? `${t(`way.${reached.step}`)} ${hourMinute(instant(reached.at))}` : "";
  const crew = crewName(order.crew);
  if (!crew) return { says: `${t("wall_event.no_crew")} · ${t(`order.${order.state}`)}`, note, open: true };
  return { ...NONE, says: `${crew} · ${t(`order.${order.state}`)}`, note };
}

/** Whether the estimate is over, though nobody may have said so yet. @param {any} notice */
const passed = (notice) => Boolean(notice.overdue) || instant(notice.eta_latest) <= plantNow();

/** @param {any} notice */
function estimate(notice) {
  if (passed(notice)) return t("wall_event.eta_overdue");
  if (!notice.eta_latest) return t("wall_event.eta_none");
  const [first, last] = [instant(notice.eta_earliest ?? notice.eta_latest), instant(notice.eta_latest)].map(hourMinute);
  return first === last ? last : `${first} – ${last}`;
}

/** As the public was told, and nothing that was not. @param {any} incident @returns {Answer} */
function eta(incident) {
  const notice = toldOf(incident);
  if (!notice) return { ...NONE, says: t("wall_event.not_published"), open: incident.water !== "back" };
  const told = t("wall_event.told", { time: hourMinute(instant(notice.published)) });
  if (notice.state === "restored") return { ...NONE, says: t(incident.water === null ? "wall_event.eta_lifted" : "wall_event.eta_over"), note: told };
  if (notice.state !== "published") return { ...NONE, says: t(`notice.${notice.state}`), note: told };
  const next = instant(notice.next_update);
  const late = next < plantNow();
  const then = Number.isFinite(next) ? t(late ? "wall_event.next_late" : "wall_event.next", { time: hourMinute(next) }) : "";
  return { says: estimate(notice), note: [then, told].filter(Boolean).join(" · "), open: late || passed(notice) };
}

/** @param {any} incident @param {(id: string) => string} zone @param {(id: string) => string} street */
export function drawAnswers(incident, zone, street) {
  const all = { where: where(incident, zone, street), whom: many(incident), who: who(incident), eta: eta(incident) };
  for (const [id, answer] of Object.entries(all)) {
    const node = byId(`answer-${id}`);
    setText(node.children[1], answer.says);
    setText(node.children[2], answer.note);
    node.classList.toggle("open", answer.open);
  }
}
