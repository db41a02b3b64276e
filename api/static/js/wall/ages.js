/**
 * Four ages, each by itself: the screen's own tick, the line's (header), each value's (zones), and the
 * pipeline's, from the last heartbeat. What a heartbeat does not tell is not known to run: it is shown as stopped.
 */
import { clockSkew, plantNow } from "../core/clock.js";
import { byId, el, keyed, setAttr, setText } from "../core/dom.js";
import { age } from "../core/format.js";
import { known, t } from "../core/words.js";
import { fit } from "./fit.js";

/** The way of a value, and how long each stage may stand still, real s; the first two also three periods. */
const STAGES = /** @type {Record<string, number>} */ ({ spool: 15, values: 15, recorder: 30, alarms: 7 });
const BY_PERIOD = new Set(["spool", "values"]);
const SKEW_SHOWN_MS = 2000;

/** @typedef {{key: string, level: "p2"|"plain", text: string}} Trouble */

/** Once a second, by the screen's own clock and by nothing that comes from the hub. */
export function tick() {
  byId("tick").style.width = `${((Math.floor(Date.now() / 1000) % 60) + 1) / 0.6}%`;
}

/** What of the pipeline stands still, with its age where that is known.
 * @param {any} pulse the last heartbeat @param {any[]} tags @returns {{stage: string, age: number|null}[]} */
export function stopped(pulse, tags) {
  const shortest = Math.min(...tags.map((tag) => tag.period_s ?? 1));
  const slow = Number.isFinite(shortest) ? 3 * shortest : 0;
  const ages = pulse.ages_s ?? {};
  const still = Object.entries(STAGES)
    .filter(([stage, most]) => !Number.isFinite(ages[stage]) || ages[stage] > (BY_PERIOD.has(stage) ? Math.max(most, slow) : most))
    .map(([stage]) => ({ stage, age: /** @type {number|null} */ (ages[stage] ?? null) }));
  const down = (pulse.services_down ?? ["services"]).filter((/** @type {string} */ name) => !still.some(({ stage }) => stage === name));
  return [...still, ...down.map((/** @type {string} */ stage) => ({ stage, age: null }))];
}

/** @param {{stage: string, age: number|null}} one @returns {Trouble} */
function stage({ stage, age: seconds }) {
  const name = known(`wall.stage_${stage}`) ? t(`wall.stage_${stage}`) : t("wall.stage_other");
  const text = seconds === null ? t("wall.stopped", { stage: name }) : t("wall.stopped_for", { stage: name, age: age(seconds) });
  return { key: name, level: "p2", text };
}

/** How far the screen may be believed: the pipeline, the sources, this screen's own clock.
 * @param {any} pulse @param {any[]} tags @returns {Trouble[]} */
export function troubles(pulse, tags) {
  if (!pulse) return [];
  const lines = stopped(pulse, tags).map(stage);
  const skew = plantNow() ? Math.abs(clockSkew()) : 0;
  if (skew > SKEW_SHOWN_MS) lines.push({ key: "skew", level: "plain", text: t("wall.skew", { age: age(skew / 1000) }) });
  return lines.filter((line, i) => lines.findIndex(({ key }) => key === line.key) === i);
}

/** @param {Trouble[]} lines */
export function drawTroubles(lines) {
  const box = byId("troubles");
  box.hidden = !lines.length;
  keyed(box, lines, ({ key }) => key, () => el("li"), (node, { level, text }) => {
    setAttr(node, "class", level);
    setText(node, text);
  });
}

/** Quiet while all is well: the oldest stage's age, and the sources. @param {any} pulse */
export function drawPulse(pulse) {
  const ages = Object.keys(STAGES).map((name) => pulse?.ages_s?.[name]).filter(Number.isFinite);
  setText(byId("pipeline"), ages.length ? t("wall.pipeline", { age: age(Math.max(...ages)) }) : "");
  const { connected, all } = pulse?.sources ?? {};
  setText(byId("sources"), all === undefined ? "" : t("wall.sources", { n: connected, m: all }));
  byId("sources").classList.toggle("short", connected < all);
  const top = /** @type {HTMLElement} */ (document.querySelector(".top"));
  fit(top, ["#pipeline", "#sources:not(.short)", "#age:not(.stale)", "#date"].map((part) => top.querySelector(part)), top.querySelector("h1"));
}
