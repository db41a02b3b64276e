/** Who must be spoken to (重点用户). */
import { plantNow } from "../core/clock.js";
import { el, replace } from "../core/dom.js";
import { dateTime, instant, number } from "../core/format.js";
import { t } from "../core/words.js";
import { twice } from "./armed.js";
import { span } from "./clocks.js";
import { board } from "./state.js";

let shownMissed = false;

/** @typedef {(path: string, body?: object) => Promise<boolean>} Act */

/** @param {HTMLElement} box @param {Act} act */
export function drawDuties(box, act) {
  const rows = board.duties.map((duty) => {
    const rest = (instant(duty.due) - plantNow()) / 1000;
    const path = `/api/v1/duties/${encodeURIComponent(duty.id)}/attempts`;
    const said = (/** @type {string} */ answer, /** @type {object} */ more = {}) => void act(path, { way: "phone", answer, ...more });
    return el("tr", { class: rest < 0 ? "late" : "" },
      el("td", {}, el("b", { class: "left" }, rest < 0 ? t("board.late", { span: span(rest) }) : t("board.left", { span: span(rest) }))),
      el("td", {}, el("b", {}, t(`segment.${duty.segment}`)), " ", duty.address ?? ""),
      el("td", {}, el("b", {}, t(`duty_about.${duty.about}`)), " ", cutTime(duty), " ", subject(duty)),
      el("td", {}, duty.account, " · ", t(`duty_way.${duty.how}`)),
      el("td", { class: "quiet" }, duty.attempts.length ? t("board.tried", { n: duty.attempts.length, last: t(`duty_answer.${duty.attempts.at(-1).answer}`) }) : t(`duty_state.${duty.state}`)),
      el("td", { class: "acts" },
        twice(`${duty.id} reached`, false, t("board.reached"), () => said("reached")),
        twice(`${duty.id} water`, false, t("board.reached_water"), () => said("reached", { delivery: true })),
        el("button", { type: "button", onclick: () => said("no_answer") }, t("duty_answer.no_answer"))));
  });
  table(box, ["board.due", "board.who", "board.tell", "board.account", "board.stand", "board.result"], rows, t("board.no_duties"), t("board.duties_note"));
  if (board.missed.length) box.querySelector(".sheet")?.append(missed());
}

/** Whom nobody had reached when it was over: they stay on record, the last first. */
function missed() {
  const last = [...board.missed].sort((a, b) => instant(b.done) - instant(a.done));
  return el("details", { class: "missed", open: shownMissed, ontoggle: (/** @type {Event} */ e) => (shownMissed = /** @type {HTMLDetailsElement} */ (e.target).open) },
    el("summary", {}, t("board.missed", { n: number(board.missed.length) })),
    el("ul", {}, ...last.map((duty) => el("li", {},
      el("b", {}, t(`segment.${duty.segment}`)), ` ${duty.address ?? ""} · ${duty.account} · ${t(`duty_about.${duty.about}`)} ${duty.incident ?? duty.notice} · ${t(`duty_end.${duty.ended}`)} · ${dateTime(instant(duty.done))}`))));
}

/** What it belongs to, one click away. @param {any} duty */
function subject(duty) {
  const id = duty.incident ?? duty.notice;
  const page = duty.incident ? `/desk?view=incidents&id=${encodeURIComponent(id)}` : `/notices?id=${encodeURIComponent(id)}`;
  return el("a", { href: page, "data-reload": true }, id);
}

/** The time of a planned cut that is to be told, or that is off. @param {any} duty */
function cutTime(duty) {
  if (!duty.starts || duty.about === "water_back") return "";
  return duty.ends ? t("board.from_to", { from: dateTime(instant(duty.starts)), to: dateTime(instant(duty.ends)) }) : dateTime(instant(duty.starts));
}

/** @param {HTMLElement} box @param {string[]} heads @param {HTMLElement[]} rows @param {string} none @param {string} note @param {HTMLElement} [more] */
export function table(box, heads, rows, none, note, more) {
  if (box.contains(document.activeElement) && document.activeElement instanceof HTMLInputElement) return;
  replace(box, el("div", { class: "sheet" }, el("p", { class: "quiet" }, note, " ", more),
    rows.length
      ? el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": note }, el("table", { class: "rows" }, el("thead", {}, el("tr", {}, ...heads.map((head) => el("th", { scope: "col" }, t(head))))), el("tbody", {}, ...rows)))
      : el("p", { class: "nothing" }, none)));
}
