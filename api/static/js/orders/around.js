/** Around an order: instruments with six hours behind them, who should go, who called. */
import { el } from "../core/dom.js";
import { age, dateTime, figure, instant, number, unitOf } from "../core/format.js";
import { post } from "../core/http.js";
import { may } from "../core/page.js";
import { plantNow } from "../core/clock.js";
import { drawSpark, spark } from "../core/spark.js";
import { known, lang, local, t } from "../core/words.js";
import { done } from "./act.js";

/** @param {any} context */
export function around(context) {
  if (!context) return [el("p", { class: "quiet" }, t("orders.no_context"))];
  const rows = context.sensors.map((/** @type {any} */ one) => {
    const line = spark(t("orders.trend"));
    drawSpark(line, one.line, []);
    const delta = one.delta === null ? "–" : figure(one.delta, one).replace(/^(?=.*[1-9])(?!-)/, "+");
    return el("tr", {},
      el("th", { scope: "row" }, lang === "zh" ? one.name_zh : one.name_en),
      el("td", { class: "n" }, one.value === null ? el("span", { class: "stale" }, t("orders.no_value")) : el("b", {}, figure(one.value, one)), el("span", { class: "unit" }, unitOf(one))),
      el("td", { class: "n quiet" }, figure(one.before, one)),
      el("td", { class: "n" }, delta),
      el("td", {}, el("div", { class: "trend" }, line)),
      el("td", { class: "n quiet" }, one.at ? age((plantNow() - instant(one.at)) / 1000) : "–"));
  });
  const heads = ["sensor", "now", "before", "delta", "trend", "age"].map((name) => el("th", { scope: "col" }, t(`orders.head_${name}`)));
  return [
    !context.history && el("p", { class: "held" }, t("orders.no_history")),
    rows.length ? el("table", { class: "rows around" }, el("thead", {}, el("tr", {}, ...heads)), el("tbody", {}, ...rows)) : el("p", { class: "quiet" }, t("orders.no_sensors")),
  ].filter(Boolean);
}

/** @param {any[]} list @param {any} order @param {() => void} changed */
export function suggestions(list, order, changed) {
  const send = (/** @type {any} */ one) => () => {
    const note = /** @type {HTMLInputElement|null} */ (document.querySelector("#order [name=note]"))?.value.trim();
    void done(() => post(`/api/v1/work-orders/${order.id}/assign`, { crew: one.crew, seen: order.crew ?? "", note }), changed);
  };
  const term = (/** @type {any} */ one) => `${t(`term.${one.name}`)} ${number(one.minutes)}`;
  return el("table", { class: "rows crews" }, el("tbody", {}, ...list.map((one) =>
    el("tr", {},
      el("th", { scope: "row" }, local(one.name), el("br"), ...one.against.map((/** @type {string} */ name) => el("span", { class: "chip against" }, t(`against.${name}`)))),
      el("td", { class: "n" }, el("b", {}, number(one.minutes)), el("span", { class: "unit" }, t("orders.minutes"))),
      el("td", { class: "quiet" }, one.terms.map(term).join(" + ")),
      el("td", {}, may("move_work_order") && el("button", { type: "button", "data-crew": one.crew, onclick: send(one) }, t("step.assign")))))));
}

/** What was asked of the caller, and answered. @param {any} one */
function said(one) {
  const pairs = [
    ...(one.answers ?? []).map((/** @type {any} */ a) => `${local(a.name)} ${local(a.value)}`),
    ...(one.triage ?? []).map((/** @type {any} */ a) => `${local(a.words)} ${local(a.answer)}`),
  ];
  return pairs.length ? el("ul", { class: "quiet said" }, ...pairs.map((text) => el("li", {}, text))) : null;
}

/** @param {any[]} list */
export function reportList(list) {
  if (!list.length) return el("p", { class: "quiet" }, t("none_yet"));
  return el("ul", { class: "log" }, ...list.slice(0, 20).map((one) =>
    el("li", {}, el("span", { class: "quiet" }, dateTime(instant(one.at))),
      el("span", {}, el("b", {}, t(`symptom.${one.symptom}`)), ` · ${known(`by.${one.channel}`) ? t(`by.${one.channel}`) : one.channel}`, one.address && ` · ${one.address}`, one.text && el("br"), one.text,
        said(one),
        one.attachments?.length ? el("span", { class: "quiet" }, el("br"), one.attachments.map((/** @type {any} */ a) => a.name).join(" · ")) : null))));
}
