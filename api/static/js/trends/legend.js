/** The pens as a table: what each is, its value now and under the cursor, its extremes. */
import { el, replace, setText } from "../core/dom.js";
import { age, clockTime, dateTime, figure, instant, withUnit } from "../core/format.js";
import { plantNow } from "../core/clock.js";
import { isBad, isGood, reason } from "../core/quality.js";
import { store } from "../core/store.js";
import { local, t } from "../core/words.js";
import { at, extremes, unrecorded } from "./past.js";
import { focus, go, pens, setPens } from "./state.js";

/** @typedef {import("./past.js").Pen} Pen */
const LATE_PERIODS = 3;

/** A value in its words: without one the reason, of a doubtful one both. @param {any} tag @param {number|null|undefined} v @param {number} q */
export function said(tag, v, q) {
  if (v === null || v === undefined || isBad(q)) return unrecorded(q) ? t("trends.unrecorded") : reason(q);
  const value = tag.quantity === "status" ? t(v >= 0.5 ? "trends.on" : "trends.off") : withUnit(v, tag);
  return isGood(q) ? value : `${value} (${reason(q)})`;
}

/** @param {HTMLElement} box @param {Pen[]} shown */
export function drawLegend(box, shown) {
  const print = JSON.stringify([focus(), shown.map((pen) => [pen.id, pen.error?.message])]);
  if (box.dataset.print !== print) replace(box, table(shown));
  box.dataset.print = print;
  for (const pen of shown) {
    const ends = extremes(pen);
    const row = rowOf(box, pen);
    for (const end of /** @type {const} */ (["low", "high"])) {
      const cell = row?.querySelector(`.${end}`);
      if (cell) setText(cell, ends ? figure(ends[end], pen.tag) : "–");
    }
  }
  drawNow(box, shown);
}

/** @param {HTMLElement} box @param {Pen} pen */
const rowOf = (box, pen) => box.querySelector(`tr[data-pen="${CSS.escape(pen.id)}"]`);

/** @param {Pen[]} shown */
function table(shown) {
  const rows = shown.map((pen, n) => {
    const chosen = focus() === n;
    return el("tr", { "data-pen": pen.id, class: chosen ? "chosen" : null },
      el("td", {}, el("button", { type: "button", class: `swatch pen-${n + 1}`, "aria-pressed": String(chosen), "aria-label": t("trends.focus", { n: n + 1, name: local(pen.tag.name) }), onclick: () => go({ focus: chosen ? null : String(n + 1) }, true) }, n + 1)),
      el("th", { scope: "row" }, local(pen.tag.name), " ", el("span", { class: "quiet" }, pen.id), pen.error && el("span", { class: "bad" }, " ", pen.error.message)),
      el("td", { class: "now" }), el("td", { class: "cursor" }),
      el("td", { class: "low" }), el("td", { class: "high" }),
      el("td", {}, el("button", { type: "button", class: "remove", "aria-label": t("trends.remove", { name: local(pen.tag.name) }), onclick: () => setPens(pens().filter((id) => id !== pen.id)) }, "×")));
  });
  const heads = ["trends.pen", "trends.tag", "trends.now", "trends.at", "trends.low", "trends.high"];
  return shown.length ? el("table", {}, el("thead", {}, el("tr", {}, ...heads.map((key) => el("th", { scope: "col", class: key === "trends.at" ? "at" : null }, t(key))), el("td", {}))), el("tbody", {}, ...rows)) : null;
}

/** @param {HTMLElement} box @param {Pen[]} shown */
export function drawNow(box, shown) {
  for (const pen of shown) {
    const cell = rowOf(box, pen)?.querySelector(".now");
    if (!cell) continue;
    const latest = store.tags.get(pen.id)?.latest;
    const s = latest ? (plantNow() - instant(latest.t)) / 1000 : Infinity;
    const late = s > Math.max(30, LATE_PERIODS * (pen.tag.period_s ?? 0));
    setText(cell, latest ? `${said(pen.tag, latest.v, latest.q)}${late ? ` · ${t("trends.ago", { age: age(s) })}` : ""}` : "–");
    cell.classList.toggle("stale", late);
  }
}

/** @param {HTMLElement} box @param {Pen[]} shown @param {number|null} s the cursor's time */
export function drawCursor(box, shown, s) {
  const head = box.querySelector("th.at");
  if (head) setText(head, s === null ? t("trends.at") : `${dateTime(s * 1000)}:${clockTime(s * 1000).slice(-2)}`);
  for (const pen of shown) {
    const cell = rowOf(box, pen)?.querySelector(".cursor");
    const i = s === null ? -1 : at(pen, s);
    if (cell) setText(cell, i < 0 ? "–" : said(pen.tag, pen.v[i], pen.q[i]));
  }
}
