/** What happened to the alarms, the newest first: a tab, and the last rows in an alarm's record. What is read
 * holds still: new entries wait behind a button. */
import { el, replace } from "../core/dom.js";
import { clockTime, dateTime, instant, number } from "../core/format.js";
import { get } from "../core/http.js";
import { on, store } from "../core/store.js";
import { known, local, t } from "../core/words.js";
import { who } from "../core/who.js";
import { valueOf } from "./columns.js";
import { toldInWords } from "./calls.js";
import { advice } from "./commands.js";
import { ruleName } from "./held.js";
import { address } from "./route.js";

const PAGE = 100;
/** Rows on the screen at once; the newest make room for older ones. */
const MOST = 1000;
const LAST = 10;
const HEADS = ["time", "message", "event", "value", "by"];
/** Of these the table of states has no row that could have changed anything. */
const WITHOUT_ROWS = new Set(["regroup", "undo", "notified", "config_change", "restart"]);

/** To the second. @param {string} time */
const seconds = (time) => `${dateTime(instant(time))}:${clockTime(instant(time)).slice(-2)}`;

/** What happened, in words. @param {any} entry */
function what(entry) {
  const why = `alarm.refused.${entry.refused}`;
  const changed = entry.before !== entry.after;
  if (entry.event === "notified") return toldInWords(entry.note ?? "");
  return [
    t(`journal.${entry.event}`),
    entry.refused && t("journal.refused", { why: known(why) ? t(why) : entry.refused }),
    !entry.refused && !entry.rows.length && !WITHOUT_ROWS.has(entry.event) && t("journal.no_change"),
    entry.until && t("journal.until", { time: dateTime(instant(entry.until)) }) + (entry.once ? ` ${t("journal.once")}` : ""),
    changed && `${t(`state.${entry.before}`)} → ${t(`state.${entry.after}`)}`,
    entry.permit,
    entry.event === "regroup" && entry.incident,
    entry.event !== "restart" && entry.note,
  ].filter(Boolean).join(" · ");
}

/** Whose hand, or which rule. @param {any} entry */
const by = (entry) => [who(entry.actor), entry.rule && ruleName(entry.rule), entry.approved_by && t("journal.approved_by", { by: who(entry.approved_by) })]
  .filter(Boolean).join(" · ") || t("journal.hub");

/** @param {any} entry */
const value = (entry) => (entry.value === null ? "–" : entry.kind ? valueOf(entry) : number(entry.value, 2));

/** @param {any} entry */
const nameOf = (entry) => local(entry.name) || entry.alarm;

const params = () => new URLSearchParams(location.search);
const node = el("div", { class: "journal" });
let alarm = "";
/** @type {any[]} */
let items = [];
/** @type {number|null} */
let older = null;
let refused = "";
let begun = false;
let asking = false;
/** Something happened since, or the newest rows made room. */
let waiting = false;
let loaded = false;
let seen = 0;
on("loaded", () => { loaded = true; });
/** Grows with every change of what is listed. */
const changes = () => store.alarms.reduce((sum, one) => sum + (alarm && one.id !== alarm ? 0 : one.seq), 0);
on("alarm", () => { waiting ||= begun && changes() > seen; });

/** @param {HTMLElement} place */
export function drawJournal(place) {
  if (place.lastChild !== node) {
    place.append(node);
    begun = false;
  }
  if (!loaded) return;
  const wanted = params().get("alarm") ?? "";
  if (!asking && (!begun || wanted !== alarm)) void newest(wanted);
  else if (begun) newer.hidden = !waiting;
}

/** @param {string} wanted */
async function newest(wanted) {
  [alarm, items, older, begun, waiting] = [wanted, [], null, true, false];
  seen = changes();
  replace(node, el("p", { class: "quiet" }, t("desk.loading")));
  await load();
}

/** Names of rules, or of who was told, have come: what is shown says them. */
export function journalNamed() {
  if (begun && !asking) show();
}

on("notification", journalNamed);

