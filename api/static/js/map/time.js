/** The slider over the past: which instant is looked at. Not moving it is now. */
import { plantNow } from "../core/clock.js";
import { byId, el, replace, setText } from "../core/dom.js";
import { age, dateTime } from "../core/format.js";
import { t } from "../core/words.js";
import { drawField, installField } from "../past/field.js";
import { SPANS, address, go, instantAsked, setInstant, span } from "./address.js";

const MIN = 60e3;
const STEP_MS = MIN;
const SETTLE_MS = 180;
/** So far beyond its beginning what is looked at stays at that end: the clock runs on, and the slider stands. */
const BEYOND = 1.1;

const slider = () => /** @type {HTMLInputElement} */ (byId("slider"));
let timer = 0;
/** It is being dragged: an answer does not move it. */
let held = false;

/** What the slider reaches over, ms: up to now, or around what lies before that. */
function reach() {
  const now = plantNow();
  const long = SPANS[span()];
  const at = instantAsked();
  const to = at !== null && at < now - long * BEYOND ? at + long / 2 : now;
  return { from: to - long, to };
}

/** @param {number} by minutes */
export function step(by) {
  setInstant((instantAsked() ?? plantNow()) + by * MIN, true);
}

export function installTime() {
  slider().addEventListener("input", () => {
    held = true;
    clearTimeout(timer);
    drawTime();
    timer = window.setTimeout(() => choose(true), SETTLE_MS);
  });
  slider().addEventListener("change", () => {
    clearTimeout(timer);
    choose(false);
    held = false;
  });
  installField(setInstant);
  for (const button of document.querySelectorAll("[data-step]")) button.addEventListener("click", () => step(Number(button.getAttribute("data-step"))));
  byId("now").addEventListener("click", () => setInstant(null));
}

/** @param {boolean} replacing */
function choose(replacing) {
  const { from } = reach();
  const at = from + Number(slider().value) * STEP_MS;
  setInstant(at >= plantNow() - STEP_MS ? null : at, replacing);
}

export function drawTime() {
  const { from, to } = reach();
  const at = instantAsked();
  const range = slider();
  range.max = String(Math.floor((to - from) / STEP_MS));
  if (!held) range.value = String(Math.round(((at ?? to) - from) / STEP_MS));
  const shown = held ? from + Number(range.value) * STEP_MS : (at ?? plantNow());
  const now = !held && at === null;
  const words = now ? t("map.now") : t("past.at", { time: dateTime(shown), age: age((plantNow() - shown) / 1000) });
  range.setAttribute("aria-valuetext", words);
  setText(byId("shown"), words);
  setText(byId("from"), dateTime(from));
  setText(byId("to"), dateTime(to));
  drawField(shown);
  byId("now").hidden = at === null;
}

export function drawSpans() {
  replace(byId("spans"), ...Object.keys(SPANS).map((name) => el("a", {
    href: address({ span: name }), "aria-current": span() === name ? "true" : null, onclick: (/** @type {MouseEvent} */ event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      go({ span: name }, true);
    } }, t(`range.${name}`))));
}
