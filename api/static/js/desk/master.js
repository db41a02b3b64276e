/** The master alarm database: its rows, changes that wait for a second person, versions; and what differs. */
import { el, keyed, replace, setAttr, setText } from "../core/dom.js";
import { dateTime, instant } from "../core/format.js";
import { get, post } from "../core/http.js";
import { may } from "../core/page.js";
import { lang, listed, t } from "../core/words.js";
import { who } from "../core/who.js";
import { sign } from "./columns.js";
import { advice, reasonInput, say } from "./commands.js";
import { changePane, persons, reasonOf, subjectOf, versionPane } from "./master_change.js";
import { kind, label, rowPane, unit } from "./master_row.js";
import { address, go, route } from "./route.js";
import { Table } from "./table.js";

export const MASTER = "/api/v1/master";
const TABS = ["rows", "changes", "versions"];
const SHOWN = 200;
const state = /** @type {Record<string, any>} */ ({ rows: [], changes: [], versions: [], drift: [], behind: [], found: 0, chosen: null, asked: false });
let redraw = () => {};
let asks = 0;

export function masterTab() {
  const wanted = new URLSearchParams(location.search).get("tab") ?? "";
  return TABS.includes(wanted) ? wanted : "rows";
}

export const masterItems = () => state[masterTab()];
/** What a drawing of the chosen record depends on. */
export const masterPrint = () => [state.versions.length, state.changes.map((/** @type {any} */ one) => [one.id, one.seq]), state.chosen];

/** @param {() => void} drawAnew @returns {() => Promise<void>} to ask the hub, when this view is shown */
export function installMaster(drawAnew) {
  redraw = drawAnew;
  return ask;
}

async function ask() {
  if (route().view !== "master") return;
  const mine = ++asks;
  try {
    const q = encodeURIComponent(search.value.trim());
    const [rows, changes, versions, drift] = await Promise.all([
      get(`${MASTER}/rows?limit=${SHOWN}&q=${q}`), get(`${MASTER}/proposals`), get(`${MASTER}/versions`), get(`${MASTER}/drift`)]);
    if (mine !== asks) return;
    Object.assign(state, { rows: rows.items, found: rows.found, changes: changes.items, versions: versions.items.map((/** @type {any} */ one) => ({ ...one, id: String(one.n) })), drift: drift.items, behind: drift.behind, asked: true });
    await choose();
  } catch (error) {
    say(advice(/** @type {Error} */ (error)), true);
  }
  redraw();
}

/** The chosen row or version whole. */
async function choose() {
  const { id } = route();
  const kind = { rows: "rows", versions: "versions" }[masterTab()];
  const chosen = id && kind ? { of: id, tab: masterTab(), ...(await get(`${MASTER}/${kind}/${encodeURIComponent(id)}`)) } : null;
  if (route().id === id) state.chosen = chosen;
}

const search = /** @type {HTMLInputElement} */ (el("input", { type: "search", id: "master-search", maxlength: 100, placeholder: t("master.search"), "aria-label": t("master.search"), oninput: later }));
let waiting = 0;
function later() {
  clearTimeout(waiting);
  waiting = window.setTimeout(() => void ask(), 250);
}

/** @param {any} row */
const name = (row) => row.cells[`name_${lang}`] ?? (row.id === "*matrix" ? t("master.matrix") : row.id);
/** @param {any} one @param {string} label */
const link = (one, label) => el("a", { href: address("master", one.id, { tab: masterTab() }) }, label);
/** @param {string[]} ids */
const heads = (ids) => ids.map((id) => ({ id, label: t(`master.head_${id}`) }));
const common = { key: (/** @type {any} */ one) => one.id, rowClass: () => "" };
const tables = /** @type {Record<string, Table<any>>} */ ({
  rows: new Table({ ...common, name: t("desk.master"), empty: t("master.no_rows"), heads: heads(["priority", "name", "type", "limit", "version"]),
    cells: (row) => [row.cells.priority ? sign(Number(row.cells.priority)) : "", link(row, name(row)), kind(row.cells.type ?? ""), row.cells.setpoint ? `${row.cells.setpoint} ${unit(row.cells.unit)}` : "–", String(row.version)] }),
  changes: new Table({ ...common, name: t("master.tab_changes"), empty: t("desk.no_proposals"), heads: heads(["time", "what", "by"]),
    cells: (one) => [dateTime(instant(one.asked)), link(one, `${subjectOf(one)} · ${one.reason ?? one.note ?? ""}`), who(one.by)] }),
  versions: new Table({ ...common, name: t("master.tab_versions"), empty: t("master.no_rows"), heads: heads(["version", "time", "what", "by"]),
    cells: (one) => [one.id, dateTime(instant(one.t)), link(one, reasonOf(one)), persons(one)] }),
});
export const masterTable = () => tables[masterTab()];

