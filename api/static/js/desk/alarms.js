/** Answering an alarm, and what its rationalised row says. */
import { asCounted, unanswered } from "../core/alarms.js";
import { el } from "../core/dom.js";
import { dateTime, instant, number } from "../core/format.js";
import { may } from "../core/page.js";
import { mark } from "../core/priority.js";
import { isGood, reason } from "../core/quality.js";
import { store } from "../core/store.js";
import { known, local, t } from "../core/words.js";
import { actsBlock, held } from "./alarm_acts.js";
import { explained } from "./cause.js";
import { acknowledge, button } from "./commands.js";
import { marks, valueOf } from "./columns.js";
import { journalBlock } from "./journal.js";
import { address, trendOf } from "./route.js";

/** @param {string} id @param {() => void} redraw */
export function alarmPane(id, redraw) {
  const alarm = store.alarms.find((known) => known.id === id);
  if (!alarm) return [el("p", { class: "quiet" }, t("desk.alarm_over"))];
  const tag = store.tags.get(alarm.tag);
  return [
    el("h2", {}, mark(asCounted(store.alarms, store.incidents).find((one) => one.id === id)?.priority), " ", local(alarm.name) || alarm.id),
    el("p", { class: "stateline" }, t(`state.${alarm.state}`), " · ", t(`class.${alarm.class ?? "process"}`), " · ", valueOf(alarm)),
    may("acknowledge") && unanswered(alarm) &&
      el("p", { class: "actions" }, button(`ack:${alarm.id}`, t("desk.ack"), () => acknowledge(alarm, redraw), { strong: true, keyhint: "a" })),
    marks(alarm).length > 0 && el("p", {}, ...marks(alarm)),
    ...held(alarm),
    el(
      "dl",
      { class: "facts" },
      ...fact(t("desk.action"), local(alarm.action)),
      ...fact(t("column.confirm_action"), local(alarm.confirm_action)),
      ...(alarm.response_min ? fact(t("desk.respond"), t("desk.respond_min", { n: number(alarm.response_min) })) : []),
      ...fact(t("desk.cause"), local(alarm.cause)),
      ...fact(t("desk.consequence"), local(alarm.consequence)),
      ...fact(t("desk.unseen"), local(alarm.unseen)),
      ...fact(t("column.procedure_link"), alarm.procedure_link ?? ""),
      ...fact(t("desk.raised"), `${dateTime(instant(alarm.raised))}`),
      ...fact(t("desk.occurrence"), String(alarm.occurrence)),
      ...(alarm.raises > 1 ? fact(t("desk.raises"), String(alarm.raises)) : []),
      ...(isGood(alarm.quality) ? [] : fact(t("desk.quality"), reason(alarm.quality))),
      ...(tag ? fact(t("desk.tag"), el("a", { href: trendOf(tag.id) }, `${local(tag.name)} · ${t("desk.trend")}`)) : []),
      ...(tag || alarm.incident || !alarm.display_link ? [] : fact(t("column.display_link"), el("a", { href: alarm.display_link }, display(alarm.display_link)))),
      ...(alarm.incident ? fact(t("incident"), el("a", { href: address("incidents", alarm.incident) }, titleOf(alarm.incident))) : []),
    ),
    explained([alarm]),
    ...actsBlock(alarm, redraw),
    ...journalBlock(alarm),
  ].filter(Boolean);
}

/** A page of the desk by its name, another by its path. @param {string} link */
function display(link) {
  const view = new URL(link, location.origin).searchParams.get("view") ?? "";
  return known(`desk.${view}`) ? t(`desk.${view}`) : link;
}

/** An incident as people call it; its number where it is not at hand. @param {string} id */
export const titleOf = (id) => local(store.incidents.find((one) => one.id === id)?.title) || id;

/** @param {string} name @param {Node|string} value */
export const fact = (name, value) => (value ? [el("dt", {}, name), el("dd", {}, value)] : []);
