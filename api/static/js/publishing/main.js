/** What people decide about published on-line quality: holding it for checking, four hours at most, and calling
 * published hours an instrument's fault, which one person proposes by evidence and another decides. */
import { act, say } from "../core/act.js";
import { byId, el, redraw, replace } from "../core/dom.js";
import { dateTime, instant } from "../core/format.js";
import { failure, get, need } from "../core/http.js";
import { drawAges, installMenu } from "../core/menu.js";
import { may, page } from "../core/page.js";
import { pressed, released } from "../core/pressed.js";
import { on, start, store } from "../core/store.js";
import { applyTheme } from "../core/theme.js";
import { local, t } from "../core/words.js";

const MINUTES = [30, 60, 120, 240];
const EVIDENCE = ["grab_sample", "sibling_instrument", "calibration_record", "instrument_photo"];
const HOLDS = "/api/v1/quality-holds";
const FAULTS = "/api/v1/instrument-faults";

/** @param {string} id @param {string} label @param {Record<string, any>} [more] */
const input = (id, label, more = {}) => /** @type {HTMLInputElement} */ (el("input", { id, "aria-label": t(label), placeholder: t(label), maxlength: 200, ...more }));
/** @param {string} id @param {string} label @param {HTMLElement[]} options */
const select = (id, label, ...options) => /** @type {HTMLSelectElement} */ (el("select", { id, "aria-label": t(label) }, ...options));
/** @param {string} path @param {object} body @param {HTMLInputElement[]} emptied */
async function send(path, body, ...emptied) {
  if (await act(path, body, "desk.done", look)) for (const field of emptied) field.value = "";
}

/** @type {Map<string, string>} */
const zones = new Map();
let asked = 0;

/** Made once, so that what is half written outlives a redraw of its surroundings. */
const held = el("ul", { class: "members" });
const months = el("p", { class: "quiet" });
const what = select("hold-what", "hold.what");
const minutes = select("hold-minutes", "hold.minutes", ...MINUTES.map((m) => el("option", { value: m, selected: m === 60 }, t("desk.minutes", { n: m }))));
const why = input("hold-reason", "hold.reason");
const holding = el("form", { class: "actions", onsubmit: hold }, what, minutes, why, el("button", { class: "strong" }, t("hold.begin")));

const proposed = el("ul", { class: "members" });
const whose = select("fault-what", "hold.what");
const from = input("fault-from", "fault.from", { type: "datetime-local" });
const hours = input("fault-hours", "fault.hours", { type: "number", min: 1, max: 24, value: 1 });
const evidence = select("fault-evidence", "fault.evidence", ...EVIDENCE.map((id) => el("option", { value: id }, t(`fault.evidence.${id}`))));
const reference = input("fault-reference", "fault.reference");
const reason = input("fault-reason", "hold.reason");
const proposing = el("form", { class: "actions", onsubmit: propose }, whose, from, hours, evidence, reference, reason, el("button", { class: "strong" }, t("fault.propose")));

/** @param {{zone: string, parameter: string}} of */
const named = (of) => `${zones.get(of.zone) ?? of.zone} · ${t(`value.quantity.${of.parameter}`)}`;

/** Of several questions the last one's answer counts. */
async function look() {
  const mine = ++asked;
  try {
    const [holds, faults] = await Promise.all([get(HOLDS), get(`${FAULTS}?state=open`)]);
    await released();
    if (mine === asked) draw(holds, faults);
  } catch (error) {
    if (mine === asked) say(failure(error), true);
  }
}

/** @param {any} holds @param {any} faults */
function draw(holds, faults) {
  const now = holds.items.filter((/** @type {any} */ one) => one.standing && !one.ended);
  redraw(held, ...(now.length ? now.map(heldRow) : [el("li", { class: "quiet" }, t("hold.none"))]));
  redraw(months, holds.months.map((/** @type {any} */ of) => t("hold.month", of)).join(" "));
  redraw(proposed, ...(faults.items.length ? faults.items.map(proposedRow) : [el("li", { class: "quiet" }, t("fault.none"))]));
  for (const list of [what, whose]) {
    if (!list.childElementCount) list.append(...holds.public.map((/** @type {any} */ of) => el("option", { value: JSON.stringify(of) }, named(of))));
  }
}

/** @param {any} one */
const heldRow = (one) => el("li", {},
  el("b", {}, named(one)), ` ${t("hold.until", { time: dateTime(instant(one.until)), by: one.by })} · ${one.reason} `,
  may("hold_publication") && el("button", { type: "button", onclick: () => reasoned() && send(`${HOLDS}/${one.id}/release`, { reason: why.value.trim() }, why) }, t("hold.release")));

/** @param {any} one */
function proposedRow(one) {
  const [place, parameter] = one.subject.split(":");
  const acts = !may("label_fault") ? [] : one.by === page.me?.id ? ["withdraw"] : ["approve", "refuse"];
  return el("li", {}, el("b", {}, named({ zone: place, parameter })),
    ` ${dateTime(instant(one.start))} – ${dateTime(instant(one.end))} · ${t(`fault.evidence.${one.evidence}`)} ${one.permit} · ${one.by} · ${one.reason} `,
    ...acts.map((act) => el("button", { type: "button", onclick: () => send(`${FAULTS}/${one.id}/${act}`, { seq: one.seq }) }, t(`fault.${act}`))));
}

/** What is written as the reason is that of letting go too. */
function reasoned() {
  if (why.value.trim().length > 2) return true;
  say(t("hold.why"), true);
  why.focus();
  return false;
}

/** @param {Event} event */
function hold(event) {
  event.preventDefault();
  if (reasoned()) send(HOLDS, { ...JSON.parse(what.value), minutes: Number(minutes.value), reason: why.value.trim() }, why);
}

/** @param {Event} event */
function propose(event) {
  event.preventDefault();
  const start = Date.parse(`${from.value}:00+08:00`);
  if (!start || !reference.value.trim() || reason.value.trim().length < 3) return say(t("fault.missing"), true);
  const times = { start: new Date(start).toISOString(), end: new Date(start + Number(hours.value) * 3600e3).toISOString() };
  const by = { evidence: evidence.value, reference: reference.value.trim(), reason: reason.value.trim() };
  send(FAULTS, { ...JSON.parse(whose.value), ...times, ...by }, reference, reason);
}

async function main() {
  installMenu();
  on("age", () => drawAges(store));
  for (const what of ["quality_hold", "proposal"]) on(what, () => void look());
  setInterval(() => {
    drawAges(store);
    if (!pressed()) applyTheme();
  }, 1000);
  const [found] = await Promise.all([need("/api/v1/zones"), start()]);
  for (const zone of found.items) zones.set(zone.id, local(zone.name));
  replace(byId("holds"), held, may("hold_publication") && holding, months);
  replace(byId("faults"), proposed, may("label_fault") && proposing);
  await look();
  document.body.dataset.ready = "true";
}

void main();
