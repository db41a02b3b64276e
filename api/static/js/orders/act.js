/** The steps a person may take now, with what each needs; a refusal lists what is missing. */
import { byId, el, setText, written } from "../core/dom.js";
import { post, put, Refused } from "../core/http.js";
import { MENDED, NOT_MENDED, REJECTS } from "../core/outcomes.js";
import { page } from "../core/page.js";
import { local, t } from "../core/words.js";

/** @typedef {{item: string, why: {zh: string, en: string}}} Lacking */
/** What the last close lacked, by order. @type {Map<string, Lacking[]>} */
const lacked = new Map();
/** What was written and refused, by order: it is not to be written twice, and drawn as if it stood there. @type {Map<string, Record<string, any>>} */
const kept = new Map();
/** What was sent last, until its outcome is drawn: all else that stands in the form is not to be written twice.
 * @type {Record<string, any>} */
let last = {};
const WITH_OUTCOME = ["complete", "close", "cancel"];
/** Steps at which it may be said how the water was stopped. */
const STOPS = ["isolate", "complete", "close"];
/** The usual way on: the first of these that may follow is the main button, all else stands behind it. Who
 * reported it is called from the call-back list first: until then nothing here is the way on. */
const WAY = ["resume", "accept", "depart", "arrive", "isolate", "complete", "await-callback", "close", "assign"];
const usual = (/** @type {any} */ order, /** @type {(step: string) => boolean} */ has) =>
  order.state === "callback_pending" || order.state === "to_open" ? "" : WAY.find((step) => has(step) && (step !== "await-callback" || order.reports > 0));

/** @param {string} text @param {boolean} [bad] */
export function say(text, bad = false) {
  byId("message").className = bad ? "message bad" : "message";
  setText(byId("message"), text);
}

/** What was refused is not said of what others have changed since. */
export const settled = () => byId("message").classList.contains("bad") && say("");

/** @type {Promise<unknown>} */
let acts = Promise.resolve();

/** When what this person has sent is answered: what its own event tells is drawn with the answer, not before it,
 * for what is begun in between would be swept away by the answer. */
export const answered = () => acts;

/** @param {() => Promise<any>} act @param {() => void} changed @param {string} [order] */
export function done(act, changed, order = "") {
  const mine = sent(act, changed, order);
  acts = Promise.all([acts, mine]);
  return mine;
}

/** @param {() => Promise<any>} act @param {() => void} changed @param {string} order */
async function sent(act, changed, order) {
  say(t("desk.sending"));
  try {
    await act();
    lacked.delete(order);
    kept.delete(order);
    say(t("desk.done"));
    changed();
  } catch (error) {
    const missing = error instanceof Refused ? error.body?.missing : null;
    say(missing ? "" : /** @type {Error} */ (error).message, true);
    if (missing) lacked.set(order, missing);
    else if (!order || !(error instanceof Refused) || error.status !== 409) return;
    changed();
  }
}

/** @param {string} label @param {HTMLElement} input @param {boolean} [long] */
export const field = (label, input, long = false) => el("label", { class: long ? "long" : "" }, label, input);

/** @param {string} name @param {string[]} options @param {string} prefix of their words @param {boolean} [empty] */
export const choice = (name, options, prefix, empty = false) =>
  el("select", { name }, empty && el("option", { value: "" }, "–"), ...options.map((o) => el("option", { value: o }, t(`${prefix}.${o}`))));

/** What a form says, empty fields left out. @param {HTMLFormElement} form @returns {Record<string, any>} */
export function said(form) {
  const entries = [...new FormData(form).entries()].map(([name, value]) => [name, String(value).trim()]);
  return Object.fromEntries(entries.filter(([, value]) => value));
}

/** @param {Record<string, any>} body @param {...string} names to be numbers */
export function numbers(body, ...names) {
  for (const name of names) if (name in body) body[name] = Number(body[name]);
  return body;
}

