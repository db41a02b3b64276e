/** Floods that are on: more new alarms than a person can take in. Lists then begin with incidents, and only
 * priorities 1 and 2 are heard. */
import { hourMinute, instant, number } from "../core/format.js";
import { store } from "../core/store.js";
import { local, t } from "../core/words.js";

/** The flood an alarm is part of. @param {any} alarm */
export const floodOf = (alarm) => store.floods.find((flood) => flood.covers.includes(alarm.zone ?? null));

/** The largest that is on. @returns {any} */
export const largest = () => [...store.floods].sort((a, b) => b.annunciated - a.annunciated)[0];

/** How much, since when. @param {any} flood */
export const floodWords = (flood) =>
  t("flood.since", { time: hourMinute(instant(flood.began)), n: number(flood.annunciated), m: number(flood.incidents) });

/** Which desk, where there are several. @param {any} flood */
export const deskOf = (flood) => (flood.covers.includes(null) && flood.covers.length > 1 && store.floods.length < 2 ? "" : local(flood.name));

/** What an alarm's behaviour is called, by name. @param {any} alarm @param {number} now */
export function marksOf(alarm, now) {
  const stood = now - instant(alarm.raised);
  return [alarm.chatter && "chattering", alarm.fleeting && "fleeting", alarm.active && stood > STALE_MS && "stale"].filter(Boolean);
}

const STALE_MS = 86_400e3;
