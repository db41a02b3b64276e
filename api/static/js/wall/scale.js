/**
 * Type size from where people stand. Secondary text subtends 16 minutes of arc and primary text 20
 * (ISO 9241-303), so at distance D the height is H = 2 D tan(MA / 2); a digit of the typeface is 0.733 em
 * high. A wall of another shape than 16:9 is measured by its own: the diagonal is that of the whole wall. When the
 * room for text grows short, in height or in width, blocks are dropped by rank: text never shrinks.
 */
import { parameter } from "../core/page.js";

const MINUTES = 16;
const DIGIT_EM = 0.733;
const MM_OF_IN = 25.4;
const DEFAULT_DISTANCE_M = 5;
/** Of a wall whose diagonal is not told: as high as a 16:9 screen of 86 in. */
const DEFAULT_HEIGHT_IN = (86 * 9) / Math.hypot(16, 9);
/** Lines of secondary text that must fit before each rank of blocks may stay. */
const ROWS = [31, 27, 23];
/** A screen that is less wide than 16:9 holds as much as one of 16:9 that is as wide. */
const HEIGHT_OF_WIDTH = 9 / 16;
/** From this rank by height on, figures have one line. */
const LOW = 2;

/** @param {string} name @param {number} fallback @param {number} low @param {number} high */
function figure(name, fallback, low, high) {
  const value = Number(parameter(name));
  return value >= low && value <= high ? value : fallback;
}

const ARC_MINUTE = Math.tan(Math.PI / 180 / 60 / 2) * 2;

/** The screen, which the page fills, and who looks at it. mm, minutes: height and angle of a digit in type of so many CSS px; lines: of
 * secondary text that the height holds. */
export function screen() {
  const distance = figure("d", DEFAULT_DISTANCE_M, 0.5, 50);
  const diagonal = Math.hypot(window.innerWidth, window.innerHeight);
  const inches = figure("in", (DEFAULT_HEIGHT_IN * diagonal) / window.innerHeight, 10, 1000);
  const mmOfPx = (inches * MM_OF_IN) / diagonal;
  const mm = (/** @type {number} */ px) => px * DIGIT_EM * mmOfPx;
  const minutes = (/** @type {number} */ px) => mm(px) / (distance * 1000 * ARC_MINUTE);
  const u = Math.round(MINUTES / minutes(1));
  return { distance, inches: Math.round(inches), mm, minutes, u, lines: window.innerHeight / u };
}

/** The secondary text size now, CSS px. */
export const unit = () => screen().u;

/** Put the size and the rank in force; the style sheet does the rest. */
export function applyScale() {
  const { u, lines } = screen();
  const rank = (/** @type {number} */ held) => ROWS.filter((least) => held < least).length;
  const wide = (window.innerWidth / u) * HEIGHT_OF_WIDTH;
  document.documentElement.style.setProperty("--u", `${u}px`);
  document.documentElement.dataset.drop = String(rank(Math.min(lines, wide)));
  document.documentElement.toggleAttribute("data-low", rank(lines) >= LOW);
}
