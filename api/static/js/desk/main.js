/** The desk: lists on the left, the chosen record on the right, every state an address. */
import { open, places, priorityOf, unanswered } from "../core/alarms.js";
import { plantNow } from "../core/clock.js";
import { byId, el, replace, written } from "../core/dom.js";
import { get, passing } from "../core/http.js";
import { installMenu } from "../core/menu.js";
import { pressed } from "../core/pressed.js";
import { installValidity } from "../core/validity.js";
import { may } from "../core/page.js";
import { AGAIN_MS } from "../core/soon.js";
import { on, start, store } from "../core/store.js";
import { applyTheme, onTheme } from "../core/theme.js";
import { apart, waterOf } from "../core/whom.js";
import { local, t } from "../core/words.js";
import { shortName } from "../core/zones.js";
import { loadNetwork } from "../map/network.js";
import { MapView } from "../map/view.js";
import { activityColumns, activityPane, NEW, newLink } from "./activities.js";
import { activityForm } from "./activity_form.js";
import { proposalPane } from "./alarm_acts.js";
import { drawFigures } from "./alarm_figures.js";
import { alarmPane } from "./alarms.js";
import { first, listed, moreRows, shownAs, tab, tabBar } from "./alarm_tabs.js";
import { alarmColumns, incidentColumns, noticeColumns, orderColumns, proposalColumns, zoneNames } from "./columns.js";
import { collectionPane, collectionPrint, connectionColumns, connections, installCollection } from "./collection.js";
import { ask as askBulk, bulkBar, drawBulk } from "./bulk.js";
import { drawCalls } from "./calls.js";
import { acknowledge, advice, say } from "./commands.js";
import { drawFrame } from "./frame.js";
import { followed } from "./follow.js";
import { collapsed, floodBar, groupColumns, groupPane, groups } from "./flood.js";
import { heldColumns, loadRules } from "./held.js";
import { incidentPane } from "./incident.js";
import { drawJournal, journalNamed } from "./journal.js";
import { installKeys } from "./keys.js";
import { drawMasterList, installMaster, masterItems, masterPane, masterPrint, masterTab, masterTable } from "./master.js";
import { noticeBlock } from "./notice.js";
import { orderBlock } from "./order.js";
import { tickedOf } from "./regroup.js";
import { drawRate } from "./rate.js";
import { address, go, onRoute, route } from "./route.js";
import { listen as listenToAlarms, soundButton } from "./sound.js";
import { Table } from "./table.js";

let dirty = true;
const redraw = () => { dirty = true; };
/** @type {any} the chosen incident in detail */
let detail = null;
/** @type {import("../map/network.js").Drawing|null} */
let net = null;
/** @type {MapView|null} */
let map = null;
const mapNode = el("canvas", { class: "minimap", role: "img", "aria-label": t("wall.map") });
let paneKey = "";
let composing = false;
let asked = 0;
/** Whose pane it is: what is written in it stays while it is drawn anew. */
let drawnOf = "";

const tables = {
  alarms: new Table(alarmColumns(redraw)),
  incidents: new Table(incidentColumns()),
  orders: new Table(orderColumns()),
  notices: new Table(noticeColumns()),
  collection: new Table(connectionColumns()),
};
const grouped = new Table(groupColumns());
/** Of the alarms' tabs that list other things, or the same ones otherwise. @type {Record<string, Table<any>>} */
const tabTables = {
  approve: new Table(proposalColumns()),
  activities: new Table(activityColumns()),
  shelved: new Table(heldColumns("shelved")),
  suppressed: new Table(heldColumns("suppressed")),
  out: new Table(heldColumns("out")),
};
if (may("plan")) tabTables.activities.node.prepend(newLink());
/** Tabs that are one page. @type {Record<string, (place: HTMLElement) => void>} */
const WHOLE = { calls: drawCalls, figures: drawFigures, journal: drawJournal };
const alarmList = el("div");
const overAlarms = el("div", { class: "over" });

const street = (/** @type {string} */ id) => local(net?.streets.get(id)?.name) || id || "";

/** What a view lists now, in its order. */
const lists = {
  alarms: () => (tab() === "approve" ? store.proposals : tab() === "activities" ? store.activities : collapsed(tab()) ? groups(listed()) : listed()),
  incidents: () => [...store.incidents].sort((a, b) => Number(open(b)) - Number(open(a)) || b.id.localeCompare(a.id)),
  orders: () => store.orders,
  notices: () => store.notices,
  collection: connections,
  master: masterItems,
};

