/** A new order, by hand or from a report. */
import { el, replace } from "../core/dom.js";
import { get, post } from "../core/http.js";
import { slotChoice } from "../core/visit.js";
import { local, t } from "../core/words.js";
import { field, numbers, said } from "./act.js";

/** @param {HTMLElement} box @param {string} report @param {(text: string, bad?: boolean) => void} say */
export async function newOrder(box, report, say) {
  const none = () => ({ items: [], services: [] });
  const [services, zones, slots] = await Promise.all([get("/api/v1/services"), get("/api/v1/zones").catch(none), get("/api/v1/appointments/slots").catch(none)]);
  const usable = services.items.filter((/** @type {any} */ one) => !one.disabled);
  const window_ = field(t("visit.slot"), slotChoice(slots.items, t("visit.any")));
  const node = /** @type {HTMLFormElement} */ (el("form", { class: "fields" },
    field(t("orders.service"), el("select", { name: "service", autofocus: true }, ...usable.map((/** @type {any} */ one) => el("option", { value: one.id }, local(one.name))))),
    field(t("zone"), el("select", { name: "zone" }, el("option", { value: "" }, "–"), ...zones.items.map((/** @type {any} */ one) => el("option", { value: one.id }, local(one.name))))),
    field(t("orders.pipe"), el("input", { name: "pipe", maxlength: 128 })),
    field(t("orders.account"), el("input", { name: "account", maxlength: 128 })),
    field(t("orders.report"), el("input", { name: "report", maxlength: 128, value: report })),
    field(t("orders.own_priority"), el("select", { name: "priority" }, el("option", { value: "" }, t("orders.by_rules")), ...[1, 2, 3, 4].map((n) => el("option", { value: n }, t(`orders.p${n}`))))),
    window_,
    field(t("orders.text"), el("input", { name: "text", maxlength: 2000 }), true),
    el("button", { class: "strong" }, t("orders.open"))));
  const offered = () => {
    const choose = /** @type {HTMLSelectElement} */ (node.elements.namedItem("slot"));
    window_.hidden = !slots.services.includes(new FormData(node).get("service"));
    choose.disabled = window_.hidden;
  };
  node.addEventListener("change", offered);
  offered();
  node.addEventListener("submit", async (event) => {
    event.preventDefault();
    say(t("desk.sending"));
    try {
      const made = await post("/api/v1/work-orders", numbers(said(node), "priority"));
      location.assign(`/orders?id=${encodeURIComponent(made.id)}`);
    } catch (error) {
      say(/** @type {Error} */ (error).message, true);
    }
  });
  replace(box, el("section", { class: "wide" }, el("p", {}, el("a", { class: "back", href: "/orders" }, t("orders.back"))), el("h2", {}, t("orders.new")), node));
}
