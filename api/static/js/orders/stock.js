/** What lies in the store and on the vehicles, and moves between them (WO-23). */
import { el, replace } from "../core/dom.js";
import { amount } from "../core/format.js";
import { get } from "../core/http.js";
import { may, page } from "../core/page.js";
import { lang, local, t } from "../core/words.js";
import { field, form, numbers, said } from "./act.js";

const STORE = "store";

/** @param {HTMLElement} box */
export async function drawStock(box) {
  const places = [STORE, ...page.crews.map((crew) => crew.id)];
  const names = new Map([[STORE, t("orders.store")], ...page.crews.map((crew) => /** @type {[string, string]} */ ([crew.id, local(crew.name)]))]);
  const held = await Promise.all(places.map((place) => get(`/api/v1/stock?place=${encodeURIComponent(place)}`)));
  const parts = held[0].items;
  const name = (/** @type {any} */ part) => (lang === "zh" ? part.name_zh : part.name_en);
  const rows = parts.map((/** @type {any} */ part, /** @type {number} */ i) =>
    el("tr", {}, el("th", { scope: "row" }, name(part)), ...held.map((one) => el("td", { class: one.items[i].quantity ? "n" : "n quiet" }, amount(one.items[i].quantity)))));
  const select = (/** @type {string} */ field_, /** @type {string[]} */ ids) => el("select", { name: field_ }, ...ids.map((id) => el("option", { value: id }, names.get(id))));
  const what = () => field(t("orders.part_name"), el("select", { name: "part" }, ...parts.map((/** @type {any} */ part) => el("option", { value: part.id }, name(part)))));
  const many = () => field(t("orders.quantity"), el("input", { name: "quantity", type: "number", min: 0, step: "any", required: true }));
  const send = (/** @type {HTMLFormElement} */ node) => numbers(said(node), "quantity");
  const again = () => void drawStock(box);
  replace(box, el("section", { class: "wide" }, el("p", {}, el("a", { class: "back", href: "/orders" }, t("orders.back"))), el("h2", {}, t("orders.stock")),
    el("table", {}, el("thead", {}, el("tr", {}, el("th", {}, t("orders.part_name")), ...places.map((place) => el("th", { scope: "col", class: "n" }, names.get(place))))), el("tbody", {}, ...rows)),
    may("move_work_order") && form("/api/v1/stock", send, again, t("orders.deliver"), [what(), many(), field(t("orders.into"), select("place", places))]),
    may("move_work_order") && form("/api/v1/stock", send, again, t("orders.transfer"), [what(), many(), field(t("orders.from"), select("place", places)), field(t("orders.into"), select("to", [...places].reverse()))])));
}