/** Ask for the chosen incident whole. */
async function loadDetail() {
  const { view, id } = route();
  const mine = ++asked;
  if (view !== "incidents" || !id) return;
  try {
    const answer = await get(`/api/v1/incidents/${encodeURIComponent(id)}`);
    if (mine !== asked) return;
    detail = answer;
  } catch (error) {
    if (mine !== asked) return;
    if (passing(error)) setTimeout(() => mine === asked && void loadDetail(), AGAIN_MS);
    if (detail?.id !== id || !passing(error)) detail = { id, refused: advice(/** @type {Error} */ (error)) };
  }
  redraw();
}

function pane() {
  const { view, id } = route();
  if (view === "collection") return collectionPane(id);
  if (view === "alarms" && tab() === "activities") {
    const one = store.activities.find((known) => known.id === id);
    if (one) return activityPane(one, redraw);
    return id && id !== NEW ? [el("p", { class: "quiet" }, t("desk.not_here")), newLink()] : activityForm();
  }
  if (view === "master" && id) return masterPane(id);
  if (!id) return [el("p", { class: "hint quiet" }, t("desk.choose"))];
  if (view === "alarms" && collapsed(tab()) && !store.alarms.some((alarm) => alarm.id === id)) return groupPane(id, listed());
  if (view === "alarms" && tab() !== "approve") return alarmPane(id, redraw);
  if (view === "alarms") {
    const one = store.proposals.find((known) => known.id === id);
    return one ? proposalPane(one, redraw) : [el("p", { class: "quiet" }, t("desk.not_here"))];
  }
  if (view === "incidents") {
    if (detail?.id !== id) return [el("p", { class: "quiet" }, t("desk.loading"))];
    if (detail.refused) return [el("p", { class: "bad" }, detail.refused)];
    const orders = detail.work_orders.map((/** @type {any} */ o) => store.orders.find((known) => known.id === o.id) ?? o);
    return incidentPane({ ...detail, work_orders: orders }, mapNode, street, redraw);
  }
  const record = (view === "orders" ? store.orders : store.notices).find((known) => known.id === id);
  if (!record) return [el("p", { class: "quiet" }, t("desk.not_here"))];
  return [el("h2", {}, local(record.title)), ...(view === "orders" ? orderBlock : noticeBlock)(record, redraw)];
}

/** Redrawn only when what it shows changed, and never within a word that an input method is making; the field
 * that had the focus keeps it, or the next letters typed would be commands. */
function drawPane() {
  if (composing) return;
  const { view, id } = route();
  const record = view === "incidents" ? detail : (view === "alarms" && tab() !== "approve" && store.alarms.find((item) => item.id === id)) || lists[/** @type {keyof typeof lists} */ (view)]().find((item) => item.id === id);
  const commands = [...document.querySelectorAll("[data-command][disabled]")].length;
  const key = JSON.stringify([view, id, record, commands, view === "incidents" ? [store.orders.map((o) => o.seq), tickedOf(id), store.incidents.map((i) => i.seq), store.notifications.length, store.notifications[0]?.id] : view === "alarms" ? [tab(), store.proposals.map((p) => p.id), store.activities.map((a) => a.seq)] : view === "collection" ? collectionPrint() : view === "master" ? masterPrint() : [waterOf(/** @type {any} */ (record)?.incident), view === "orders" && record && apart(record)], store.tags.size, Boolean(net)]);
  if (key === paneKey && !document.querySelector(".redraw")) return;
  paneKey = key;
  const held = document.activeElement;
  const fields = () => /** @type {HTMLInputElement[]} */ ([...byId("pane").querySelectorAll("input[id], select[id]")]);
  const kept = new Map(fields().filter(written).map((field) => [field.id, field.value]));
  const back = el("a", { class: "back", href: address(view, "", tabbed(view)) }, t("desk.back"));
  replace(byId("pane"), back, ...pane());
  const same = drawnOf === view + id;
  drawnOf = view + id;
  for (const field of same ? fields() : []) {
    const text = kept.get(field.id);
    if (text && (field instanceof HTMLInputElement || field.querySelector(`[value="${CSS.escape(text)}"]`))) field.value = text;
  }
  if (held instanceof HTMLElement) (held.isConnected ? held : document.getElementById(held.id))?.focus({ preventScroll: true });
}

function draw() {
  if (!dirty || pressed()) return;
  dirty = false;
  const { view, id } = route();
  drawFrame(view);
  document.body.dataset.view = view;
  document.body.classList.toggle("chosen", Boolean(id));
  byId("list").classList.remove("whole");
  byId("pane").hidden = false;
  const table = tableOf(view);
  const items = view === "alarms" ? first(lists[view]()) : lists[view]();
  if (view === "alarms") drawAlarms(table);
  else if (view === "master") drawMasterList(byId("list"));
  else if (byId("list").firstChild !== table.node) replace(byId("list"), table.node);
  table.show(items, id);
  drawBulk();
  const next = followed(table);
  if (next) {
    go(view, next, { replace: true, more: view === "alarms" ? shownAs() : tabbed(view) });
    table.focusSelected();
    return;
  }
  drawPane();
  drawMap();
}

