/** What the board shows, asked for again when something changed; ages are counted here, once a second. */
import { plantNow } from "../core/clock.js";
import { instant } from "../core/format.js";
import { get } from "../core/http.js";
import { may, parameter } from "../core/page.js";

export const VIEWS = ["state", "crew", "duties", "callbacks", "figures"];
const PANELS = /** @type {const} */ (["clocks", "zone", "assign"]);
/** Figures of thirty days change slowly, and take the hub a while. */
const FIGURES_MS = 300_000;
/** Who may see which view; the first two are everybody's. */
const NEEDS = /** @type {Record<string, string>} */ ({ duties: "duties", callbacks: "callbacks", figures: "reports" });

export const views = () => VIEWS.filter((view) => !(view in NEEDS) || may(NEEDS[view]));

export const board = {
  /** @type {any[]} */ cards: [],
  /** Notices of acute doubtful water that the public has not heard of. @type {any[]} */ notices: [],
  /** @type {any[]} */ duties: [],
  /** Key customers whom nobody had reached when it was over. @type {any[]} */ missed: [],
  /** @type {{items: any[], waiting: any[], may_call: boolean, unlisted: number}} */ callbacks: { items: [], waiting: [], may_call: true, unlisted: 0 },
  /** Masked telephones by call-back, of whom the list had when they were asked for. @type {Record<string, string|null>} */ numbers: {},
  /** @type {any} */ figures: null,
  /** @type {any[]} */ reports: [],
  /** When the figures were asked for, ms of this page. */ figuresAt: -Infinity,
  /** Plant time of the cards, ms. */ at: NaN,
  loaded: false,
  /** @type {Error|null} */ error: null,
  ...addressed(),
};

/** What the address says is seen: the view; the order whose panel is open; what the panel shows, its clocks, the
 * zone's pressures, or the crews to choose from. @returns {{view: string, open: string, panel: "clocks"|"zone"|"assign"}} */
export function addressed() {
  const view = views().includes(parameter("view")) ? parameter("view") : parameter("duties") && may("duties") ? "duties" : "state";
  return { view, open: parameter("order"), panel: PANELS.find((name) => name === parameter("panel")) ?? "clocks" };
}

/** Who is to be called: those of the list, and those who wait for it. */
export const toCall = () => [...board.callbacks.items, ...board.callbacks.waiting];

/** The address holds what is seen, so that a link or a reload shows the same, and the way back leads through it. */
export function remember() {
  const was = addressed();
  const address = new URL(location.href);
  const held = { view: board.view === "state" ? "" : board.view, order: board.open, panel: board.open && board.panel !== "clocks" ? board.panel : "", duties: "" };
  for (const [name, value] of Object.entries(held)) {
    if (value) address.searchParams.set(name, value);
    else address.searchParams.delete(name);
  }
  const gone = was.view !== board.view || (board.open && was.open !== board.open);
  history[gone ? "pushState" : "replaceState"](null, "", address);
}

/** Everything that the view needs. What cannot be asked for leaves what was there, and says so. */
export async function load() {
  try {
    const said = await get("/api/v1/board");
    board.cards = said.items;
    board.notices = said.notices;
    board.at = instant(said.at);
    if (may("duties")) board.duties = (await get("/api/v1/duties")).items;
    if (may("duties") && board.view === "duties") board.missed = (await get("/api/v1/duties?state=not_reached&limit=50")).items;
    if (may("callbacks")) board.callbacks = await get("/api/v1/callbacks");
    if (board.view === "callbacks" && may("customers") && toCall().some((one) => !(one.id in board.numbers))) await loadNumbers();
    if (board.view === "figures" && performance.now() - board.figuresAt > FIGURES_MS) await loadFigures();
    board.error = null;
  } catch (error) {
    board.error = /** @type {Error} */ (error);
  }
  board.loaded = true;
}

/** Each reading of them is on record: asked for when somebody new is on the list, not every time. */
async function loadNumbers() {
  const found = (await get("/api/v1/callbacks/numbers")).items;
  for (const one of toCall()) board.numbers[one.id] = found[one.id] ?? null;
}

async function loadFigures() {
  board.figures = await get("/api/v1/service-figures");
  board.reports = (await get("/api/v1/authority-reports")).items;
  board.figuresAt = performance.now();
}

/** @param {any} clock @returns {boolean} */
export const runs = (clock) => ["running", "paused", "overdue"].includes(clock.state);

/**
 * Seconds left, with pauses and without; negative when it is too late. A paused clock stands still where it was
 * when the hub was asked.
 * @param {any} clock
 */
export function left(clock) {
  const now = plantNow() || board.at;
  const held = clock.state === "paused" ? board.at : now;
  return { paused: (instant(clock.due_paused) - held) / 1000, plain: (instant(clock.due) - now) / 1000 };
}

/** @param {any} card the running clock that is due first, pauses counted */
export const nextOf = (card) => card.clocks.filter(runs).sort((/** @type {any} */ a, /** @type {any} */ b) => instant(a.due_paused) - instant(b.due_paused))[0];

/** How pressing a clock is. @param {any} clock @returns {"late"|"soon"|"held"|"ok"} */
export function press(clock) {
  if (clock.state === "paused") return "held";
  const whole = (instant(clock.due) - instant(clock.start)) / 1000;
  const rest = left(clock).paused;
  if (rest < 0) return "late";
  return clock.share_paused >= 0.8 || rest < 0.2 * whole ? "soon" : "ok";
}

