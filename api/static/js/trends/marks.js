/** What happened meanwhile: incidents of the pens' zones, their alarms, people's notes, and what is usual. */
import { plantNow } from "../core/clock.js";
import { instant } from "../core/format.js";
import { usualOf } from "../core/history.js";
import { get } from "../core/http.js";
import { may } from "../core/page.js";
import { store } from "../core/store.js";
import { painted } from "./painted.js";

const HOUR = 3600e3;
const DAY = 24 * HOUR;
const MOST_ALARMS = 24;
const MOST_HOURS = 28 * 24;
const NOT_SHOWN = ["merged", "false_alarm"];

export const marks = {
  /** The notes of the pens within the span, by their time. @type {any[]} */ notes: [],
  /** @type {any[]} */ incidents: [],
  /** @type {Error|null} */ error: null,
};

/** Of several questions for notes the last one's answer counts. */
let asks = 0;

/** @param {string[]} ids @param {number} from @param {number} to */
export async function loadNotes(ids, from, to) {
  const mine = ++asks;
  const asked = new URLSearchParams({ start: new Date(from).toISOString(), end: new Date(to).toISOString() });
  for (const id of ids) asked.append("tags", id);
  try {
    const notes = ids.length ? (await get(`/api/v1/annotations?${asked}`)).items : [];
    if (mine !== asks) return;
    marks.notes = notes;
    marks.error = null;
  } catch (error) {
    if (mine !== asks) return;
    marks.error = /** @type {Error} */ (error);
  }
  painted.notes = marks.notes.map((note, n) => ({ from: instant(note.start), to: instant(note.end), n, tags: note.tags }));
}

/** From what is known anyway. @param {string[]} ids @param {number} from @param {number} to */
export function findIncidents(ids, from, to) {
  const zones = new Set(ids.map((id) => store.tags.get(id)?.zone).filter(Boolean));
  const within = store.incidents
    .filter((one) => zones.has(one.zone) && !NOT_SHOWN.includes(one.state))
    .map((one) => ({ one, from: instant(one.opened), to: one.closed ? instant(one.closed) : plantNow() }))
    .filter((span) => span.from < to && span.to > from);
  marks.incidents = within.map(({ one }) => one);
  painted.incidents = within.map((span) => ({ id: span.one.id, zones: [span.one.zone], from: span.from, to: span.to }));
}

/** When alarms of the pens' own tags were active, from the journal: by tag.
 * @param {string[]} ids @returns {Promise<typeof painted.alarms>} */
export async function alarmsOf(ids) {
  const spans = new Map(ids.map((id) => [id, /** @type {ReturnType<typeof active>} */ ([])]));
  if (!may("alarms")) return spans;
  const zones = [...new Set(ids.map((id) => store.tags.get(id)?.zone).filter(Boolean))];
  const known = await Promise.all(zones.map((zone) => get(`/api/v1/alarms?zone=${encodeURIComponent(zone)}`)));
  const mine = known.flatMap((found) => found.items).filter((alarm) => ids.includes(alarm.tag)).slice(0, MOST_ALARMS);
  const journals = await Promise.all(mine.map((alarm) => get(`/api/v1/alarm-journal?alarm=${encodeURIComponent(alarm.id)}&limit=200`)));
  mine.forEach((alarm, i) => spans.get(alarm.tag)?.push(...active(journals[i].items, alarm.priority ?? 4)));
  return spans;
}

/** @param {any[]} entries the newest first @param {number} priority */
export function active(entries, priority) {
  const spans = [];
  let since = NaN;
  for (const entry of [...entries].reverse()) {
    if (entry.event === "raise" && !entry.refused && Number.isNaN(since)) since = instant(entry.happened);
    if (entry.event === "clear" && !entry.refused && !Number.isNaN(since)) {
      spans.push({ from: since, to: instant(entry.happened), priority });
      since = NaN;
    }
  }
  if (!Number.isNaN(since)) spans.push({ from: since, to: plantNow(), priority });
  return spans;
}

/** Asked for once a day: a page may stand for weeks. @type {Map<string, {day: number, usual: import("../core/history.js").Usual}>} */
const usuals = new Map();

/** Of one pen: a state has nothing usual.
 * @param {any} tag @param {number} from @param {number} to @returns {Promise<typeof painted.usual>} */
export async function usualBand(tag, from, to) {
  if (!tag || tag.quantity === "status") return null;
  const day = Math.floor(plantNow() / DAY);
  const known = usuals.get(tag.id);
  const usual = known?.day === day ? known.usual : await usualOf({ inflow: [tag.id], outflow: [] });
  usuals.set(tag.id, { day, usual });
  const hours = [];
  for (let at = Math.floor(from / HOUR) * HOUR; at < to && hours.length < MOST_HOURS; at += HOUR) {
    const found = usual.at(at);
    if (found) hours.push({ at, low: found.low, high: found.high });
  }
  return { tag: tag.id, hours };
}
