/** 开阀: after the repair, the valves that stand shut, each with its turns, until all are open again. */
import { el } from "../core/dom.js";
import { turnsOf } from "../core/turns.js";
import { local, t } from "../core/words.js";
import { orderOf } from "./orders.js";
import { enqueue } from "./queue.js";
import { dialog, show } from "./sheet.js";
import { turned, unlike } from "./turned.js";

export const HOLD_MS = 700;

/** A second touch of what was tapped opens nothing more, nor the valve that has come under the thumb. */
function hold(on = true) {
  for (const one of document.querySelectorAll("[data-opened]")) one.toggleAttribute("disabled", on);
  if (on) setTimeout(hold, HOLD_MS, false);
}

/** What is left to open, and turns that do not balance. @param {any} order */
export function drawToOpen(order) {
  const said = order.off_balance.filter((/** @type {any} */ one) => order.state === "to_open" || one.opened);
  if (!said.length) return null;
  return el("ul", { class: "to-open", id: "to-open" }, ...said.map((/** @type {any} */ one) =>
    el("li", { class: one.opened ? "unlike" : "" }, turnsOf(one))));
}

/** One row for each valve that is shut; what was opened otherwise than shut is said at once. @param {string} id */
export function askOpened(id) {
  const order = orderOf(id);
  const shut = order?.off_balance.filter((/** @type {any} */ one) => one.shut) ?? [];
  const over = order?.off_balance.filter((/** @type {any} */ one) => !one.shut) ?? [];
  dialog().close();
  if (!shut.length && !over.length) return;
  show(t("crew.open_valves"), ...over.map((/** @type {any} */ one) => el("p", { class: "unlike", role: "alert" }, turnsOf(one))),
    ...shut.map((/** @type {any} */ one) => row(order, one)));
}

/** @param {any} order @param {import("./turned.js").Off} one */
function row(order, one) {
  const left = Math.max(0, one.closed - one.opened);
  const place = order.where?.valves.find((/** @type {any} */ known) => known.valve === one.valve);
  const closes = turned(order).findLast((known) => known.valve === one.valve)?.closes ?? "clockwise";
  const differs = el("p", { class: "unlike", role: "status" });
  /** @type {any} */
  const turns = el("input", {
    type: "number", inputmode: "decimal", min: 0.5, max: 1e5, step: 0.5, required: one.closed > 0, value: left ? String(left) : "",
    "aria-label": `${one.valve} ${t("crew.turns")}`, "data-open": one.valve,
    oninput: () => {
      const then = { ...one, opened: one.opened + Number(turns.value) };
      differs.textContent = turns.value && unlike(then) ? turnsOf(then) : "";
    },
  });
  const opened = async () => {
    if (!turns.reportValidity()) return;
    hold();
    await enqueue({ order: order.id, what: "valve", body: { valve: one.valve, turning: "open", turns: Number(turns.value), closes } });
    askOpened(order.id);
    hold();
  };
  return el("section", { class: "opening" },
    el("p", { class: one.opened ? "unlike" : "", role: one.opened ? "alert" : null }, el("b", {}, turnsOf(one)), place ? ` ${local(place.street)}` : "",
      ` ${t(`closes.${closes}`)}`),
    el("div", { class: "turn" }, turns,
      el("button", { type: "button", class: "strong", "data-opened": one.valve, onclick: () => void opened() }, t("crew.opened", { valve: one.valve }))),
    differs);
}
