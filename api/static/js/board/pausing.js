/** Holding an order's clocks, with what proves it; and letting them run again. */
import { el } from "../core/dom.js";
import { dateTime, instant } from "../core/format.js";
import { t } from "../core/words.js";
import { runs } from "./state.js";

const REASONS = ["await_permit", "await_third_party", "await_customer", "unsafe_weather"];

/**
 * @param {any} card @param {string} path of the order's clocks
 * @param {(path: string, body?: object) => Promise<boolean>} act
 */
export function pauseForm(card, path, act) {
  if (card.pause) {
    return el("div", { class: "pause" },
      el("p", {}, t("board.paused_since", { why: t(`pause.${card.pause.reason}`), time: dateTime(instant(card.pause.from)), evidence: card.pause.evidence })),
      el("button", { type: "button", class: "strong", onclick: () => void act(`${path}/resume`) }, t("board.resume")));
  }
  if (!card.clocks.some((/** @type {any} */ clock) => runs(clock) && clock.pausable)) return el("p", { class: "quiet" }, t("board.not_pausable"));
  const reason = el("select", { id: "pause-reason" }, ...REASONS.map((one) => el("option", { value: one }, t(`pause.${one}`))));
  const evidence = el("input", { id: "pause-evidence", maxlength: 500, required: true, placeholder: t("board.evidence_hint") });
  const send = (/** @type {Event} */ event) => {
    event.preventDefault();
    void act(`${path}/pause`, { reason: /** @type {HTMLSelectElement} */ (reason).value, evidence: /** @type {HTMLInputElement} */ (evidence).value });
  };
  return el("form", { class: "pause", onsubmit: send },
    el("h3", {}, t("board.pause")),
    el("p", { class: "quiet" }, t("board.pause_note")),
    el("label", { for: "pause-reason" }, t("board.reason")), reason,
    el("label", { for: "pause-evidence" }, t("board.evidence")), evidence,
    el("button", {}, t("board.pause")));
}
