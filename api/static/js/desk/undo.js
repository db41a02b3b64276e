/** What the hub did by itself, each act with the means to take it back. */
import { el } from "../core/dom.js";
import { may } from "../core/page.js";
import { t } from "../core/words.js";
import { command, confirmed, LEAST_REASON, say } from "./commands.js";

/** @param {any} incident @param {() => void} redraw */
export function undoBlock(incident, redraw) {
  const acts = /** @type {{what: string, id: string}[]} */ (incident.undoable ?? []);
  if (!acts.length) return [];
  const why = /** @type {HTMLInputElement} */ (el("input", { type: "text", id: `undo-${incident.id}`, maxlength: 500, placeholder: t("undo.why") }));
  const send = (/** @type {string} */ what) => () => {
    if (why.value.trim().length < LEAST_REASON) {
      say(t("undo.reason"), true);
      why.focus();
      return false;
    }
    void command(`undo:${what}:${incident.id}`, `/api/v1/incidents/${encodeURIComponent(incident.id)}/undo`, { seq: incident.seq, what, reason: why.value.trim() }, redraw);
  };
  const line = (/** @type {{what: string, id: string}} */ act) =>
    el("li", {}, t(`undo.${act.what}`, { id: act.id }), " ", may("decide_incident") && confirmed(`undo:${act.what}:${incident.id}`, t("undo.take_back"), t("desk.sure"), send(act.what), false, incident.seq));
  return [
    el("h3", {}, t("undo.title")),
    el("ul", { class: "acts" }, ...acts.map(line)),
    ...(may("decide_incident") ? [el("p", { class: "actions" }, el("label", { for: `undo-${incident.id}`, class: "visually-hidden" }, t("undo.why")), why)] : []),
  ];
}
