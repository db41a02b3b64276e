/** Each open incident: what it is, and how far people have come with it. One alone takes more lines before it loses
 * anything; of several each loses first what its states are of, then who is on it, and then takes more lines. */
import { searched, stateOf } from "../core/alarms.js";
import { plantNow } from "../core/clock.js";
import { byId, el, keyed, replace, setText } from "../core/dom.js";
import { firstOut } from "../control/first_out.js";
import { age, hourMinute, instant, number, timeOfDay } from "../core/format.js";
import { crewName } from "../core/page.js";
import { mark } from "../core/priority.js";
import { store } from "../core/store.js";
import { local, t } from "../core/words.js";
import { fit } from "./fit.js";
import { orderOf } from "./order.js";

/** @typedef {{incident: any, priority: number|null}} Item priority null: restored, not urgent */

/** @param {Item[]} items worst first @param {(id: string) => string} street @param {number} all how many are open */
export function drawIncidents(items, street, all) {
  const box = byId("incidents");
  box.classList.toggle("none", !items.length);
  keyed(box, items.length ? items : [null], (item) => item?.incident.id ?? "none", () => el("li"), (node, item) => {
    if (!item) {
      if (!node.firstChild) replace(node, el("p", { class: "quiet" }, t("wall.no_incidents")));
      return;
    }
    // what is out of sight has no width that it could be fitted to
    node.hidden = false;
    node.className = item.priority === null ? "incident restored" : `incident p${item.priority}`;
    replace(node, head(item, street), chain(item.incident));
    fit(/** @type {HTMLElement} */ (node.children[0]), [".first", ".size", ".since", ".near"].map((part) => node.querySelector(part)));
    const all = (/** @type {string} */ part) => [...node.children[1].querySelectorAll(part)];
    fit(/** @type {HTMLElement} */ (node.children[1]), items.length > 1 ? [all(".step"), ...all(".who")] : []);
  });
  tellRest(box, all);
}

/** Those that do not fit whole are counted instead. @param {HTMLElement} box @param {number} all */
function tellRest(box, all) {
  const rest = byId("more-incidents");
  const rows = /** @type {HTMLElement[]} */ ([...box.querySelectorAll(".incident")]);
  for (const row of rows) row.hidden = false;
  rest.hidden = all <= rows.length;
  const room = box.getBoundingClientRect().bottom;
  for (const row of rows) row.hidden = row !== rows[0] && row.getBoundingClientRect().bottom > room;
  const shown = rows.filter((row) => !row.hidden).length;
  rest.hidden = all <= shown;
  setText(rest, t("wall.more", { n: all - shown }));
}

/** @param {Item} item @param {(id: string) => string} street */
function head({ incident, priority }, street) {
  const since = instant(incident.opened);
  const first = searched(incident);
  const near = first?.street ? street(first.street) : "";
  return el(
    "p",
    { class: "head" },
    mark(priority),
    priority !== null && el("span", { class: "visually-hidden" }, t("priority", { n: priority })),
    el("strong", {}, local(incident.title)),
    near && el("span", { class: "near" }, t("wall.near", { street: near })),
    incident.size_m3h && el("span", { class: "size" }, `≈ ${number(incident.size_m3h)} m³/h`),
    el("span", { class: "first quiet" }, firstOut(incident, incident.alarms ?? store.alarms)),
    el("span", { class: "since quiet" }, `${timeOfDay(since)} · ${age((plantNow() - since) / 1000)}`),
  );
}

/** Orders and notices only once they are known. @param {any} incident */
function chain(incident) {
  const order = orderOf(incident) ?? incident.work_orders?.[0];
  const notice = incident.notices?.[0];
  return el(
    "ol",
    { class: "chain" },
    step(t("incident"), stateOf(incident), backSince(incident)),
    order ? step(t("work_order"), t(`order.${order.state}`), crewName(order.crew)) : incident.work_orders && none(t("wall.no_order")),
    notice ? step(t("notice"), t(`notice.${notice.state}`), "") : incident.notices && none(t("wall.no_notice")),
  );
}

/** Since when water is back, where that is known. @param {any} incident */
const backSince = (incident) => (incident.back ? t("incident.since", { time: hourMinute(instant(incident.back)) }) : "");

/** @param {string} what @param {string} state @param {string} who */
const step = (what, state, who) =>
  el("li", {}, el("span", { class: "step quiet" }, what), el("b", {}, state), who && el("span", { class: "who" }, who));

/** @param {string} says in so many words, for it stands alone */
const none = (says) => el("li", { class: "quiet" }, el("b", {}, says));
