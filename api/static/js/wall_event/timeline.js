/** What happened, the newest first: alarms, the incident, its order's way, what the public was told. Nobody by name. */
import { byId, el, keyed, setText } from "../core/dom.js";
import { hourMinute, instant } from "../core/format.js";
import { crewName } from "../core/page.js";
import { local, t } from "../core/words.js";
import { orderOf } from "../wall/order.js";
import { toldOf } from "./answers.js";

const ENDED = new Set(["closed", "false_alarm"]);
/** Of these water may have been off or weak; of others only readings were not as usual. */
const OF_SUPPLY = new Set(["burst", "low_pressure"]);

/** @param {any} incident @returns {{at: string|null, says: string}[]} */
function incidentsOwn(incident) {
  const first = incident.first_out?.[0] ?? incident.root;
  const alarm = incident.alarms.find((/** @type {any} */ one) => one.id === first);
  const member = incident.members.find((/** @type {any} */ one) => one.alarm === first);
  return [
    { at: member?.raised ?? null, says: t("wall_event.alarm", { name: local(alarm?.name) || first }) },
    { at: incident.opened, says: t("wall_event.opened") },
    { at: incident.confirmed, says: t("wall_event.confirmed") },
    { at: incident.back, says: t(OF_SUPPLY.has(incident.kind) ? "wall_event.back" : "wall_event.readings_back") },
    { at: ENDED.has(incident.state) ? incident.closed : null, says: t("wall_event.closed", { state: t(`incident.${incident.state}`) }) },
  ];
}

/** @param {any} incident */
function peoples(incident) {
  const order = orderOf(incident);
  const notice = toldOf(incident);
  const steps = (order?.way ?? []).map((/** @type {any} */ one) => ({
    at: one.at,
    says: `${t("work_order")} ${t(`way.${one.step}`)}${one.step === "assigned" ? ` ${crewName(order.crew)}` : ""}`,
  }));
  const told = notice && { at: notice.published, says: notice.version > 1 ? t("wall_event.renewed", { n: notice.version }) : t("wall_event.published") };
  return told ? [...steps, told] : steps;
}

/** @param {any} incident */
export function drawTimeline(incident) {
  const box = byId("timeline");
  const all = [...incidentsOwn(incident), ...peoples(incident)]
    .filter((one) => Number.isFinite(instant(one.at)))
    .reverse()
    .sort((a, b) => instant(b.at) - instant(a.at));
  keyed(box, all, (one) => `${one.at}${one.says}`, () => el("li", {}, el("time"), el("span")), (node, one) => {
    setText(node.children[0], hourMinute(instant(one.at)));
    setText(node.children[1], one.says);
  });
  const rows = /** @type {HTMLElement[]} */ ([...box.children]);
  for (const row of rows) row.hidden = false;
  const room = /** @type {HTMLElement} */ (box.parentElement).getBoundingClientRect().bottom;
  for (const row of rows) row.hidden = row.getBoundingClientRect().bottom > room;
  /** @type {HTMLElement} */ (box.parentElement).classList.toggle("none", rows.every((row) => row.hidden));
}
