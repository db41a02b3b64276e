/** What the fire service was told of hydrants without water, with receipts, and what people said to them. */
import { el } from "../core/dom.js";
import { dateTime, instant } from "../core/format.js";
import { may } from "../core/page.js";
import { sure } from "./sure.js";
import { local, t } from "../core/words.js";
import { who } from "../core/who.js";

/**
 * @param {any} told answer of /api/v1/fire-service
 * @param {((answer: string) => void)|null} speak a person has telephoned, or (`undo`) had not; null: it is only shown
 */
export function fireDuties(told, speak) {
  return told.items.map((/** @type {any} */ duty, /** @type {number} */ i) => one(duty, told.channel, i === 0 ? speak : null));
}

/** How it stands with one statement, and since when that is so: also the figure above, so that both say one time.
 * @param {any} duty */
export function standing(duty) {
  const [state, at] = duty.state === "open"
    ? duty.told ? ["unconfirmed", duty.told] : ["untold", duty.opened]
    : [duty.state === "done" && !duty.confirmed ? "sent" : duty.state, duty.done ?? duty.told ?? duty.opened];
  return `${t(`fire.${duty.suspected && duty.matter === "lost" ? "suspected" : duty.matter}`, { n: duty.hydrants.length })}${t("fire.colon")}${t(`fire.state.${state}`, { time: dateTime(instant(at)) })}`;
}

/** @param {any} duty @param {boolean} channel @param {((answer: string) => void)|null} speak */
function one(duty, channel, speak) {
  const open = duty.state === "open";
  return el("div", { class: "fire", "data-fire": duty.state },
    el("p", {},
      el("b", { class: open && (duty.late || !duty.told) && !duty.exercise ? "hard" : "" }, standing(duty)),
      duty.exercise && el("span", { class: "badge exercise" }, t("notice.status.exercise"))),
    open && duty.told && el("p", { class: duty.late ? "hard" : "quiet" }, t(duty.late ? "fire.late" : "fire.by", { time: dateTime(instant(duty.due)) })),
    open && !duty.exercise && !duty.told && el("p", {}, t(channel ? "fire.trying" : "fire.no_channel")),
    duty.planned && duty.matter !== "back" && el("p", { class: "quiet" }, t(duty.matter === "cancelled" ? "fire.times_off" : "fire.times", { from: dateTime(instant(duty.starts)), until: duty.ends ? dateTime(instant(duty.ends)) : "–" })),
    streets(duty.hydrants),
    log(duty),
    open && speak && may("tell_fire_service") && el("p", { class: "actions" },
      el("button", { type: "button", class: "strong", "data-act": "fire", onclick: sure(t("fire.sure"), () => speak("reached")) }, t("fire.confirmed")),
      el("button", { type: "button", "data-act": "fire-no-answer", onclick: () => speak("no_answer") }, t("fire.no_answer"))),
    duty.state === "done" && speak && may("tell_fire_service") && duty.confirmed && el("p", { class: "actions" },
      el("button", { type: "button", "data-act": "fire-undo", onclick: sure(t("fire.undo_sure"), () => speak("undo")) }, t("fire.undo"))));
}

/** @param {any[]} hydrants */
function streets(hydrants) {
  /** @type {Map<string, string[]>} */
  const by = new Map();
  for (const hydrant of hydrants) {
    const street = local(hydrant.street);
    by.set(street, [...(by.get(street) ?? []), hydrant.name ? local(hydrant.name) : hydrant.id]);
  }
  return el("details", { class: "hydrants", open: hydrants.length <= 6 }, el("summary", {}, t("fire.list")),
    el("ul", {}, ...[...by].map(([street, names]) => el("li", {}, el("b", {}, street), t("fire.colon"), names.join(t("fire.comma"))))));
}

/** @param {any} duty */
function log(duty) {
  const rows = [
    ...duty.receipts.map((/** @type {any} */ r) => ({
      at: r.at, what: `${t(`told.${r.outcome}`)} · ${r.name ? local(r.name) : r.contact ?? r.position ?? ""} · ${r.channel_name ? local(r.channel_name) : r.channel ?? ""}${r.key.endsWith("/unanswered") ? ` · ${t("fire.to_duty")}` : ""}`,
    })),
    ...duty.attempts.map((/** @type {any} */ a) => ({ at: a.at, what: `${t(`fire.answer.${a.answer}`)} · ${who(a.by)}${a.note ? ` · ${a.note}` : ""}${a.taken_back ? ` · ${t("fire.taken_back", { by: who(a.taken_back_by) })}` : ""}` })),
  ].sort((a, b) => a.at.localeCompare(b.at));
  return rows.length ? el("ul", { class: "log" }, ...rows.map((row) => el("li", {}, el("span", { class: "quiet" }, dateTime(instant(row.at))), " ", row.what))) : "";
}
