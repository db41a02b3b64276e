/** What every page of the wall does, whatever it shows: it says how far it may be believed, is heard, keeps its keys
 * and is left alone. */
import { plantNow, plantSpeed } from "../core/clock.js";
import { byId, setText } from "../core/dom.js";
import { age, clockTime } from "../core/format.js";
import { on, store } from "../core/store.js";
import { applyTheme, toggleTheme } from "../core/theme.js";
import { t } from "../core/words.js";
import { current } from "../core/zones.js";
import { drawPulse, drawTroubles, tick, troubles } from "./ages.js";
import { drawAge, drawClock } from "./header.js";
import { drawMode } from "./mode.js";
import { rest, shift, versionTroubles } from "./rest.js";
import { rotate, rotationTroubles } from "./rotate.js";
import { applyScale } from "./scale.js";
import { hush, listenForTouch, ring, soundTroubles, testTones } from "./sound.js";

/** Without customers' meters. */
export const instruments = () => [...store.tags.values()].filter((tag) => tag.quantity !== "volume");

/** What a tag reads, if it may be shown as now. @param {any} tag */
export const now = (tag) => current(tag, plantNow(), plantSpeed());

function drawStale() {
  const stale = !store.live && Number.isFinite(store.ageMs);
  document.body.classList.toggle("not-live", stale);
  byId("stale").hidden = !stale;
  if (stale && plantNow()) {
    setText(byId("stale-since"), t("wall.last", { time: clockTime(plantNow() - store.ageMs * plantSpeed()), age: age(store.ageMs / 1000) }));
  }
}

/** How far all this may be believed. */
function drawBelief() {
  drawPulse(store.pulse);
  drawTroubles([...troubles(store.pulse, instruments()), ...soundTroubles(), ...versionTroubles(store.pulse), ...rotationTroubles()]);
}

const KEYS = /** @type {Record<string, () => void>} */ ({
  n: toggleTheme,
  f: () => void document.documentElement.requestFullscreen(),
  m: () => { hush(store.alarms); drawBelief(); },
  t: () => { testTones(); drawBelief(); },
});

/** @param {() => void} redraw asked at each change and each second @param {() => void} resized
 * @param {Record<string, () => void>} [keys] the page's own */
export function frame(redraw, resized, keys = {}) {
  applyScale();
  listenForTouch();
  on("alarm", () => ring(store.alarms));
  for (const what of ["alarm", "values", "flood", "loaded"]) on(what, redraw);
  on("hb", () => {
    drawMode();
    drawClock();
    drawBelief();
    rest(store.pulse, store.alarms);
  });
  on("age", () => {
    drawAge(store.live, store.ageMs);
    drawStale();
  });
  window.addEventListener("resize", () => {
    applyScale();
    resized();
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    (KEYS[event.key] ?? keys[event.key])?.();
  });
  setInterval(() => {
    drawClock();
    applyTheme();
  }, 250);
  setInterval(() => {
    tick();
    shift();
    ring(store.alarms);
    drawBelief();
    rotate();
    redraw();
  }, 1000);
}
