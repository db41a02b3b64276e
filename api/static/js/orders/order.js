/** One order whole: where it stands, what may be done, who answers for it, what goes on around it. */
import { el } from "../core/dom.js";
import { dateTime, hourMinute, instant, number } from "../core/format.js";
import { fireDuties } from "../notices/fire.js";
import { owns, who } from "../core/who.js";
import { post } from "../core/http.js";
import { crewName, may, page } from "../core/page.js";
import { mark } from "../core/priority.js";
import { whomFacts } from "../core/whom.js";
import { clauses, known, local, t } from "../core/words.js";
import { done, field, form, said, steps } from "./act.js";
import { around, reportList, suggestions } from "./around.js";
import { clockOff, notes, photos } from "./evidence.js";
import { told } from "./told.js";
import { offBalance } from "../core/turns.js";
import { drawWay } from "../core/way.js";
import { visit } from "./visit.js";
import { usage, valves } from "./work.js";

/** @param {string} title @param {any[]} children @param {string} [kind] */
export const section = (title, children, kind = "") => el("section", { class: kind, "aria-label": title }, el("h3", {}, title), ...children);

/** A reason of a priority, `name` or `name:figure`. @param {string} reason */
export function why(reason) {
  const [name, figure] = reason.split(":");
  return known(`priority_why.${name}`) ? t(`priority_why.${name}`, { n: name.endsWith("_connections") ? number(Number(figure)) : figure ?? "" }) : reason;
}

/** @param {any} all @param {() => void} changed */
export function drawOrder(all, changed) {
  const { order } = all;
  return [
    el("section", { class: "wide" },
      el("p", {}, el("a", { class: "back", href: "/orders" }, t("orders.back"))),
      el("h2", {}, mark(order.priority), " ", local(order.title)),
      el("p", { class: "quiet" }, order.id, " · ", el("b", {}, t(`order.${order.state}`)), " · ", t("orders.priority", { n: order.priority }), " · ", clauses(order.priority_reasons.map(why))),
      drawWay(order.way),
      ...offBalance(order),
      order.recovered && el("p", { class: "held" }, t("orders.recovered", { time: dateTime(instant(order.recovered)) })),
      order.discoloured && el("p", { class: "held" }, t("orders.discoloured")),
      order.finding && el("p", { class: "held" }, t("orders.found", { outcome: t(`outcome.${order.finding.outcome}`), who: who(order.finding.by) }), order.finding.reason && ` — ${order.finding.reason}`),
      steps(order, changed)),
    section(t("orders.facts"), [facts(order), ...people(order, changed), ...told(order, all.clocks, changed)]),
    order.allowed.includes("assign") ? section(t("orders.suggestion"), [suggestions(all.suggestion, order, changed)]) : null,
    order.visit || order.origin !== "incident" ? section(t("visit.title"), visit(order, changed)) : null,
    all.fire?.items.length ? section(t("fire.title"), [...fireDuties(all.fire, null), el("a", { href: `/notices?id=${encodeURIComponent(all.fire.items[0].notice)}` }, all.fire.items[0].notice)]) : null,
    section(t("orders.around"), around(all.context), "wide"),
    section(t("orders.valves"), valves(order, all.valves, all.context, changed)),
    section(t("orders.usage"), usage(order, all.usage, all.stock, changed)),
    section(t("crew.notes"), notes(order, all.notes, changed)),
    section(t("crew.photos"), photos(all.photos)),
    section(t("orders.reports", { n: order.reports }), [reportList(all.reports)]),
    callbacks(all.calls),
    section(t("orders.log"), [log(order, all.valves.items.filter((/** @type {any} */ one) => !one.taken_back))]),
  ].filter(Boolean);
}

