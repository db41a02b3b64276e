/** Reading alarms and incidents: what is unanswered, what is worse, what is still open. */

const UNANSWERED = new Set(["UNACK", "LTCH_UNACK", "RTNUN"]);
const ASIDE = new Set(["SHLVD", "DSUPR", "OOSRV", "NORM"]);
const OVER = new Set(["closed", "false_alarm", "merged"]);
const LIVE = new Set(["suspected", "confirmed"]);
const KIND_PRIORITY = /** @type {Record<string, number>} */ ({
  burst: 1, water_quality: 1, low_pressure: 2, pump_trip: 2, communication: 3, instrument: 3,
});

/** @param {any} alarm */
export const unanswered = (alarm) => UNANSWERED.has(alarm.state);

/** To be looked at: not normal, not shelved, suppressed or out of service. @param {any} alarm */
export const standing = (alarm) => !ASIDE.has(alarm.state);

/** Worst first: unanswered before answered, then priority, then the newest. @param {any} a @param {any} b */
export const worse = (a, b) =>
  Number(unanswered(b)) - Number(unanswered(a)) ||
  a.priority - b.priority ||
  String(b.raised ?? "").localeCompare(String(a.raised ?? ""));

/** Counts by priority: `[unanswered, standing]`, index 1..4. @param {any[]} alarms */
export function counts(alarms) {
  const by = Array.from({ length: 5 }, () => ({ unanswered: 0, standing: 0 }));
  for (const alarm of alarms) {
    if (!standing(alarm)) continue;
    by[alarm.priority].standing += 1;
    if (unanswered(alarm)) by[alarm.priority].unanswered += 1;
  }
  return by;
}

/** @param {any} incident */
export const open = (incident) => !OVER.has(incident.state);

/** It still harms, or may: neither restored nor over. @param {any} incident */
export const live = (incident) => LIVE.has(incident.state);

/** An incident is as urgent as its worst alarm; one that is restored or over is not urgent: null.
 * @param {any} incident @param {any[]} alarms @returns {number|null} */
export function priorityOf(incident, alarms) {
  if (!live(incident)) return null;
  const ids = new Set((incident.members ?? []).map((/** @type {any} */ m) => m.alarm));
  const worst = alarms.filter((a) => ids.has(a.id) || a.incident === incident.id).map((a) => a.priority);
  return Math.min(...worst, worst.length ? 4 : (KIND_PRIORITY[incident.kind] ?? 3));
}

/** Open incidents, the most urgent first and of those the newest. @param {any[]} incidents @param {any[]} alarms */
export function urgent(incidents, alarms) {
  const worst = new Map();
  for (const { incident, priority } of alarms) {
    if (incident) worst.set(incident, Math.min(worst.get(incident) ?? 9, priority));
  }
  const rank = (/** @type {any} */ one) => (live(one) ? (worst.get(one.id) ?? KIND_PRIORITY[one.kind] ?? 3) : null);
  return incidents
    .map((incident) => ({ incident, rank: rank(incident) }))
    .sort((a, b) => moreUrgent(a.rank, b.rank) || String(b.incident.opened).localeCompare(String(a.incident.opened)))
    .map(({ incident }) => incident);
}

/** The most urgent first, what is not urgent last. @param {number|null} a @param {number|null} b */
export const moreUrgent = (a, b) => (a ?? 9) - (b ?? 9);

/** Each alarmed tag's and zone's worst standing priority. @param {any[]} alarms */
export function places(alarms) {
  const tags = new Map();
  const zones = new Map();
  for (const alarm of alarms.filter(standing)) {
    if (alarm.tag) tags.set(alarm.tag, Math.min(tags.get(alarm.tag) ?? 9, alarm.priority));
    if (alarm.zone) zones.set(alarm.zone, Math.min(zones.get(alarm.zone) ?? 9, alarm.priority));
  }
  return { tags, zones };
}
