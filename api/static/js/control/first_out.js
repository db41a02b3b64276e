/** Which alarm came first; where the clocks cannot tell, every one that may have. */
import { number } from "../core/format.js";
import { local, t } from "../core/words.js";

const NAMED = 3;

/** @param {any} incident @param {any[]} alarms @returns {string} "" when it has no members */
export function firstOut(incident, alarms) {
  const ids = /** @type {string[]} */ (incident.first_out ?? []);
  if (!ids.length) return "";
  const names = ids.map((id) => local(alarms.find((alarm) => alarm.id === id)?.name) || id);
  if (names.length > NAMED) names.splice(NAMED, names.length, t("first.more", { n: names.length - NAMED }));
  const what = names.join(t("first.or"));
  return ids.length === 1 ? t("first.one", { what }) : t("first.set", { what, s: number(incident.first_out_within_s, Number.isInteger(incident.first_out_within_s) ? 0 : 1) });
}
