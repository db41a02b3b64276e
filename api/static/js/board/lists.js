/** Who must be spoken to (重点用户), and who is called back (回访). */
import { plantNow } from "../core/clock.js";
import { el, replace } from "../core/dom.js";
import { dateTime, instant, number } from "../core/format.js";
import { crewName } from "../core/page.js";
import { local, t } from "../core/words.js";
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
        el("button", { type: "button", class: "strong", onclick: () => said("reached") }, t("board.reached")),
        el("button", { type: "button", onclick: () => said("reached", { delivery: true }) }, t("board.reached_water")),
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

/** What was pressed once: a call-back's result stands for ever, so that it takes a second press. */
let armed = { what: "", until: 0 };
const ARMED_MS = 8_000;
const isArmed = (/** @type {string} */ what) => armed.what === what && performance.now() < armed.until;

/** @param {string} what @param {boolean} disabled @param {string|number} label @param {() => void} send @param {string} [name] */
const twice = (what, disabled, label, send, name) =>
  el("button", { type: "button", disabled, class: isArmed(what) ? "strong" : "", "aria-label": isArmed(what) ? `${name ?? label} · ${t("board.press_again")}` : name,
    onclick: (/** @type {Event} */ event) => {
      if (isArmed(what)) {
        armed = { what: "", until: 0 };
        send();
        return;
      }
      armed = { what, until: performance.now() + ARMED_MS };
      const button = /** @type {HTMLElement} */ (event.currentTarget);
      button.classList.add("strong");
      button.textContent = `${label} · ${t("board.press_again")}`;
    } }, isArmed(what) ? `${label} · ${t("board.press_again")}` : label);

/** @param {HTMLElement} box @param {Act} act */
export function drawCallbacks(box, act) {
  const list = el("button", { type: "button", onclick: () => void act("/api/v1/callbacks") }, t("board.make_list"));
  const disabled = !board.callbacks.may_call;
  const rows = board.callbacks.items.map((one) => {
    const path = `/api/v1/callbacks/${encodeURIComponent(one.id)}/calls`;
    const marks = [5, 4, 3, 2, 1].map((mark) =>
      twice(`${one.id} ${mark}`, disabled, mark, () => void act(path, { outcome: "answered", mark }), t("board.mark", { n: mark })));
    const note = el("input", { maxlength: 500, "aria-label": t("board.unresolved_what"), placeholder: t("board.unresolved_what") });
    return el("tr", {},
      el("td", {}, one.day),
      el("td", {}, el("b", {}, local(one.place)), " ", el("span", { class: "quiet" }, one.order)),
      el("td", {}, el("b", {}, one.address ?? ""), " ", one.account ?? "", " · ", t(`callback_reason.${one.reason}`)),
      el("td", { class: "quiet" }, crewName(one.crew), one.first_owner ? ` · ${t("board.first_owner", { who: one.first_owner })}` : "", one.attempts.length ? ` · ${t("board.tried", { n: one.attempts.length, last: t(`callback_outcome.${one.attempts.at(-1).outcome}`) })}` : ""),
      el("td", { class: "acts" }, ...marks,
        el("button", { type: "button", disabled, onclick: () => void act(path, { outcome: "unreachable" }) }, t("callback_outcome.unreachable")),
        twice(`${one.id} refused`, disabled, t("callback_outcome.refused"), () => void act(path, { outcome: "refused" })),
        note, el("button", { type: "button", disabled, onclick: () => void act(path, { outcome: "unresolved", note: /** @type {HTMLInputElement} */ (note).value }) }, t("callback_outcome.unresolved"))));
  });
  const notes = board.callbacks.may_call ? t("board.callbacks_note") : t("board.not_now");
  table(box, ["board.day", "board.where", "board.account", "board.stand", "board.result"], rows, t("board.no_callbacks"), notes, list);
}

/** @param {HTMLElement} box @param {string[]} heads @param {HTMLElement[]} rows @param {string} none @param {string} note @param {HTMLElement} [more] */
function table(box, heads, rows, none, note, more) {
  if (box.contains(document.activeElement) && document.activeElement instanceof HTMLInputElement) return;
  replace(box, el("div", { class: "sheet" }, el("p", { class: "quiet" }, note, " ", more),
    rows.length
      ? el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": note }, el("table", { class: "rows" }, el("thead", {}, el("tr", {}, ...heads.map((head) => el("th", { scope: "col" }, t(head))))), el("tbody", {}, ...rows)))
      : el("p", { class: "nothing" }, none)));
}
