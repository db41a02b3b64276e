/** The sheets that come up from below: what came of the work, giving back, pausing. */
import { byId, el, replace } from "../core/dom.js";
import { MENDED, NOT_MENDED, REJECTS } from "../core/outcomes.js";
import { listed, t } from "../core/words.js";
import { leftToShut } from "./valves.js";


export const dialog = () => /** @type {HTMLDialogElement} */ (byId("sheet"));

/** @param {string} title @param {...import("../core/dom.js").Child} inside */
export function show(title, ...inside) {
  replace(dialog(), el("h2", { id: "sheet-title" }, title), ...inside,
    el("form", { method: "dialog" }, el("button", { class: "wide" }, t("crew.back"))));
  dialog().showModal();
}

/** @param {string} label @param {boolean} required */
function noteField(label, required) {
  /** @type {any} */
  const field = el("textarea", { rows: 2, maxlength: 500, required, id: "sheet-note" });
  return { field, box: el("label", { for: "sheet-note" }, label, field) };
}

/** @param {string} words @param {string} kind @param {() => void} act */
const choice = (words, kind, act) => el("button", { type: "button", class: kind, onclick: act }, words);

/** How the water was stopped, in one tap: by the valves that the order names, by those of them that are recorded shut,
 * by others, or without any.
 * @param {any} order @param {(body: object) => void} take */
export function askStopped(order, take) {
  const end = (/** @type {object} */ body) => () => {
    dialog().close();
    take(body);
  };
  const left = leftToShut(order);
  const standing = order.off_balance.filter((/** @type {any} */ one) => one.shut);
  const near = (order.where?.valves ?? []).filter((/** @type {any} */ one) => !one.to_shut);
  const shut = order.valves.length
    ? [choice(t(standing.length ? "stopped.these_too" : "stopped.these", { valves: listed(left) }), "strong wide", end({ stopped: "valves", valves: left })),
      standing.length ? choice(t("stopped.as_it_is"), "wide", end({ stopped: "valves" })) : null]
    : near.map((/** @type {any} */ one) => choice(t("stopped.this", { valve: one.valve, n: one.away_m ?? "?" }), "wide", end({ stopped: "valves", valves: [one.valve] })));
  show(t("stopped.title"), standing.length && left.length ? el("p", { id: "left" }, t("stopped.left", { valves: listed(left) })) : null, ...shut, el("p", { class: "quiet" }, t("stopped.later")),
    ...["by_others", "under_pressure"].map((how) => choice(t(`stopped.${how}`), "wide", end({ stopped: how }))));
}

/** What came of it: a repair in one tap, anything else with a reason. @param {(body: any) => void} take */
export function askOutcome(take) {
  const { field, box } = noteField(t("crew.reason"), false);
  const end = (/** @type {string} */ outcome) => () => {
    const note = field.value.trim();
    field.required = NOT_MENDED.includes(outcome);
    if (!field.reportValidity()) return;
    dialog().close();
    take({ outcome, ...(note ? { note } : {}) });
  };
  show(t("crew.what_came"),
    ...MENDED.map((one) => choice(t(`outcome.${one}`), "strong wide", end(one))),
    el("h3", {}, t("crew.not_mended")), box,
    el("div", { class: "choices" }, ...NOT_MENDED.map((one) => choice(t(`outcome.${one}`), "", end(one)))));
}

/** @param {(body: object) => void} take */
export function askReject(take) {
  const { field, box } = noteField(t("crew.more_words"), false);
  const end = (/** @type {string} */ reject) => () => {
    const note = field.value.trim();
    dialog().close();
    take({ reject, ...(note ? { note } : {}) });
  };
  show(t("step.reject"), box, ...REJECTS.map((one) => choice(t(`reject.${one}`), "wide", end(one))));
}

/** A reason in words. @param {string} title @param {(body: object) => void} take */
export function askReason(title, take) {
  const { field, box } = noteField(t("crew.reason"), true);
  show(title, box, choice(title, "strong wide", () => {
    if (!field.reportValidity()) return;
    dialog().close();
    take({ note: field.value.trim() });
  }));
}