/** @param {string} path @param {(form: HTMLFormElement) => object} body @param {() => void} changed @param {string} label @param {HTMLElement[]} fields @param {boolean} [putting] */
export function form(path, body, changed, label, fields, putting = false) {
  const node = /** @type {HTMLFormElement} */ (el("form", { class: "fields" }, ...fields, el("button", {}, label)));
  node.addEventListener("submit", (event) => {
    event.preventDefault();
    const content = body(node);
    void done(() => (putting ? put(path, content) : post(path, content)), changed);
  });
  return node;
}

/** What is written in the form that stands, but was not sent, goes on in the one that takes its place. @param {HTMLFormElement} to */
function carry(to) {
  for (const node of document.querySelectorAll("#steps input, #steps select")) {
    const field = /** @type {HTMLInputElement} */ (node);
    const input = /** @type {HTMLInputElement|null} */ (to.elements.namedItem(field.name));
    if (input && written(field) && field.value.trim() !== last[field.name]) input.value = field.value;
  }
  last = {};
}

/** @param {any} order @param {() => void} changed */
export function steps(order, changed) {
  if (!order.allowed.length) return el("p", { class: "quiet" }, t("orders.nothing"));
  const has = (/** @type {string} */ step) => order.allowed.includes(step);
  const fields = [
    has("assign") && field(t("desk.head_crew"), el("select", { name: "crew" }, ...page.crews.map((c) => el("option", { value: c.id, selected: c.id === order.crew }, local(c.name))))),
    WITH_OUTCOME.some(has) && field(t("orders.outcome"), choice("outcome", [...MENDED, ...NOT_MENDED], "outcome", true)),
    has("reject") && field(t("orders.reject"), choice("reject", REJECTS, "reject", true)),
    field(t("desk.note"), el("input", { name: "note", maxlength: 2000 }), true),
    STOPS.some(has) && field(t(order.half_shut ? "stopped.title" : "stopped.without"), choice("stopped", [...(order.half_shut ? ["as_it_is"] : []), "by_others", "under_pressure"], "stopped", true)),
    has("close") && field(t("orders.override"), el("input", { name: "override", maxlength: 2000 }), true),
  ].filter(Boolean);
  const node = /** @type {HTMLFormElement} */ (el("form", { class: "fields", id: "steps", onsubmit: (/** @type {Event} */ e) => e.preventDefault() }, .../** @type {HTMLElement[]} */ (fields)));
  const press = (/** @type {string} */ step) => () => {
    last = said(node);
    kept.set(order.id, last);
    const { crew, outcome, reject, note, override, stopped } = last;
    const body = { note, ...(step === "assign" && { crew, seen: order.crew ?? "" }), ...(WITH_OUTCOME.includes(step) && { outcome }), ...(step === "reject" && { reject }), ...(STOPS.includes(step) && { stopped: stopped === "as_it_is" ? "valves" : stopped }), ...(step === "close" && { override }) };
    void done(() => post(`/api/v1/work-orders/${order.id}/${step}`, body), changed, order.id);
  };
  const main = usual(order, has);
  const buttons = order.allowed.map((/** @type {string} */ step) =>
    el("button", { type: "button", "data-step": step, class: step === main ? "strong" : "", onclick: press(step) }, t(step === "complete" && order.state === "to_open" ? "crew.stays_shut" : `step.${step}`)));
  for (const [name, value] of Object.entries(kept.get(order.id) ?? {})) {
    const input = node.elements.namedItem(name);
    if (input instanceof HTMLSelectElement) for (const one of input.options) one.defaultSelected = one.value === value;
    else if (input instanceof HTMLInputElement) input.defaultValue = value;
  }
  carry(node);
  const missing = lacked.get(order.id);
  return el("div", {}, node, el("p", { class: "actions fields" }, ...buttons),
    missing && el("div", { class: "missing", role: "alert" }, el("h3", {}, t("orders.missing")), el("ul", {}, ...missing.map((one) => el("li", { "data-missing": one.item }, local(one.why))))));
}
