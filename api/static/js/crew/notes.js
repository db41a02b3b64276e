/** Notes between field, desk and hotline. */
import { el } from "../core/dom.js";
import { hourMinute, instant, timeOf } from "../core/format.js";
import { local, t } from "../core/words.js";
import { doneAt } from "./turned.js";
import { enqueue } from "./queue.js";

/** What is being written, kept over redraws. */
const drafts = /** @type {Record<string, string>} */ ({});
const forAll = /** @type {Record<string, boolean>} */ ({});

/** @param {any} order */
export function drawNotes(order) {
  const waiting = order.waiting.filter((/** @type {any} */ act) => act.what === "note");
  const field = /** @type {HTMLTextAreaElement} */ (el("textarea", {
    id: "note", rows: 2, maxlength: 2000, "aria-label": t("crew.note"), placeholder: t("crew.note_hint"),
    oninput: () => {
      drafts[order.id] = field.value;
    },
  }));
  field.value = drafts[order.id] ?? "";
  const told = /** @type {HTMLInputElement} */ (el("input", { type: "checkbox", id: "note-public", checked: forAll[order.id] ?? false, onchange: () => {
    forAll[order.id] = told.checked;
  } }));
  const send = () => {
    const text = field.value.trim();
    if (!text) return field.focus();
    const body = told.checked ? { text, public: true } : { text };
    delete drafts[order.id];
    delete forAll[order.id];
    field.value = "";
    told.checked = false;
    return void enqueue({ order: order.id, what: "note", body });
  };
  return el("section", { "aria-label": t("crew.notes") },
    el("h3", {}, t("crew.notes")),
    el("ul", { class: "notes", id: "notes" },
      ...order.notes.map((/** @type {any} */ note) => el("li", { class: note.side },
        el("b", {}, t(`side.${note.side}`)), " ", el("time", {}, hourMinute(instant(note.done))), el("p", {}, local(note.text)))),
      ...waiting.map((/** @type {any} */ act) => el("li", { class: "field waiting" },
        el("b", {}, t("side.field")), " ", el("time", {}, timeOf(doneAt(act))), " ", el("span", { class: "tag" }, t("crew.to_send")), el("p", {}, act.body.text)))),
    field, el("label", { class: "tick" }, told, " ", t("crew.note_public")), el("button", { id: "send-note", class: "wide", onclick: send }, t("crew.send_note")));
}
