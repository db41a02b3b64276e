/** Parts from the crew's vehicle. */
import { el } from "../core/dom.js";
import { lang, t } from "../core/words.js";
import { partsAboard } from "./orders.js";
import { enter } from "./queue.js";

/** @param {any} part */
const name = (part) => (part ? part[`name_${lang}`] : "");

/** @param {any} order */
export function drawParts(order) {
  const aboard = partsAboard();
  const used = [
    ...order.used.map((/** @type {any} */ one) => ({ part: one.part, quantity: -one.quantity })),
    ...order.waiting.filter((/** @type {any} */ act) => act.what === "part").map((/** @type {any} */ act) => ({ ...act.body, waiting: true })),
  ];
  if (!aboard.length && !used.length) return null;
  /** @type {any} */
  const which = el("select", { "aria-label": t("crew.part") },
    ...aboard.map((part) => el("option", { value: part.id }, `${name(part)} (${part.quantity} ${part.unit})`)));
  /** @type {any} */
  const many = el("input", { type: "number", inputmode: "decimal", min: 0.1, max: 10000, step: "any", required: true, "aria-label": t("crew.quantity"), placeholder: t("crew.quantity") });
  const take = () => {
    if (!which.value || !many.reportValidity()) return;
    void enter({ order: order.id, what: "part", body: { part: which.value, quantity: Number(many.value) } });
    many.value = "";
  };
  return el("details", { class: "more", id: "parts" }, el("summary", {}, t("crew.parts", { n: used.length })),
    el("ul", {}, ...used.map((one) => el("li", {}, name(aboard.find((part) => part.id === one.part)) || one.part, " × ", one.quantity, " ",
      one.waiting && el("span", { class: "tag" }, t("crew.to_send"))))),
    aboard.length ? el("div", { class: "take" }, which, many, el("button", { id: "take-part", onclick: take }, t("crew.take"))) : null);
}