/** @param {any} order */
function facts(order) {
  const rows = /** @type {[string, any][]} */ ([
    [t("desk.place"), local(order.place)],
    [t("orders.origin"), t(`origin.${order.origin}`)],
    [t("orders.text"), order.text && local(order.text)],
    [t("orders.account"), order.account],
    [t("desk.head_crew"), crewName(order.crew) || t("desk.no_crew")],
    [t("desk.head_due"), order.due && dateTime(instant(order.due))],
    ...whomFacts(order),
    [t("incident"), order.incident && el("a", { href: `/desk?view=incidents&id=${encodeURIComponent(order.incident)}` }, order.incident)],
    [t("orders.related"), order.related_to && el("a", { href: `/orders?id=${encodeURIComponent(order.related_to)}` }, order.related_to)],
    [t("orders.reopened"), order.reopened || ""],
    [t("orders.rejected"), clauses(order.rejections.map((/** @type {any} */ r) => `${crewName(r.crew)} · ${t(`reject.${r.reason}`)}${r.note ? ` (${r.note})` : ""}`))],
  ]).filter(([, value]) => value);
  return el("dl", { class: "facts" }, ...rows.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
}

/** @param {any} order @param {() => void} changed */
function people(order, changed) {
  const path = `/api/v1/work-orders/${order.id}`;
  const offered = order.handover;
  const mine = offered?.to === page.me?.id;
  const answer = (/** @type {string} */ what) =>
    el("button", { type: "button", class: what === "take-over" ? "strong" : "", onclick: () => void done(() => post(`${path}/${what}`), changed) }, t(`orders.${what}`));
  return [
    el("dl", { class: "facts" },
      el("dt", {}, t("orders.first_owner")), el("dd", {}, who(order.first_owner) || t("none_yet")),
      el("dt", {}, t("orders.owner")), el("dd", { class: "owner" }, owns(order) || t("none_yet"))),
    offered && el("p", { class: "held" }, t("orders.offered", { who: who(offered.to), time: hourMinute(instant(offered.until)) }), mine && el("span", { class: "actions" }, answer("take-over"), answer("send-back"))),
    !offered && may("hand_over") && form(`${path}/handover`, said, changed, t("orders.hand_over"), [field(t("orders.to"), el("input", { name: "to", required: true, maxlength: 128 }))]),
  ].filter(Boolean);
}

/** What was put down of each call-back, the newest first: what came of it, by whom, and in what words. A slip stands with what took it back.
 * @param {any[]} calls */
function callbacks(calls) {
  const tried = calls.flatMap((one) => one.attempts).sort((a, b) => instant(b.at) - instant(a.at));
  return tried.length ? section(t("orders.callbacks"), [el("ol", { class: "log" }, ...tried.map((one) =>
    el("li", {}, el("span", { class: "quiet" }, dateTime(instant(one.at))),
      el("span", {}, el("b", {}, t(`callback_outcome.${one.outcome}`)), one.mark && ` ${t("board.mark", { n: one.mark })}`, one.takes_back && ` · ${t("beside.taken_back")}`, ` · ${who(one.by)}`, ...(one.note && !one.takes_back ? [el("br"), one.note] : [])))))]) : null;
}

/** How the water was stopped, where a step says so or valves had been shut for it; who was sent.
 * @param {any} one @param {any[]} turned @param {any} half */
const how = (one, turned, half) => one.beside ? "" : [
  one.crew && crewName(one.crew),
  one.stopped ? t(`stopped.${one.stopped}`) : one.state === "isolated" && !half && turned.some((v) => v.turning === "close" && instant(v.at) <= instant(one.at)) && t("stopped.valves"),
].filter(Boolean).map((word) => ` · ${word}`).join("");

/** What a person wrote; of a signal its heading says it all. @param {any} one */
const noteOf = (one) => (one.beside?.startsWith("signal_") ? null : local(one.note ?? ""));

/** @param {any} order @param {any[]} turned */
const log = (order, turned) => el("ol", { class: "log" }, ...[...order.milestones].reverse().map((/** @type {any} */ one) =>
  el("li", {}, el("span", { class: "quiet" }, dateTime(instant(one.at))), el("span", {}, el("b", {}, t(one.beside ? `beside.${one.beside}` : `order.${one.state}`)), how(one, turned, order.half_shut), ` · ${who(one.actor)}`, one.done && one.done !== one.at && ` · ${t("orders.done_at", { time: hourMinute(instant(one.done)) })}`, clockOff(one), noteOf(one) && el("br"), noteOf(one)))));
