/**
 * Tones that go on until an alarm is answered on a desk, or silenced here. Silence is not an answer: it holds for
 * that occurrence on this screen alone, is said on it, and ends with anything new.
 */
import { unanswered } from "../core/alarms.js";
import { floodOf } from "../control/floods.js";
import { parameter } from "../core/page.js";
import { sound, soundState, wakeSound } from "../control/tones.js";
import { t } from "../core/words.js";

/** How often each priority is heard, ms; the others once. */
const EVERY_MS = /** @type {Record<number, number>} */ ({ 1: 4000, 2: 30000 });
const TESTED_MS = 4000;
const wanted = parameter("sound", "on") !== "off";

/** A sounding is over before the next begins. */
const APART_MS = 1500;

/** Occurrences silenced here, and those heard; kept for the page that this screen shows next. */
const KEPT = "sounds";
/** @type {Set<string>} */
let hushed = new Set();
/** @type {Set<string>} */
let heard = new Set();
/** As the page before left them, until there is an alarm. @type {{hushed: string[], heard: string[]}|null} */
let before = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
let kept = "";
let last = -Infinity;
let tested = -Infinity;

/** @param {any} alarm */
const keyOf = (alarm) => `${alarm.id}|${alarm.occurrence}|${alarm.realarms}|${alarm.worst}`;

/** What may be heard: new, nobody's yet; in a flood priorities 1 and 2 only. @param {any[]} alarms */
const loud = (alarms) =>
  alarms.filter((alarm) => alarm.state === "UNACK" && unanswered(alarm) && (alarm.priority <= 2 || !floodOf(alarm)));

/** @param {any[]} alarms */
const worst = (alarms) => Math.min(...alarms.map((alarm) => alarm.priority));

/** Once a second, and when alarms change: let the worst be heard of what is new, else what is due again.
 * @param {any[]} alarms */
export function ring(alarms) {
  if (alarms.length && before) {
    hushed = new Set(before.hushed);
    heard = new Set(before.heard);
    before = null;
  }
  const waiting = loud(alarms);
  const keys = new Set(waiting.map(keyOf));
  hushed = new Set([...hushed].filter((key) => keys.has(key)));
  heard = new Set([...heard].filter((key) => keys.has(key)));
  const sounding = waiting.filter((alarm) => !hushed.has(keyOf(alarm)));
  if (alarms.length) keep();
  document.body.dataset.sounding = sounding.length ? String(worst(sounding)) : "";
  const since = performance.now() - last;
  if (!sounding.length || since < APART_MS) return;
  const fresh = sounding.filter((alarm) => !heard.has(keyOf(alarm)));
  for (const alarm of fresh) heard.add(keyOf(alarm));
  if (fresh.length) play(worst(fresh));
  else if (since >= (EVERY_MS[worst(sounding)] ?? Infinity)) play(worst(sounding));
  keep();
}

function keep() {
  const now = JSON.stringify({ hushed: [...hushed], heard: [...heard] });
  if (now === kept) return;
  kept = now;
  sessionStorage.setItem(KEPT, now);
}

/** @param {number} priority @param {number} [afterS] */
function play(priority, afterS = 0) {
  last = performance.now();
  document.body.dataset.sounds = String(Number(document.body.dataset.sounds ?? 0) + 1);
  if (wanted) sound(priority, afterS);
}

/** Silence what is waiting now. @param {any[]} alarms */
export function hush(alarms) {
  for (const alarm of loud(alarms)) hushed.add(keyOf(alarm));
  ring(alarms);
}

/** The four tones, one after another. */
export function testTones() {
  tested = performance.now();
  [1, 2, 3, 4].forEach((priority, n) => play(priority, n * 1.2));
}

/** What a person must know of the sound. @returns {import("./ages.js").Trouble[]} */
export function soundTroubles() {
  const testing = performance.now() - tested < TESTED_MS;
  const blocked = wanted && soundState() !== "running";
  return [
    blocked && { key: "sound", level: /** @type {const} */ ("p2"), text: t("wall.sound_blocked") },
    hushed.size > 0 && { key: "hushed", level: /** @type {const} */ ("plain"), text: t("wall.hushed", { n: hushed.size }) },
    testing && { key: "testing", level: /** @type {const} */ ("plain"), text: t("wall.testing") },
  ].filter((one) => one !== false);
}

/** A touch or key is what browsers wait for. */
export function listenForTouch() {
  if (!wanted) return;
  for (const touch of ["pointerdown", "keydown"]) document.addEventListener(touch, wakeSound);
}
