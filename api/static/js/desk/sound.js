/** A new unacknowledged alarm is heard, at most three times a minute; in a flood only priorities 1 and 2 are. */
import { unanswered } from "../core/alarms.js";
import { el, setAttr } from "../core/dom.js";
import { floodOf } from "../control/floods.js";
import { sound as tones } from "../control/tones.js";
import { t } from "../core/words.js";

const EVERY_MS = 20e3;
const KEPT = "sound";

/** What was there before, by occurrence. @type {Set<string>|null} */
let known = null;
let last = -Infinity;

const on = () => localStorage.getItem(KEPT) !== "off";
const button = el("button", { type: "button", class: "sound", onclick: () => { localStorage.setItem(KEPT, on() ? "off" : "on"); soundButton(); } }, t("desk.sound"));

export function soundButton() {
  setAttr(button, "aria-pressed", String(on()));
  return button;
}

/** @param {any[]} alarms */
export function listen(alarms) {
  const waiting = alarms.filter((alarm) => alarm.state === "UNACK" && unanswered(alarm));
  const keys = new Set(waiting.map((alarm) => `${alarm.id}|${alarm.occurrence}|${alarm.realarms}|${alarm.worst}`));
  const before = known;
  known = keys;
  if (!before) return;
  const fresh = waiting.filter((alarm) => !before.has(`${alarm.id}|${alarm.occurrence}|${alarm.realarms}|${alarm.worst}`));
  const heard = fresh.filter((alarm) => alarm.priority <= 2 || !floodOf(alarm));
  if (heard.length && performance.now() - last >= EVERY_MS) sound(Math.min(...heard.map((alarm) => alarm.priority)));
}

/** @param {number} priority */
function sound(priority) {
  last = performance.now();
  document.body.dataset.sounds = String(Number(document.body.dataset.sounds ?? 0) + 1);
  if (on()) tones(priority);
}
