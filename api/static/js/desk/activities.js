/** Planned work: the list, one of it with what may be done, and who may end, extend or approve it. */
import { el, replace } from "../core/dom.js";
import { dateTime, instant } from "../core/format.js";
import { get, remove } from "../core/http.js";
import { may } from "../core/page.js";
import { mark } from "../core/priority.js";
import { who } from "../core/who.js";
import { listed, local, t } from "../core/words.js";
import { plantNow } from "../core/clock.js";
import { zone } from "./columns.js";
import { advice, button, command, confirmed, say } from "./commands.js";
import { address } from "./route.js";

const HOURS = [1, 2, 4, 8, 24];
const PATH = "/api/v1/activities";
/** In an activity's place in the address: the form for another one. */
export const NEW = "new";

export const newLink = () => el("p", { class: "newlink" }, el("a", { href: address("alarms", NEW, { tab: "activities" }) }, t("activity.new")));

/** @param {any} one */
const pathOf = (one) => `${PATH}/${encodeURIComponent(one.id)}`;

/** Within its grace it is over for those who work, and not yet for its alarms. @param {any} one */
const stateOf = (one) => (one.state === "running" && instant(one.end) <= plantNow() ? "grace" : one.state);

/** @param {any} one */
const where = (one) => listed([...one.zones.map(zone), ...one.tags, ...one.rows]);

/** @param {any} one */
const windowOf = (one) => t("activity.window", { start: dateTime(instant(one.start)), end: dateTime(instant(one.end)) });

/** @returns {import("./table.js").Columns<any>} */
export const activityColumns = () => ({
  name: t("desk.tab_activities"),
  empty: t("activity.none"),
  heads: ["state", "window", "message", "source", "work"].map((id) => ({ id, label: t(`desk.head_${id}`) })),
  key: (one) => one.id,
  rowClass: (one) => `state-${one.state}`,
  cells: (one) => [
    t(`activity.state.${stateOf(one)}`),
    windowOf(one),
    el("a", { href: address("alarms", one.id, { tab: "activities" }) }, t(`activity.kind.${one.kind}`)),
    where(one),
    `${one.work} · ${one.who ?? ""}`,
  ],
});

/** Alarms in a list, each with its priority and state. @param {any[]} rows */
export const alarmsOf = (rows) =>
  el("ul", { class: "members" }, ...rows.map((row) =>
    el("li", {}, mark(row.priority), " ", el("a", { href: address("alarms", row.id, { tab: "suppressed" }) }, local(row.name)),
      row.active ? el("b", {}, ` · ${t(`state.${row.state}`)}`) : "")));

/** What it withholds, in words. @param {any} told */
export const explained = (told) => [
  el("h3", {}, told.withheld.length ? t("activity.withheld", { n: told.withheld.length }) : t("activity.nothing")),
  alarmsOf(told.withheld),
  ...(told.to_approve.length ? [el("h3", {}, t("activity.to_approve", { n: told.to_approve.length })), alarmsOf(told.to_approve)] : []),
  told.never.length > 0 && el("p", { class: "quiet" }, t("activity.never", { n: told.never.length })),
  el("p", { class: "quiet" }, t("activity.still")),
];

/** Its alarms, asked for when it is chosen or has changed: by id and seq. @type {{key: string, node: HTMLElement}} */
const asked = { key: "", node: el("div", { class: "activity" }) };

/** @param {any} one */
function alarmsBlock(one) {
  const key = `${one.id}|${one.seq}`;
  if (asked.key !== key) {
    asked.key = key;
    replace(asked.node, el("p", { class: "quiet" }, t("desk.loading")));
    get(pathOf(one)).then(
      (told) => { if (asked.key === key) replace(asked.node, ...explained(told)); },
      (error) => { if (asked.key === key) replace(asked.node, el("p", { class: "bad" }, advice(error))); },
    );
  }
  return asked.node;
}

/** @param {any} one @param {() => void} redraw */
export function activityPane(one, redraw) {
  const begun = instant(one.start) <= plantNow();
  const finish = !begun ? "cancel" : one.ended_by || one.state === "overrun" || !one.grace_s ? "finish_grace" : "finish";
  const send = (/** @type {string} */ act, /** @type {object} */ body) => () => void command(`${act}:${one.id}`, `${pathOf(one)}/${act}`, body, redraw);
  return [
    el("h2", {}, t(`activity.kind.${one.kind}`), " · ", one.id),
    el("p", { class: "stateline" }, t(`activity.state.${stateOf(one)}`), " · ", windowOf(one),
      one.grace_s ? ` · ${t("activity.until", { time: dateTime(instant(one.until)) })}` : ""),
    one.state === "overrun" && el("p", { class: "held" }, t("activity.overrun_told")),
    el("dl", { class: "facts" },
      el("dt", {}, t("activity.where")), el("dd", {}, where(one)),
      el("dt", {}, t("activity.work")), el("dd", {}, one.work),
      el("dt", {}, t("activity.who")), el("dd", {}, one.who ?? ""),
      ...(one.note ? [el("dt", {}, t("activity.note")), el("dd", {}, one.note)] : [])),
    one.approved_by && el("p", { class: "quiet" }, t("activity.approved", { by: who(one.approved_by) })),
    el("p", { class: "actions" },
      may("decide_proposal") && !one.approved_by && confirmed(`approve:${one.id}`, t("activity.approve"), t("desk.sure"), send("approve", { seq: one.seq }), false, one.seq),
      may("plan") && confirmed(`end:${one.id}`, t(`activity.${finish}`), t("desk.sure"), () => void ended(one, redraw), true, one.seq)),
    may("plan") && extendForm(one, send),
    alarmsBlock(one),
    may("plan") && newLink(),
  ].filter(Boolean);
}

/** @param {any} one @param {(act: string, body: object) => () => void} send */
function extendForm(one, send) {
  const hours = /** @type {HTMLSelectElement} */ (el("select", { id: "activity-extend", "aria-label": t("activity.extend") },
    ...HOURS.map((h) => el("option", { value: h }, t("maintenance.h", { n: h })))));
  const onsubmit = (/** @type {Event} */ event) => {
    event.preventDefault();
    const from = Math.max(plantNow(), instant(one.start));
    send("extend", { seq: one.seq, end: new Date(from + Number(hours.value) * 3600e3).toISOString() })();
  };
  return el("form", { class: "actions", onsubmit }, hours, button(`extend:${one.id}`, t("activity.extend"), () => hours.form?.requestSubmit()));
}

/** @param {any} one @param {() => void} redraw */
async function ended(one, redraw) {
  say(t("desk.sending"));
  try {
    await remove(pathOf(one));
    say(t("desk.done"));
  } catch (error) {
    say(advice(/** @type {Error} */ (error)), true);
  }
  redraw();
}
