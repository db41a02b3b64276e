/** A clock in words: how long is left, with pauses and without, and a bar of the time that is gone. */
import { el, setText } from "../core/dom.js";
import { dateTime, instant } from "../core/format.js";
import { t } from "../core/words.js";
import { left, press, runs } from "./state.js";

/** "42 min", "3 h 05 min", "2 d 4 h". @param {number} seconds */
export function span(seconds) {
  const minutes = Math.floor(Math.abs(seconds) / 60);
  if (minutes < 60) return t("board.min", { n: minutes });
  if (minutes < 24 * 60) return t("board.hours", { h: Math.floor(minutes / 60), min: String(minutes % 60).padStart(2, "0") });
  return t("board.days", { d: Math.floor(minutes / 1440), h: Math.floor((minutes % 1440) / 60) });
}

/** @param {number} seconds */
const words = (seconds) => (seconds < 0 ? t("board.late", { span: span(seconds) }) : t("board.left", { span: span(seconds) }));

/** Rows that tick: each says again what is left. @type {Set<() => void>} */
const ticking = new Set();

/** Once a second; rows that are no longer on the page are forgotten. */
export function tick() {
  for (const row of ticking) row();
}

export const forget = () => ticking.clear();

/** @param {any} clock */
export function clockRow(clock) {
  const name = el("dt", {}, t(`clock.${clock.clock}`));
  const bar = el("progress", { max: 1, value: Math.min(1, Math.max(0, clock.share_paused)), "aria-hidden": "true" });
  const paused = el("b", {});
  const plain = el("span", { class: "plain" });
  const row = el("div", { class: "clockrow" }, name, el("dd", {}, bar, paused, " ", plain));
  const same = clock.due === clock.due_paused;
  const say = () => {
    const rest = left(clock);
    row.className = `clockrow ${press(clock)}`;
    setText(paused, clock.state === "paused" ? t("board.held", { span: span(rest.paused) }) : words(rest.paused));
    setText(plain, same && clock.state !== "paused" ? "" : t("board.without", { left: words(rest.plain) }));
  };
  say();
  ticking.add(say);
  return row;
}

/** Every clock of an order, also those that have stopped. @param {any} clock */
export function clockLine(clock) {
  const same = clock.due === clock.due_paused && clock.met === clock.met_paused;
  const stopped = runs(clock)
    ? clock.state === "paused" ? t("board.held", { span: span(left(clock).paused) }) : words(left(clock).paused)
    : t("board.stopped", { state: t(`clock_state.${clock.state}`), time: clock.stopped ? dateTime(instant(clock.stopped)) : "–" });
  return el("tr", { class: runs(clock) ? press(clock) : clock.state },
    el("th", { scope: "row" }, t(`clock.${clock.clock}`)),
    el("td", {}, verdict(clock, clock.met_paused, clock.due_paused)),
    el("td", { class: same ? "quiet" : null }, same ? t("board.same") : verdict(clock, clock.met, clock.due)),
    el("td", { class: "quiet" }, stopped, clock.provisional && el("span", { title: t("board.provisional") }, " ", t("board.provisional_mark")),
      clock.acked_by && el("span", {}, " · ", t("board.acked"))));
}

/** @param {any} clock @param {boolean|null} met @param {string} due */
function verdict(clock, met, due) {
  if (clock.state === "void") return t("clock_state.void");
  if (met === true) return t("clock_state.met");
  if (met === false) return runs(clock) ? t("clock_state.overdue") : t("clock_state.missed");
  return t("board.until", { time: dateTime(instant(due)) });
}
