/** That the caller was told, or answered: the first owner's duty, or the hotline's of what people reported. */
import { el } from "../core/dom.js";
import { hourMinute, instant } from "../core/format.js";
import { may, page } from "../core/page.js";
import { t } from "../core/words.js";
import { field, form, said } from "./act.js";

const BY_WORD = ["inform", "reply"];
const RUNS = ["running", "paused", "overdue"];

/** @param {any} order */
function mine(order) {
  const reported = order.origin === "report" || order.reports > 0;
  return may("move_work_order") || order.first_owner === page.me?.id || (page.me?.role === "hotline" && reported);
}

/** A form for each clock that a word stops. @param {any} order @param {any[]} clocks @param {() => void} changed */
export const told = (order, clocks, changed) => !mine(order) ? [] :
  clocks.filter((one) => BY_WORD.includes(one.clock) && RUNS.includes(one.state)).map((one) =>
    form(`/api/v1/work-orders/${encodeURIComponent(order.id)}/clocks/${one.clock}/told`, said, changed, t(`orders.told_${one.clock}`),
      [field(t("orders.told_what", { time: hourMinute(instant(one.due_paused)) }), el("input", { name: "note", maxlength: 500, required: true }), true)]));