/** @param {import("./route.js").View} view @returns {Table<any>} */
const tableOf = (view) => (view === "master" ? masterTable() : view !== "alarms" ? tables[view] : collapsed(tab()) ? grouped : (tabTables[tab()] ?? tables.alarms));

/** The tab belongs to the address. @param {string} view @returns {Record<string, string>} */
const tabbed = (view) => (view === "alarms" ? { tab: tab() } : view === "master" ? { tab: masterTab() } : {});

/** The tabs stand above their list. @param {Table<any>} table */
function drawAlarms(table) {
  const whole = tab() in WHOLE;
  if (byId("list").firstChild !== alarmList) replace(byId("list"), alarmList);
  byId("list").classList.toggle("whole", whole);
  byId("pane").hidden = whole;
  const over = [tabBar(), soundButton()];
  if (!overAlarms.firstChild) replace(overAlarms, ...over);
  const parts = whole ? [] : [floodBar(tab(), listed().length), table.node, moreRows(redraw), table === tables.alarms ? bulkBar(table, redraw) : null].filter((part) => part !== null);
  const there = [...alarmList.children].slice(1);
  if (alarmList.firstChild !== overAlarms || (whole ? !there[0]?.classList.contains(tab()) : there.length !== parts.length || parts.some((part, n) => there[n] !== part))) {
    replace(alarmList, overAlarms, ...parts);
  }
  if (whole) WHOLE[tab()](alarmList);
}

function drawMap() {
  if (!net || route().view !== "incidents" || !detail || detail.refused) return;
  map ??= new MapView(/** @type {HTMLCanvasElement} */ (/** @type {unknown} */ (mapNode)), net, () => 15);
  map.show({
    tags: [...store.tags.values()].filter((tag) => tag.quantity !== "volume"),
    zones: net.names,
    alarmed: places(store.alarms).tags,
    focus: { incident: detail, priority: priorityOf(detail, store.alarms), titles: [t("desk.likely")] },
    inset: true,
  });
}

/** Acknowledge the chosen alarm, or the first unanswered one when none is chosen. */
function acknowledgeChosen() {
  const { view, id } = route();
  const chosen = view === "alarms" ? store.alarms.find((alarm) => alarm.id === id) : null;
  if (chosen && unanswered(chosen)) acknowledge(chosen, redraw);
}

/** The chosen alarm's form to shelve it, ready to write in. */
function openShelve() {
  const form = document.querySelector('#pane details[data-act="s"]');
  if (!(form instanceof HTMLDetailsElement)) return;
  form.open = true;
  form.querySelector("select")?.focus();
}

/** @param {1|-1} by */
function move(by) {
  const { view } = route();
  const table = tableOf(view);
  const next = table.neighbour(by);
  if (next) go(view, next, { replace: true, more: view === "alarms" ? shownAs() : tabbed(view) });
  dirty = true;
  draw();
  table.focusSelected();
}

async function main() {
  for (const what of ["alarm", "incident", "work_order", "notice", "proposal", "activity", "call", "notification", "flood", "loaded"]) on(what, redraw);
  on("alarm", () => listenToAlarms(store.alarms));
  for (const what of ["incident", "work_order", "notice", "alarm"]) on(what, () => void loadDetail());
  on("age", () => drawFrame(route().view));
  const askCollection = installCollection(redraw);
  const askMaster = installMaster(redraw);
  on("proposal", () => void askMaster());
  onRoute(() => {
    redraw();
    void askCollection();
    void askMaster();
    void loadDetail();
    draw();
  });
  onTheme(() => { paneKey = ""; redraw(); });
  document.addEventListener("compositionstart", () => { composing = true; });
  document.addEventListener("compositionend", () => { composing = false; redraw(); });
  installMenu();
  installValidity();
  installKeys({ move, acknowledge: acknowledgeChosen, bulk: askBulk, shelve: openShelve });
  setInterval(() => {
    applyTheme();
    drawRate(route().view === "alarms");
    if (Math.floor(plantNow() / 60e3) !== lastMinute) redraw();
    lastMinute = Math.floor(plantNow() / 60e3);
    draw();
  }, 100);
  await start();
  await askCollection();
  await loadRules().then(journalNamed).catch((error) => say(advice(/** @type {Error} */ (error)), true));
  await askMaster();
  net = await loadNetwork();
  for (const zone of net.names) zoneNames.set(zone.id, shortName(zone, net.names));
  redraw();
  document.body.dataset.ready = "true";
}

let lastMinute = 0;
void main();
