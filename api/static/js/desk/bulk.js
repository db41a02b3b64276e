/**
 * Acknowledging at once what is in sight and nothing else: counted, asked about, then each alarm by itself as it
 * was seen when the question was put. Rows hold still meanwhile; a scroll or another view takes the question back.
 */
import { deliberate } from "../press/deliberate.js";
import { unanswered } from "../core/alarms.js";
import { byId, el, redraw, setText } from "../core/dom.js";
import { number } from "../core/format.js";
import { passing } from "../core/http.js";
import { may } from "../core/page.js";
import { t } from "../core/words.js";
import { advice, answer, refused, say } from "./commands.js";
import { onRoute } from "./route.js";

/** Within a row: less than its padding. */
const EDGE_PX = 3;
const bar = el("p", { class: "bulk" });
/** @type {any[]|null} as they were when it was asked */
let asked = null;
let sending = false;
/** @type {import("./table.js").Table<any>|null} */
let table = null;
let changed = () => {};

/** @param {any} alarm */
export const isAsked = (alarm) => asked?.some((one) => one.id === alarm.id) ?? false;

/** A row that can be read from its top to its foot: not scrolled away, nor behind a head or a bar. @param {Element} row */
function inSight(row) {
  const { top, bottom } = row.getBoundingClientRect();
  if (bottom <= 0 || top >= innerHeight) return false;
  const left = (row.querySelector("td.message") ?? row).getBoundingClientRect().left + EDGE_PX;
  return [top + EDGE_PX, bottom - EDGE_PX].every((y) => row.contains(document.elementFromPoint(left, y)));
}

/** @returns {any[]} */
function seen() {
  const there = new Set([...(table?.body.children ?? [])].filter(inSight).map((row) => row.getAttribute("data-key")));
  return (table?.shown ?? []).filter((alarm) => unanswered(alarm) && there.has(alarm.id));
}

/** Its place below the list; null where it is not offered. @param {import("./table.js").Table<any>} list @param {() => void} then */
export function bulkBar(list, then) {
  table = list;
  changed = then;
  return may("acknowledge") ? bar : null;
}

/** Once the rows are drawn: how many it would be. */
export function drawBulk() {
  if (asked && !(table?.still && bar.isConnected)) takeBack();
  if (asked || !bar.isConnected) return;
  bar.hidden = !table?.shown.some(unanswered);
  const n = bar.hidden ? 0 : seen().length;
  const label = sending ? t("desk.sending") : t("bulk.offer", { n: number(n) });
  redraw(bar, el("button", { type: "button", disabled: sending || !n, onclick: ask }, label, !sending && el("kbd", { "aria-hidden": "true" }, "A")));
}

export function ask() {
  if (asked || sending || !table || !bar.isConnected || bar.hidden || !seen().length) return;
  const sure = deliberate(el("button", { type: "button", id: "sure", class: "strong", onclick: () => void send() }, t("desk.ack")));
  const question = el("span", {}, wording(seen()));
  redraw(bar, question, sure, el("button", { type: "button", onclick: takeBack }, t("desk.no")));
  asked = seen();
  setText(question, wording(asked));
  table.still = true;
  refused.clear();
  sure.focus({ preventScroll: true });
  changed();
}

/** @param {any[]} alarms */
function wording(alarms) {
  const first = alarms.filter((alarm) => alarm.priority === 1).length;
  return t(first ? "bulk.ask_first" : "bulk.ask", { n: number(alarms.length), m: number(first) });
}

function takeBack() {
  const held = bar.contains(document.activeElement);
  asked = null;
  table?.release();
  drawBulk();
  if (held) bar.querySelector("button")?.focus({ preventScroll: true });
  changed();
}

async function send() {
  const alarms = asked ?? [];
  sending = true;
  takeBack();
  say(t("desk.sending"));
  const errors = await Promise.all(alarms.map(async (alarm) => {
    const error = await answer(alarm, changed);
    if (error) refused.set(alarm.id, { why: advice(error), passing: passing(error) });
    return error;
  }));
  sending = false;
  const bad = errors.filter(Boolean).length;
  say(t(bad ? "bulk.partly" : "bulk.done", { n: number(alarms.length - bad), m: number(bad) }), bad > 0);
  changed();
}

bar.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && asked) takeBack();
});
addEventListener("scroll", ({ target }) => {
  if (!(target instanceof Node) || !target.contains(byId("list"))) return;
  if (asked) takeBack();
  changed();
}, true);
addEventListener("resize", () => {
  if (asked) takeBack();
  changed();
});
onRoute(() => {
  refused.clear();
  if (asked) takeBack();
});
