/** The report that an agent takes: what is wrong, since when, how far, and where, if that is not known. */
import { plantNow } from "../core/clock.js";
import { byId, el, replace, setText } from "../core/dom.js";
import { get } from "../core/http.js";
import { slotChoice } from "../core/visit.js";
import { local, t } from "../core/words.js";
import { box, hint } from "./focus.js";
import { answered, ask } from "./questions.js";
import { drop, keep, keptOf } from "./kept.js";
import { answers, forget, remember } from "./triage.js";

const SYMPTOMS = ["no_water", "low_pressure", "intermittent", "burst_visible", "wet_ground", "discoloured_yellow", "discoloured_black", "discoloured_milky", "odour", "sediment", "noise", "other"];
/** Since when, minutes ago; how far it goes: a tap, the home, the neighbours too. */
const SINCE = { now: 0, hour: 60, half_day: 720, day: 1440 };
const EXTENT = /** @type {Record<string, object>} */ ({ tap: { outlets: "one" }, home: { outlets: "all" }, neighbours: { outlets: "all", neighbours: true } });
/** Whether a form is open that is not yet saved. */
export const form = { dirty: false };
/** The one that is open. @type {import("./kept.js").Begun|null} */
let begun = null;
/** @type {{id: string, name: any}[]} */
let zones = [];

/** Where a caller may be of whom no address is known. @param {{id: string, name: any}[]} all */
export function knowZones(all) {
  zones = all;
}

/** As it was left, if it was begun for this caller. @param {any} card @param {string} of for whom @param {boolean} apart @param {(body: object) => Promise<boolean>} save whether it is saved */
export function openReport(card, of, apart, save) {
  form.dirty = true;
  hint(true);
  const one = keptOf(of) ?? { ...blank(card, apart), of, apart, touched: false, triage: [], save };
  begun = one;
  one.save = save;
  if (one.triage.length) remember(one.triage);
  drop(one);
  const place = /** @type {HTMLElement} */ (document.getElementById("form"));
  replace(place, one.node);
  place.hidden = false;
  /** @type {HTMLElement|null} */ (one.node.querySelector("input"))?.focus();
}

/** @param {Event} event */
async function submit(event) {
  event.preventDefault();
  const one = begun;
  if (!one || !(await one.save(told(new FormData(one.node))))) return;
  drop(one);
  if (begun === one) close();
}

/** @param {any} card @param {boolean} apart */
function blank(card, apart) {
  const questions = el("div", { class: "two", id: "questions" });
  const node = /** @type {HTMLFormElement} */ (el("form", { class: "report", onsubmit: submit, oninput: touched, onchange: touched },
  el("h2", {}, t(apart ? "act.apart" : "act.report")),
  card.account ? null : where(),
  // none is chosen beforehand: an Enter that was on its way when the form opened saves nothing
  el("fieldset", { class: "chips" }, el("legend", {}, t("form.symptom")), ...SYMPTOMS.map((s) => chip("symptom", s, t(`symptom.${s}`), { required: true }))),
  el("div", { class: "two" }, chips("since", Object.keys(SINCE)), chips("extent", Object.keys(EXTENT))),
  questions,
  el("p", { class: "ticks" }, tick("tell", true), tick("night", false), tick("order", !card.standing.length)),
  el("p", { class: "ask-more" }, el("label", {}, t("form.text"), " ", el("input", { name: "text", maxlength: "500" }))),
  el("p", {}, el("button", { class: "strong" }, t("form.save")), " ", el("button", { type: "button", onclick: cancel }, t("form.cancel")))));
  void offer(node);
  ask(node, questions);
  return { node };
}

function touched() {
  if (begun) begun.touched = true;
}

function cancel() {
  close();
  setText(byId("said"), "");
}

/** Out of sight and not lost, where something was put into it: it comes back with its caller. Whether one is kept. */
export function putAside() {
  const one = begun;
  if (one) one.triage = [...answers()];
  close();
  if (!one?.touched && !one?.triage.length) return false;
  keep(one);
  return true;
}

/** @param {string} name @param {string} value @param {string} label @param {object} [more] */
const chip = (name, value, label, more = {}) => el("label", { class: "chip" }, el("input", { type: "radio", name, value, ...more }), label);
/** @param {string} name @param {string[]} of */
const chips = (name, of) => el("fieldset", { class: "chips" }, el("legend", {}, t(`form.${name}`)), ...of.map((s) => chip(name, s, t(`form.${name}.${s}`))));
/** @param {string} name @param {boolean} on */
const tick = (name, on) => el("label", {}, el("input", { type: "checkbox", name, checked: on }), " ", t(`form.${name}`));

/** Of a caller whom no account is known of: the address as it is said, and its zone, so that it counts there. */
function where() {
  return el("p", { class: "where-from" },
    el("label", {}, t("form.address"), " ", el("input", { name: "address", maxlength: "200", value: box().value.trim() })), " ",
    el("label", {}, t("form.zone"), " ", el("select", { name: "zone" }, el("option", { value: "" }, t("form.zone.unknown")), ...zones.map((z) => el("option", { value: z.id }, local(z.name))))));
}

/** @param {FormData} data */
function told(data) {
  const words = (/** @type {string} */ name) => {
    const text = String(data.get(name) ?? "").trim();
    return text ? { [name]: text } : {};
  };
  return {
    symptom: data.get("symptom"), ...since(data.get("since")), ...EXTENT[String(data.get("extent"))],
    tell: data.has("tell"), at_night: data.has("night"), order: data.has("order"),
    ...words("text"), ...words("slot"), ...words("address"), ...words("zone"), ...answered(data),
  };
}

/** @param {FormDataEntryValue|null} chosen */
function since(chosen) {
  const minutes = SINCE[/** @type {keyof typeof SINCE} */ (chosen)];
  return minutes === undefined ? {} : { since: new Date((plantNow() || Date.now()) - minutes * 60e3).toISOString() };
}

/** When a crew comes in, for what it has to come in for. @param {HTMLFormElement} node */
async function offer(node) {
  const all = await get("/api/v1/appointments/slots").catch(() => null);
  if (!all?.items.length) return;
  const choose = /** @type {HTMLSelectElement} */ (slotChoice(all.items, t("visit.any")));
  const line = el("label", { hidden: true }, t("visit.slot"), " ", choose);
  const look = () => {
    const data = new FormData(node);
    line.hidden = !(data.has("order") && all.symptoms.includes(String(data.get("symptom"))));
    choose.disabled = line.hidden;
  };
  node.querySelector(".ask-more")?.append(line);
  node.addEventListener("change", look);
  look();
}

/** Put the form away. */
export function close() {
  begun = null;
  form.dirty = false;
  forget();
  hint(false);
  const place = /** @type {HTMLElement} */ (document.getElementById("form"));
  place.hidden = true;
  replace(place);
}
