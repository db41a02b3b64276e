/** The dispatcher's board: what is under way, whose it is, and how long is left. */
import { plantNow } from "../core/clock.js";
import { byId, el, redraw, replace, setText } from "../core/dom.js";
import { instant, number } from "../core/format.js";
import { failure, post, SIGNED_OUT } from "../core/http.js";
import { drawAges, installMenu } from "../core/menu.js";
import { crewName } from "../core/page.js";
import { released } from "../core/pressed.js";
import { signInAgain } from "../core/sign_in.js";
import { on, start, store } from "../core/store.js";
import { applyTheme } from "../core/theme.js";
import { onWater } from "../core/whom.js";
import { local, t } from "../core/words.js";
import { drawColumns } from "./cards.js";
import { span, tick } from "./clocks.js";
import { drawFigures } from "./figures.js";
import { installKeys } from "./keys.js";
import { drawCallbacks } from "./calling.js";
import { drawDuties } from "./lists.js";
import { drawPanel, drawValues } from "./panel.js";
import { reasonFor } from "./choosing.js";
import { addressed, board, load, nextOf, press, remember, toCall, views } from "./state.js";

const AGAIN_MS = 30_000;
const QUIET_MS = 250;
/** At most a tenth of the time is spent on asking. */
const SHARE = 10;
let waiting = 0;
let asking = false;
let more = false;
let took = 0;

/** @param {string} text @param {boolean} [bad] */
function say(text, bad = false) {
  byId("said").className = bad ? "said bad" : "said";
  setText(byId("said"), text);
}

/** What failed is seen, and whose session is over signs in again. @param {string} text @param {any} error */
function sayFailed(text, error) {
  say(text, true);
  if (error.status !== SIGNED_OUT) return;
  byId("said").append(" ", signInAgain(t("board.sign_in")));
}

/** Ask again soon: many changes are one question; whoever did something is not kept waiting for its outcome. */
function again(own = false) {
  more ||= asking;
  if (asking || (waiting && !own)) return;
  window.clearTimeout(waiting);
  waiting = window.setTimeout(() => void turn(), own ? 0 : Math.max(QUIET_MS, SHARE * took));
}

/** What changes while the answer is on its way may not be in it. */
async function turn() {
  const began = performance.now();
  waiting = 0;
  more = false;
  asking = true;
  await load();
  asking = false;
  if (!more) othersGave();
  took = performance.now() - began;
  if (more) again();
  await released();
  draw();
}

/** A command, and what came of it in words. @param {string} path @param {object} [body] */
async function act(path, body = {}) {
  try {
    await post(path, body);
    say(t("board.done"));
    board.figuresAt = -Infinity;
    /** @type {HTMLElement|null} */ (document.activeElement)?.blur();
    again(true);
    return true;
  } catch (error) {
    sayFailed(failure(error), error);
    byId("said").scrollIntoView({ block: "nearest" });
    return false;
  }
}

/** @param {string} order @param {"clocks"|"zone"|"assign"} panel */
function open(order, panel) {
  const card = board.cards.find((one) => one.id === order);
  if (!card) return;
  if (panel === "assign" && !card.allowed.includes("assign")) {
    say(t("board.not_assignable", { state: t(`order.${card.state}`) }), true);
    return;
  }
  Object.assign(board, { open: order, panel });
  byId("panel").dataset.shown = "";
  draw();
  /** @type {HTMLElement|null} */ (byId("panel").querySelector("h2"))?.focus();
}

function close() {
  const was = board.open;
  board.open = "";
  draw();
  /** @type {HTMLElement|null} */ (document.querySelector(`[data-order="${CSS.escape(was)}"]`))?.focus();
}

/** The crew that this page has last given an order: if others give it to another, it says so.
 * @type {{order: string, crew: string}|null} */
let given = null;

function othersGave() {
  const card = given && board.cards.find((one) => one.id === given?.order);
  if (!card || card.crew === given?.crew) return;
  given = null;
  say(card.crew ? t("board.given_since", { order: card.id, crew: crewName(card.crew) }) : t("board.taken_off", { order: card.id }), true);
}

