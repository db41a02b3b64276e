/** One dispatch order: what it says, how far it is, and what may be done with it next. */
import { el } from "../core/dom.js";
import { dateTime, instant } from "../core/format.js";
import { may } from "../core/page.js";
import { who } from "../core/who.js";
import { t } from "../core/words.js";

/** @typedef {(path: string, body: object, done: string) => Promise<boolean>} Act */

/** @param {string} name @param {string|null} at @param {string} by @param {string|null} [more] */
const stage = (name, at, by, more) => el("li", { class: at ? "past" : null }, el("b", {}, t(`dispatch.${name}`)),
  el("span", { class: "quiet" }, at ? [dateTime(instant(at)), by, more].filter(Boolean).join(" · ") : "–"));

/** @param {any} one */
const stages = (one) => el("ol", { class: "stages" },
  stage("issued", one.issued, who(one.issued_by)),
  stage("read_back", one.read_back, who(one.read_back_by), one.receiver),
  one.state === "withdrawn" ? stage("withdrawn", one.ended, who(one.ended_by), one.reason) : stage("done", one.ended, who(one.ended_by), one.result));

/** A field with its button. @param {string} id @param {string} label @param {string} button @param {boolean} must @param {number} long
 * @param {(text: string) => Promise<boolean>} go @param {boolean} [strong] */
function asking(id, label, button, must, long, go, strong = true) {
  const field = /** @type {HTMLInputElement} */ (el("input", { id, name: "said", required: must, maxlength: long, autocomplete: "off" }));
  const send = /** @type {HTMLButtonElement} */ (el("button", { class: strong ? "strong" : null }, button));
  return el("form", { class: "act", onsubmit: async (/** @type {Event} */ event) => {
    event.preventDefault();
    send.disabled = true;
    await go(field.value.trim());
    send.disabled = false;
  } }, el("label", { for: id }, label), field, send);
}

/** @param {any} one @param {string} path @param {Act} act */
function next(one, path, act) {
  if (!may("keep_shift_log") || !["issued", "read_back"].includes(one.state)) return [];
  const first = one.state === "issued"
    ? asking(`back-${one.id}`, t("dispatch.receiver"), t("dispatch.heard"), true, 100, (receiver) => act(`${path}/read-back`, { receiver }, "dispatch.said_read_back"))
    : asking(`done-${one.id}`, t("dispatch.result"), t("dispatch.is_done"), false, 1000, (result) => act(`${path}/done`, { result: result || null }, "dispatch.said_done"));
  const back = asking(`why-${one.id}`, t("dispatch.reason"), t("dispatch.withdraw"), true, 1000, (reason) => act(`${path}/withdraw`, { reason }, "dispatch.said_withdrawn"), false);
  return [first, el("details", {}, el("summary", {}, t("dispatch.withdraw")), back)];
}

/** @param {any} one @param {string} zone its name @param {Act} act */
export function orderOf(one, zone, act) {
  const path = `/api/v1/dispatch-orders/${encodeURIComponent(one.id)}`;
  return [
    el("h3", {}, one.to, " ", el("span", { class: "quiet" }, [zone, one.id].filter(Boolean).join(" · "))),
    el("p", { class: "said" }, one.text),
    stages(one),
    ...next(one, path, act),
  ];
}
