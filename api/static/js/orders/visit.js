/** The visit of an order: agreed, moved or cancelled, each with its reason. */
import { el, replace } from "../core/dom.js";
import { get } from "../core/http.js";
import { slotChoice, windowOf } from "../core/visit.js";
import { t } from "../core/words.js";
import { field, form, said } from "./act.js";

const THERE = ["arrived", "isolating", "isolated", "repairing", "flushing", "to_open", "completed", "inspected", "callback_pending", "callback_done", "appraised", "closed", "merged", "cancelled"];

/** What stands, and below it the forms once the slots are here. @param {any} order @param {() => void} changed */
export function visit(order, changed) {
  const place = el("div", {});
  if (!THERE.includes(order.state)) void get("/api/v1/appointments/slots").then((all) => {
    if (all.services.includes(order.service ?? order.kind)) replace(place, ...forms(order, all.items, changed));
  }, () => {});
  return [el("p", { id: "visit" }, order.visit ? el("b", {}, windowOf(order.visit)) : t("visit.none")), place];
}

/** @param {any} order @param {any[]} slots @param {() => void} changed */
function forms(order, slots, changed) {
  const path = `/api/v1/work-orders/${order.id}/appointment`;
  const reason = () => field(t("visit.reason"), el("input", { name: "reason", required: true, maxlength: 500 }), true);
  const choose = field(t("visit.slot"), slotChoice(slots));
  if (!order.visit) return [form(path, said, changed, t("visit.book"), [choose])];
  return [form(path, said, changed, t("visit.move"), [choose, reason()]), form(`${path}/cancel`, said, changed, t("visit.cancel"), [reason()])];
}
