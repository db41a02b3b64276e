/** 抢单: the first crew that takes an order of the pool has it. Needs a network: one of many has it at once. */
import { byId, el, setText } from "../core/dom.js";
import { post } from "../core/http.js";
import { local, t } from "../core/words.js";
import { pool } from "./orders.js";
import { head } from "./order_page.js";

/** @param {() => void} changed */
export function drawPool(changed) {
  const grab = async (/** @type {string} */ id) => {
    try {
      await post(`/api/v1/work-orders/${encodeURIComponent(id)}/grab`);
      setText(byId("message"), "");
      location.hash = `#${encodeURIComponent(id)}`;
    } catch (error) {
      setText(byId("message"), /** @type {Error} */ (error).message);
    }
    changed();
  };
  if (!pool().length) return null;
  return el("section", { "aria-label": t("orders.pool"), id: "pool" }, el("h3", {}, t("orders.pool")),
    el("ul", { class: "orders" }, ...pool().map((order) => el("li", {}, head(order),
      order.against.length ? el("p", {}, order.against.map((/** @type {string} */ name) => t(`against.${name}`)).join(" · "))
        : el("button", { class: "strong wide", "data-grab": order.id, "aria-label": `${t("orders.grab")} ${local(order.place)}`, onclick: () => void grab(order.id) }, t("orders.grab"))))));
}
