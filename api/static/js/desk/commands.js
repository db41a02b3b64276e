/**
 * Commands. Nothing on the desk changes because a button was pressed: the button says "sending" until the
 * hub's own event has brought the change, and a refusal says what to do.
 */
import { deliberate } from "../press/deliberate.js";
import { byId, el, replace, setText } from "../core/dom.js";
import { post, Refused, SIGNED_OUT } from "../core/http.js";
import { t } from "../core/words.js";
import { actedOn } from "./follow.js";
import { onRoute } from "./route.js";

/** What is under way, by the key of its button. @type {Set<string>} */
const underWay = new Set();

/** @param {string} text @param {boolean} [bad] */
export function say(text, bad = false) {
  const line = byId("message");
  line.className = bad ? "message bad" : "message";
  setText(line, text);
}

/**
 * @param {string} key one command at a time under each key
 * @param {string} path @param {object} body
 * @param {() => void} changed called when its state changed, to draw anew @returns {Promise<boolean>} whether it was taken
 */
export async function command(key, path, body, changed) {
  if (underWay.has(key)) return false;
  say(t("desk.sending"));
  actedOn(key);
  const error = await sent(key, path, body, changed);
  if (!error) actedOn(key);
  say(error ? advice(error) : t("desk.done"), Boolean(error));
  return !error;
}

/** @param {string} key @param {string} path @param {object} body @param {() => void} changed @returns {Promise<Error|null>} */
async function sent(key, path, body, changed) {
  underWay.add(key);
  changed();
  try {
    await post(path, body);
    return null;
  } catch (error) {
    return /** @type {Error} */ (error);
  } finally {
    underWay.delete(key);
    changed();
  }
}

/** A refusal, and what to do about it. @param {Error} error */
export function advice(error) {
  const status = error instanceof Refused ? error.status : -1;
  if (status === SIGNED_OUT) return error.message;
  const next = { 0: "retry", 403: "role", 409: "look_again" }[status] ?? "report";
  return `${error.message} ${t(`desk.do_${next}`)}`;
}

/**
 * @param {string} key @param {string} label @param {() => void} onclick
 * @param {{strong?: boolean, keyhint?: string}} [how]
 */
export function button(key, label, onclick, { strong = false, keyhint = "" } = {}) {
  const sending = underWay.has(key);
  return el(
    "button",
    { type: "button", class: strong ? "strong" : "", disabled: sending, "data-command": key, onclick },
    sending ? t("desk.sending") : label,
    keyhint && !sending && el("kbd", { "aria-hidden": "true" }, keyhint),
  );
}

/** The question that somebody is asked: it outlives a redraw of its surroundings. */
let asked = "";
onRoute(() => { asked = ""; });

/** A second, deliberate press for what cannot be taken back.
 * @param {string} key @param {string} label @param {string} question @param {() => void|false} onclick
 * false: something lacks, and the question stands @param {boolean} [strong] the step that is expected next @param {any} [about] while this stands, so does the question */
export function confirmed(key, label, question, onclick, strong = false, about = "") {
  const place = el("span", { class: "confirm" });
  const of = key + about;
  const ask = () => {
    asked = of;
    const yes = deliberate(el("button", { type: "button", id: "sure", class: "strong", onclick: answer }, label));
    replace(place, el("span", {}, question), yes, el("button", { type: "button", onclick: rest }, t("desk.no")));
    yes.focus();
  };
  const answer = () => {
    asked = "";
    if (onclick() === false) asked = of;
    else draw();
  };
  const rest = () => {
    asked = "";
    draw();
  };
  const draw = () => replace(place, button(key, label, ask, { strong }));
  if (asked === of) ask();
  else draw();
  return place;
}

/** As the hub asks of a reason. */
export const LEAST_REASON = 10;

export const reasonInput = () => /** @type {HTMLInputElement} */ (el("input", { required: true, minlength: LEAST_REASON, maxlength: 500, placeholder: t("desk.reason"), "aria-label": t("desk.reason") }));

/** Why alarms that were answered together were not, by alarm; `passing`: it may be tried again. @type {Map<string, {why: string, passing: boolean}>} */
export const refused = new Map();

/** @param {any} alarm */
const ofAck = (alarm) => /** @type {const} */ ([`ack:${alarm.id}`, `/api/v1/alarms/${encodeURIComponent(alarm.id)}/ack`, { occurrence: alarm.occurrence, seq: alarm.seq }]);

/** Exactly what was seen is acknowledged: this occurrence, at this change.
 * @param {any} alarm @param {() => void} redraw */
export function acknowledge(alarm, redraw) {
  refused.delete(alarm.id);
  void command(...ofAck(alarm), redraw);
}

/** As one of several, of which nothing is said here. @param {any} alarm @param {() => void} redraw */
export const answer = (alarm, redraw) => sent(...ofAck(alarm), redraw);
