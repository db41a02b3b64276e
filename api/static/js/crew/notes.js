/** Notes between field, desk and hotline. */
import { el } from "../core/dom.js";
import { hourMinute, instant, timeOf } from "../core/format.js";
import { page } from "../core/page.js";
import { local, t } from "../core/words.js";
import { recall, remember } from "./box.js";
import { doneAt } from "./turned.js";
import { enter } from "./queue.js";

/** @typedef {{text: string, forAll: boolean}} Draft */
/** What is being written, by order: on the phone's disk too, for a phone throws a page away to open its camera. */
let drafts = /** @type {Record<string, Draft>} */ ({});
const KEY = "drafts";

/** Whoever has signed in since may have been another. */
export async function recallDrafts() {
  const kept = await recall(KEY);
  drafts = kept?.user === page.me?.id ? kept.drafts : {};
}

/** @param {string} order @param {Draft} [draft] none: it was sent */
function write(order, draft) {
  if (draft) drafts[order] = draft;
  else delete drafts[order];
  void remember(KEY, { user: page.me?.id, drafts }).catch(() => undefined);
}

/** @param {any} order */
export function drawNotes(order) {
  const waiting = order.waiting.filter((/** @type {any} */ act) => act.what === "note");
  /** @type {any} */
  const field = el("textarea", {
    id: "note", rows: 2, maxlength: 2000, "aria-label": t("crew.note"), placeholder: t("crew.note_hint"),
    oninput: () => write(order.id, { text: field.value, forAll: told.checked }),
  });
  field.value = drafts[order.id]?.text ?? "";
  /** @type {any} */
  const told = el("input", { type: "checkbox", id: "note-public", checked: drafts[order.id]?.forAll ?? false,
    onchange: () => write(order.id, { text: field.value, forAll: told.checked }) });
  const send = () => {
    const text = field.value.trim();
    if (!text) return field.focus();
    const body = told.checked ? { text, public: true } : { text };
    write(order.id);
    field.value = "";
    told.checked = false;
    return void enter({ order: order.id, what: "note", body });
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