async function load() {
  const asked = alarm;
  asking = true;
  const query = [`limit=${PAGE}`, alarm && `alarm=${encodeURIComponent(alarm)}`, older && `before=${older}`].filter(Boolean).join("&");
  try {
    const page = await get(`/api/v1/alarm-journal?${query}`);
    items.push(...page.items);
    waiting ||= items.length > MOST;
    items = items.slice(-MOST);
    older = page.next;
    refused = "";
  } catch (error) {
    refused = advice(/** @type {Error} */ (error));
  }
  asking = false;
  const now = params().get("alarm") ?? "";
  if (now !== asked) await newest(now);
  else show();
}

const newer = el("button", { type: "button", class: "newer", onclick: () => void newest(alarm) }, t("journal.new"));
const more = el("button", { type: "button", class: "more-rows", onclick: () => void (asking || load()) }, t("journal.older", { n: PAGE }));

function show() {
  newer.hidden = !waiting;
  const focused = document.activeElement === more;
  replace(
    node,
    alarm && el("p", {}, t("journal.of"), " ", el("a", { href: address("alarms", alarm) }, local(store.alarms.find((one) => one.id === alarm)?.name) || (items.length ? nameOf(items[0]) : alarm)),
      " · ", el("a", { href: address("alarms", "", { tab: "journal" }) }, t("journal.everything"))),
    newer,
    items.length > 0 && el("div", { class: "wide" }, el("table", {},
      el("thead", {}, el("tr", {}, ...HEADS.map((head) => el("th", { scope: "col", class: head }, t(`desk.head_${head}`))))),
      el("tbody", {}, ...items.map(row)))),
    refused && el("p", { class: "bad", role: "alert" }, refused),
    older || refused ? more : el("p", { class: "quiet" }, t(items.length ? "journal.end" : "journal.none")),
  );
  if (focused) more.focus({ preventScroll: true });
}

/** @param {any} entry */
const row = (entry) => el("tr", { class: entry.refused ? "refused" : "" },
  el("td", { class: "time" }, seconds(entry.happened)),
  el("td", {}, el("a", { href: address("alarms", entry.alarm) }, nameOf(entry))),
  el("td", {}, what(entry)),
  el("td", { class: entry.value === null ? "value none" : "value" }, value(entry)),
  el("td", {}, by(entry)));

/** Of the chosen alarm. @type {{key: string, items: any[]|null, refused: string}} */
let last = { key: "", items: null, refused: "" };

/** The last rows of an alarm, for its record; filled in once they are there. @param {any} one */
export function journalBlock(one) {
  const list = el("ul", { class: "members past" });
  const key = `${one.id}|${one.seq}`;
  if (last.key !== key) {
    last = { key, items: last.key.startsWith(`${one.id}|`) ? last.items : null, refused: "" };
    void lately(one.id, key, list);
  }
  fill(list);
  return [
    el("h3", {}, t("desk.tab_journal")),
    list,
    el("p", { class: "newlink" }, el("a", { href: address("alarms", "", { tab: "journal", alarm: one.id }) }, t("journal.this_alarm"))),
  ];
}

/** @param {string} id @param {string} key @param {HTMLElement} list */
async function lately(id, key, list) {
  let answer;
  try {
    answer = { items: (await get(`/api/v1/alarm-journal?alarm=${encodeURIComponent(id)}&limit=${LAST}`)).items, refused: "" };
  } catch (error) {
    answer = { items: last.items, refused: advice(/** @type {Error} */ (error)) };
  }
  if (last.key !== key) return;
  last = { key, ...answer };
  fill(list.isConnected ? list : (document.querySelector("#pane .past") ?? list));
}

/** @param {Element} list */
function fill(list) {
  const rows = (last.items ?? []).map((entry) => el("li", {}, el("span", { class: "quiet" }, seconds(entry.happened)), " ", [what(entry), entry.value === null ? "" : value(entry), by(entry)].filter(Boolean).join(" · ")));
  if (last.refused) rows.push(el("li", { class: "bad" }, last.refused));
  else if (!rows.length) rows.push(el("li", { class: "quiet" }, t(last.items ? "journal.none" : "desk.loading")));
  replace(list, ...rows);
}