/** @param {any} card as it was seen @param {string} crew */
async function assign(card, crew) {
  const note = reasonFor(crew);
  if (note === null) return say(t("board.say_why"), true);
  const seen = card.crew ?? "";
  given = null;
  if (await act(`/api/v1/work-orders/${encodeURIComponent(card.id)}/assign`, { crew, seen, ...(note && { note }) })) {
    given = { order: card.id, crew };
    say(t(seen && seen !== crew ? "board.reassigned" : "board.assigned", { order: card.id, crew: crewName(crew), was: crewName(seen) }));
    close();
  } else again(true);
}

/** @param {string} name */
function view(name) {
  board.view = name;
  draw();
  again(true);
}

const hands = { open, close, view, assign: (/** @type {any} */ card, /** @type {string} */ crew) => void assign(card, crew), act, show: (/** @type {"clocks"|"zone"|"assign"} */ panel) => open(board.open, panel) };

/** Of acute doubtful water the public has to be told, until a stated time: a link each, whatever the view. */
function dueNotices() {
  redraw(byId("due-notices"), ...board.notices.map((one) => {
    const rest = (instant(one.due) - plantNow()) / 1000;
    return el("li", { class: rest < 0 ? "late" : one.share >= 0.5 ? "soon" : "duty" },
      el("a", { href: `/notices?id=${encodeURIComponent(one.notice)}` }, el("b", {}, t(rest < 0 ? "board.late" : "board.left", { span: span(rest) })), " ", t("board.notice_due"), " ", local(one.title)));
  }));
}

/** What needs somebody at once, in figures. */
function sums() {
  const first = board.cards.map(nextOf).filter(Boolean);
  const late = first.filter((clock) => press(clock) === "late").length;
  const soon = first.filter((clock) => press(clock) === "soon").length;
  const rows = [
    ["late", late, "board.sum_late"], ["soon", soon, "board.sum_soon"],
    ["none", board.cards.filter((card) => card.unassigned).length, "board.sum_unassigned"],
    ["idle", board.cards.filter((card) => card.idle).length, "board.sum_idle"],
    [board.duties.some((duty) => duty.late) ? "late" : "duty", board.duties.length, "board.sum_duties"],
  ];
  redraw(byId("sums"), ...rows.map(([kind, n, word]) => el("li", { class: n ? String(kind) : "zero" }, el("b", {}, number(Number(n))), " ", t(String(word)))));
}

/** How many rows the call-backs have. @param {string} name */
function label(name) {
  const n = toCall().length;
  return name === "callbacks" && n ? t("board.callbacks_n", { n: number(n) }) : t(`board.view_${name}`);
}

function draw() {
  remember();
  sums();
  dueNotices();
  redraw(byId("views"), ...views().map((name, i) => el("button", { type: "button", "aria-pressed": String(board.view === name), onclick: () => view(name) }, el("kbd", {}, i + 1), label(name))));
  const box = byId("list");
  box.className = `list ${["state", "crew"].includes(board.view) ? "columns" : "table"}`;
  if (board.error) sayFailed(t("board.not_loaded", { why: board.error.message }), board.error);
  if (!board.loaded) replace(box, el("p", { class: "nothing" }, t("board.loading")));
  else if (board.view === "duties") drawDuties(box, act);
  else if (board.view === "callbacks") drawCallbacks(box, act);
  else if (board.view === "figures") drawFigures(box, act);
  else if (!board.cards.length && !board.error) replace(box, el("p", { class: "nothing" }, t("board.empty")));
  else drawColumns(box, open);
  drawPanel(hands);
}

async function main() {
  installMenu();
  installKeys(hands);
  draw();
  addEventListener("popstate", () => {
    Object.assign(board, addressed());
    byId("panel").dataset.shown = "";
    draw();
    again(true);
  });
  on("work_order", () => again());
  on("notice", () => again());
  onWater(() => board.cards, draw);
  on("values", drawValues);
  on("age", () => drawAges(store));
  asking = true;
  await start();
  await turn();
  const asked = board.panel;
  board.panel = asked === "assign" ? "clocks" : asked;
  if (board.open && asked === "assign") open(board.open, asked);
  draw();
  setInterval(() => {
    drawAges(store);
    applyTheme();
    tick();
  }, 1000);
  setInterval(() => again(), AGAIN_MS);
  document.body.dataset.ready = "true";
}

void main();
