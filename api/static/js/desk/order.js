/** A work order: its milestones, and the steps this person may take now. */
import { el } from "../core/dom.js";
import { dateTime, instant } from "../core/format.js";
import { crewName, may } from "../core/page.js";
import { offBalance } from "../core/turns.js";
import { drawWay } from "../core/way.js";
import { whomFacts } from "../core/whom.js";
import { local, t } from "../core/words.js";
import { fact, titleOf } from "./alarms.js";
import { button, command, confirmed, say } from "./commands.js";
import { address } from "./route.js";

/** The rest of the steps are taken on the order's own page; a crew is chosen on the board, which ranks them. */
const HERE = new Set(["assign", "depart", "arrive", "isolate", "repair", "complete", "callback", "close", "cancel", "same"]);
/** Asked for a reason or a result before they are sent. */
const WITH_NOTE = new Set(["callback", "cancel", "close"]);

/** @param {any} order @param {() => void} redraw */
export function orderBlock(order, redraw) {
  return [
    el("h3", {}, t("work_order"), " ", el("a", { href: address("orders", order.id) }, order.id), " ", el("a", { href: `/orders?id=${encodeURIComponent(order.id)}`, class: "quiet" }, t("desk.whole_order"))),
    drawWay(order.way),
    ...offBalance(order),
    el(
      "dl",
      { class: "facts" },
      ...fact(t("desk.place"), local(order.place)),
      ...(order.located ? fact(t("desk.relocated"), t("desk.relocated_at", { time: dateTime(instant(order.located)) })) : []),
      ...fact(t("desk.head_crew"), crewName(order.crew) || t("desk.no_crew")),
      ...(order.due ? fact(t("desk.head_due"), dateTime(instant(order.due))) : []),
      ...(order.valves.length ? fact(t("desk.valves"), order.valves.join(" · ")) : []),
      ...whomFacts(order).flatMap((row) => fact(...row)),
      ...(order.same_as ? fact(t("desk.same_as"), el("a", { href: address("orders", order.same_as) }, order.same_as)) : []),
      ...(order.incident ? fact(t("incident"), el("a", { href: address("incidents", order.incident) }, titleOf(order.incident))) : []),
    ),
    steps(order, redraw),
  ];
}

/** Done although a valve is left shut. @param {any} order @param {string} step */
const staysShut = (order, step) => step === "complete" && order.state === "to_open";

/** @param {any} order @param {() => void} redraw */
function steps(order, redraw) {
  if (!may("move_work_order") || !order.allowed?.some((/** @type {string} */ step) => HERE.has(step))) return "";
  const path = (/** @type {string} */ step) => `/api/v1/work-orders/${encodeURIComponent(order.id)}/${step}`;
  const send = (/** @type {string} */ step, /** @type {object} */ body) =>
    void command(`${step}:${order.id}`, path(step), body, redraw).then((done) => {
      const left = /** @type {HTMLInputElement|null} */ (document.getElementById(note.id));
      if (done && left) left.value = "";
    });
  const note = el("input", { type: "text", id: `note-${order.id}`, maxlength: 500, placeholder: t("desk.note") });
  const written = () => /** @type {HTMLInputElement} */ (note).value.trim();
  const buttons = order.allowed.filter((/** @type {string} */ step) => HERE.has(step)).map((/** @type {string} */ step) => {
    if (step === "assign") return el("a", { class: "strong", href: `/board?order=${encodeURIComponent(order.id)}&panel=assign` }, t("desk.choose_crew"));
    const act = () => {
      if ((WITH_NOTE.has(step) || staysShut(order, step)) && !written()) {
        say(t("desk.note_first"), true);
        note.focus();
      } else send(step, { note: written() || null });
    };
    return step === "cancel" || step === "close"
      ? confirmed(`${step}:${order.id}`, t(`step.${step}`), t("desk.sure"), act, false, order.seq)
      : button(`${step}:${order.id}`, t(staysShut(order, step) ? "crew.stays_shut" : `step.${step}`), act, { strong: order.state !== "to_open" });
  });
  return el(
    "form",
    { class: "actions", onsubmit: (/** @type {Event} */ event) => event.preventDefault() },
    el("label", { for: `note-${order.id}`, class: "visually-hidden" }, t("desk.note")),
    note,
    ...buttons,
  );
}

