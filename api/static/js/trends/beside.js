/** Beside the plots in words: gaps with their reason, incidents, and notes, which are written and withdrawn here. */
import { el, replace } from "../core/dom.js";
import { dateTime, timeOfDay, instant } from "../core/format.js";
import { may } from "../core/page.js";
import { reason } from "../core/quality.js";
import { local, t } from "../core/words.js";
import { marks } from "./marks.js";
import { letter } from "./painted.js";
import { unrecorded } from "./past.js";

/** @typedef {import("./past.js").Pen} Pen */
const MOST_GAPS = 12;
const DAY = 86400e3;

/** Day and time, and of the end the time alone when it is the same day. @param {number} from @param {number} to */
const when = (from, to) => (from === to ? dateTime(from) : `${dateTime(from)} – ${to - from < DAY ? timeOfDay(to) : dateTime(to)}`);

/** @param {HTMLElement} box @param {Pen[]} shown */
export function drawGaps(box, shown) {
  const all = shown.flatMap((pen, n) => pen.gaps.map((gap) => ({ ...gap, n }))).sort((a, b) => b.from - a.from);
  if (!shown.length) return replace(box);
  const rows = all.slice(0, MOST_GAPS).map((gap) => el("li", {}, el("span", { class: `swatch pen-${gap.n + 1}` }, gap.n + 1), " ", when(gap.from, gap.to), " ", el("b", {}, unrecorded(gap.q) ? t("trends.unrecorded") : reason(gap.q))));
  const rest = all.length - rows.length;
  return replace(box, el("h2", {}, t("trends.gaps")),
    rows.length ? el("ul", {}, ...rows) : el("p", { class: "quiet" }, t("desk.no_gaps")),
    rest > 0 && el("p", { class: "quiet" }, t("trends.more_gaps", { n: rest })));
}

/** @param {HTMLElement} box */
export function drawIncidents(box) {
  const link = (/** @type {any} */ one) => (may("alarms") ? el("a", { href: `/desk?view=incidents&id=${encodeURIComponent(one.id)}` }, local(one.title)) : local(one.title));
  replace(box, ...(marks.incidents.length ? [el("h2", {}, t("trends.incidents")), el("ul", {}, ...marks.incidents.map((one) =>
    el("li", {}, el("span", { class: "swatch shade" }), " ", one.closed ? when(instant(one.opened), instant(one.closed)) : t("trends.since", { time: dateTime(instant(one.opened)) }), " ", link(one))))] : []));
}

/** @param {HTMLElement} box @param {string[]} ids @param {(id: string) => void} withdraw */
export function drawNotes(box, ids, withdraw) {
  const print = JSON.stringify([marks.notes, ids, marks.error?.message]);
  if (box.dataset.print === print) return;
  box.dataset.print = print;
  const numbers = (/** @type {string[]} */ tags) => tags.map((tag) => ids.indexOf(tag)).filter((n) => n >= 0).map((n) => el("span", { class: `swatch pen-${n + 1}` }, n + 1));
  const rows = marks.notes.map((note, n) =>
    el("li", { "data-note": note.id }, el("b", { class: "flag" }, letter(n)), " ", when(instant(note.start), instant(note.end)), " ", ...numbers(note.tags), " ", note.note ?? "",
      note.author && el("span", { class: "quiet" }, ` ${note.author}`),
      may("acknowledge") && el("button", { type: "button", onclick: () => withdraw(note.id), "aria-label": t("trends.withdraw_this", { note: letter(n) }) }, t("trends.withdraw"))));
  replace(box, el("h2", {}, t("trends.notes")),
    marks.error && el("p", { class: "bad" }, marks.error.message),
    rows.length ? el("ul", {}, ...rows) : el("p", { class: "quiet" }, t("trends.no_notes")));
}

/** For a field of date and time, in Shanghai. @param {number} ms */
export const toField = (ms) => new Date(ms + 8 * 3600e3).toISOString().slice(0, 16);

/** @param {string} text of such a field @returns {number} ms; NaN for none */
export const fromField = (text) => Date.parse(`${text}:00+08:00`);

/** @param {number} from @param {number} to ms @param {(from: number, to: number, note: string) => Promise<boolean>} write */
export function noteForm(from, to, write) {
  const start = el("input", { type: "datetime-local", id: "note-from", required: true, value: toField(from) });
  const end = el("input", { type: "datetime-local", id: "note-to", value: to > from ? toField(to) : "" });
  const text = el("input", { id: "note-text", required: true, maxlength: 500, autocomplete: "off" });
  const value = (/** @type {HTMLElement} */ field) => /** @type {HTMLInputElement} */ (field).value;
  return el("form", { class: "note-form", onsubmit: async (/** @type {Event} */ event) => {
    event.preventDefault();
    const begins = fromField(value(start));
    await write(begins, value(end) ? fromField(value(end)) : begins, value(text).trim());
  } },
  el("label", { for: "note-text" }, t("trends.note_text")), text,
  el("label", { for: "note-from" }, t("trends.note_from")), start,
  el("label", { for: "note-to" }, t("trends.note_to")), end,
  el("button", { class: "strong" }, t("trends.note_write")));
}
