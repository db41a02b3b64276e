/** Why nobody hears of an alarm: the shelf, rules with their words, a permit; since when and until when. */
import { el } from "../core/dom.js";
import { dateTime, hourMinute, instant } from "../core/format.js";
import { get } from "../core/http.js";
import { store } from "../core/store.js";
import { clauses, local, t } from "../core/words.js";
import { tab } from "./alarm_tabs.js";
import { ageOf, placeOf, sign } from "./columns.js";
import { address } from "./route.js";

const COMMS = "comms:";
/** The words of alarms.yaml's rules, by id. @type {Map<string, any>} */
const names = new Map();

/** Asked for once: they change with the hub's configuration only. */
export async function loadRules() {
  for (const rule of (await get("/api/v1/suppression")).items) if (rule.name) names.set(rule.id, rule.name);
}

/** A rule in words; its id where it has none. @param {string} id */
export function ruleName(id) {
  if (id.startsWith(COMMS)) return t("rule.comms", { station: id.slice(COMMS.length) });
  const activity = store.activities.find((one) => one.id === id);
  if (activity) return t("rule.activity", { id, kind: t(`activity.kind.${activity.kind}`) });
  if (id.startsWith("MNT-")) return t("rule.maintenance", { id });
  return local(names.get(id)) || id;
}

/** @param {any} alarm */
const sinceOf = (alarm) => (tab() === "shelved" ? alarm.shelf?.since : tab() === "out" ? alarm.oos?.since : alarm.suppressed);

/** @param {any} alarm @returns {string} */
function why(alarm) {
  if (tab() === "shelved") return alarm.shelf?.note ?? "";
  if (tab() === "out") return `${alarm.oos?.permit ?? ""} · ${alarm.oos?.note ?? ""}`;
  return clauses((alarm.suppressed_by ?? []).map(ruleName));
}

/** @param {"shelved"|"suppressed"|"out"} which @returns {import("./table.js").Columns<any>} */
export const heldColumns = (which) => ({
  name: t(`desk.tab_${which}`),
  empty: t(`desk.none_${which}`),
  heads: ["priority", "state", "since", "held_for", "source", "message", "why"].map((id) => ({ id, label: t(`desk.head_${id}`) })),
  key: (alarm) => alarm.id,
  rowClass: (alarm) => `p${alarm.priority} answered`,
  cells: (alarm) => [
    sign(alarm.priority),
    which === "shelved" ? `${t(`state.${alarm.state}`)} → ${hourMinute(instant(alarm.shelf?.until))}` : t(`state.${coreOf(alarm)}`),
    sinceOf(alarm) ? dateTime(instant(sinceOf(alarm))) : "–",
    sinceOf(alarm) ? ageOf(sinceOf(alarm)) : "–",
    placeOf(alarm),
    el("a", { href: address("alarms", alarm.id, { tab: which }) }, local(alarm.name) || alarm.id),
    el("span", { class: "why" }, why(alarm)),
  ],
});

/** How it would stand if it were heard. @param {any} alarm */
function coreOf(alarm) {
  if (alarm.active) return alarm.acked ? "ACKED" : "UNACK";
  if (alarm.latched) return alarm.acked ? "LTCH_ACK" : "LTCH_UNACK";
  return alarm.acked ? "NORM" : "RTNUN";
}