const bar = el("nav", { class: "subtabs", "aria-label": t("desk.master") });
const tools = el("div", { class: "picker" });
const notice = el("div", { class: "drift" });
const list = el("div", {});
const found = el("span", { class: "quiet" });
const files = el("details", { class: "act" }, el("summary", {}, t("master.from_files")), fileForm());

/** @param {HTMLElement} place */
export function drawMasterList(place) {
  const table = masterTable();
  keyed(bar, TABS, (one) => one, (one) => el("a", { href: address("master", "", { tab: one }) }, t(`master.tab_${one}`), " ", el("span", { class: "badge" })), (node, one) => {
    setAttr(node, "href", address("master", "", { tab: one }));
    setAttr(node, "aria-current", one === masterTab() ? "page" : null);
    setText(node.children[0], one === "changes" ? String(state.changes.length || "") : "");
  });
  if (place.firstChild !== list) replace(place, list);
  if (list.firstChild !== bar) replace(list, bar, notice, tools, table.node);
  else if (list.lastChild !== table.node) list.lastChild?.replaceWith(table.node);
  if (!tools.childElementCount) replace(tools, search, found, el("a", { href: `${MASTER}/export`, "data-reload": "", download: "" }, t("master.export")));
  tools.hidden = masterTab() !== "rows";
  setText(found, t("master.found", { shown: state.rows.length, n: state.found }));
  drawDrift();
}

/** What nobody approved, named; and files that are only behind. */
function drawDrift() {
  const key = JSON.stringify([state.drift, state.behind]);
  if (notice.getAttribute("data-print") === key) return;
  notice.setAttribute("data-print", key);
  replace(notice,
    state.drift.length > 0 && el("div", { class: "held" }, el("b", {}, t("master.drift", { n: state.drift.length })),
      el("ul", {}, ...state.drift.slice(0, 5).map((/** @type {any} */ one) => el("li", {}, t("master.drift_row", { where: t(`master.where_${one.where}`), row: one.row, field: label(one.field), approved: one.approved || "–", found: one.found || "–" }))))),
    state.behind.length > 0 && el("p", { class: "quiet" }, t("master.behind", { rows: listed(state.behind.slice(0, 5)), n: state.behind.length })),
    (state.drift.length > 0 || state.behind.length > 0) && el("div", { class: "actions" },
      may("decide_master") && el("button", { type: "button", onclick: () => void send(`${MASTER}/compare`, {}) }, t("master.compare")),
      may("propose_master") && files));
}

function fileForm() {
  const why = reasonInput();
  return el("form", { class: "actions", onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); void send(`${MASTER}/proposals`, { files: true, reason: why.value.trim() }); } },
    why, el("button", { class: "strong" }, t("desk.propose")));
}

/** Done, what it changed is asked for; a proposal is shown. @param {string} path @param {object} body */
export async function send(path, body) {
  say(t("desk.sending"));
  try {
    const answer = await post(path, body);
    say(t("desk.done"));
    if (path.endsWith("/proposals")) go("master", answer.id, { more: { tab: "changes" } });
    await ask();
  } catch (error) {
    say(advice(/** @type {Error} */ (error)), true);
  }
}

/** @param {string} id */
export function masterPane(id) {
  const record = masterItems().find((/** @type {any} */ one) => one.id === id);
  const whole = state.chosen?.of === id && state.chosen.tab === masterTab() ? state.chosen : null;
  if (masterTab() === "changes") return record ? changePane(record, send) : [el("p", { class: "quiet" }, t(state.asked ? "desk.not_here" : "desk.loading"))];
  if (!whole) return [el("p", { class: "quiet" }, t("desk.loading"))];
  return masterTab() === "rows" ? rowPane(whole, send) : versionPane(whole, record, state.versions[0]?.n, send);
}
