/** What may be done with one alarm: reset, shelve, take out of service by two persons, and back. */
import { plantNow } from "../core/clock.js";
import { el } from "../core/dom.js";
import { dateTime, instant } from "../core/format.js";
import { may } from "../core/page.js";
import { store } from "../core/store.js";
import { clauses, local, t } from "../core/words.js";
import { who } from "../core/who.js";
import { placeOf } from "./columns.js";
import { button, command, confirmed, reasonInput } from "./commands.js";
import { ruleName } from "./held.js";

const MINUTES = [15, 60, 240, 480, 720];

/** Half-written forms outlive a redraw, and a refusal: by alarm. @type {Map<string, {shelve: HTMLElement, out: HTMLElement}>} */
const forms = new Map();

/** @param {any} alarm @param {() => void} redraw @returns {(Node|string)[]} */
export function actsBlock(alarm, redraw) {
  const proposed = store.proposals.find((one) => one.subject === alarm.id);
  if (alarm.shelf || alarm.oos || proposed) forms.delete(alarm.id);
  const form = forms.get(alarm.id) ?? { shelve: shelveForm(alarm, redraw), out: outForm(alarm, redraw) };
  forms.set(alarm.id, form);
  const path = `/api/v1/alarms/${encodeURIComponent(alarm.id)}`;
  const seen = { occurrence: alarm.occurrence, seq: alarm.seq };
  const send = (/** @type {string} */ act, body = {}) => () => void command(`${act}:${alarm.id}`, `${path}/${act}`, body, redraw);
  return /** @type {(Node|string)[]} */ ([
    el("p", { class: "actions" },
      may("acknowledge") && alarm.state === "LTCH_ACK" && button(`reset:${alarm.id}`, t("desk.reset"), send("reset", seen), { strong: true }),
      may("shelve") && alarm.shelf && button(`unshelve:${alarm.id}`, t("desk.unshelve"), send("unshelve")),
      may("return_to_service") && alarm.oos && confirmed(`return-to-service:${alarm.id}`, t("desk.return_to_service"), t("desk.sure"), send("return-to-service"), false, alarm.seq)),
    may("shelve") && !alarm.shelf && !alarm.oos && alarm.shelve_max_min !== 0 && form.shelve,
    proposed ? el("p", { class: "quiet" }, t("desk.proposed", { id: proposed.id })) : may("propose_out_of_service") && !alarm.oos && form.out,
  ].filter(Boolean));
}

/** Why nobody hears of it. @param {any} alarm */
export function held(alarm) {
  const told = [];
  if (alarm.shelf) told.push(t(alarm.shelf.once ? "desk.shelved_once" : "desk.shelved_until", { time: dateTime(instant(alarm.shelf.until)), note: alarm.shelf.note ?? "", by: who(alarm.shelf.by) }));
  if (alarm.suppressed_by?.length) told.push(t("desk.suppressed_by", { rules: clauses(alarm.suppressed_by.map(ruleName)) }));
  if (alarm.oos) told.push(t("desk.out_since", { time: dateTime(instant(alarm.oos.since)), permit: alarm.oos.permit, note: alarm.oos.note ?? "", by: who(alarm.oos.by) }));
  return told.map((text) => el("p", { class: "held" }, text));
}

/** @param {any} alarm @param {() => void} redraw */
function shelveForm(alarm, redraw) {
  const most = alarm.shelve_max_min ?? 60;
  const minutes = /** @type {HTMLSelectElement} */ (el("select", { "aria-label": t("desk.shelve_for") },
    ...[...MINUTES.filter((m) => m < most), most].map((m) => el("option", { value: m }, m % 60 ? t("desk.minutes", { n: m }) : t("maintenance.h", { n: m / 60 })))));
  const once = /** @type {HTMLInputElement} */ (el("input", { type: "checkbox" }));
  const why = reasonInput();
  const onsubmit = (/** @type {Event} */ event) => {
    event.preventDefault();
    const until = new Date(plantNow() + Number(minutes.value) * 60e3).toISOString();
    void command(`shelve:${alarm.id}`, `/api/v1/alarms/${encodeURIComponent(alarm.id)}/shelve`, { until, reason: why.value.trim(), once: once.checked }, redraw);
  };
  return details(t("desk.shelve"), "s", el("form", { class: "actions", onsubmit }, minutes, why,
    el("label", { class: "check" }, once, t("desk.once")), el("button", { class: "strong" }, t("desk.shelve"))));
}

/** @param {any} alarm @param {() => void} redraw */
function outForm(alarm, redraw) {
  const permit = /** @type {HTMLInputElement} */ (el("input", { required: true, maxlength: 100, placeholder: t("desk.permit"), "aria-label": t("desk.permit") }));
  const why = reasonInput();
  const onsubmit = (/** @type {Event} */ event) => {
    event.preventDefault();
    void command(`out:${alarm.id}`, `/api/v1/alarms/${encodeURIComponent(alarm.id)}/out-of-service`, { permit: permit.value.trim(), reason: why.value.trim() }, redraw);
  };
  return details(t("desk.take_out"), "", el("form", { class: "actions", onsubmit }, permit, why, el("button", { class: "strong" }, t("desk.propose"))));
}

/** @param {string} name @param {string} key @param {HTMLElement} form */
const details = (name, key, form) => el("details", { class: "act", "data-act": key || "out" }, el("summary", {}, name, key && el("kbd", { "aria-hidden": "true" }, key)), form);

/** What one person proposed and another decides. @param {any} one @param {() => void} redraw */
export function proposalPane(one, redraw) {
  const send = (/** @type {string} */ act) => () => void command(`${act}:${one.id}`, `/api/v1/proposals/${encodeURIComponent(one.id)}/${act}`, { seq: one.seq }, redraw);
  return [
    el("h2", {}, t("desk.out_of", { what: local(one.name) || one.subject })),
    el("p", { class: "stateline" }, `${placeOf(one)} · ${one.id} · ${dateTime(instant(one.asked))} · ${who(one.by)}`),
    el("dl", { class: "facts" }, el("dt", {}, t("desk.head_permit")), el("dd", {}, one.permit), el("dt", {}, t("desk.head_why")), el("dd", {}, one.reason ?? "")),
    el("p", { class: "actions" },
      may("decide_proposal") && confirmed(`approve:${one.id}`, t("desk.approve_proposal"), t("desk.sure"), send("approve"), true, one.seq),
      may("decide_proposal") && confirmed(`refuse:${one.id}`, t("desk.refuse_proposal"), t("desk.sure"), send("refuse"), false, one.seq),
      may("propose_out_of_service") && confirmed(`withdraw:${one.id}`, t("desk.withdraw_proposal"), t("desk.sure"), send("withdraw"), false, one.seq)),
  ];
}
