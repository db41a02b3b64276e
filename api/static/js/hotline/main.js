/** The hotline: one box, one card. What is typed travels in a request's body, never in an address. */
import { plantNow } from "../core/clock.js";
import { byId, el, keyed, replace, setText } from "../core/dom.js";
import { hourMinute, instant, number } from "../core/format.js";
import { consult, failure, need, passing, post } from "../core/http.js";
import { drawAges, installMenu } from "../core/menu.js";
import { parameter } from "../core/page.js";
import { released } from "../core/pressed.js";
import { on, start, store } from "../core/store.js";
import { applyTheme } from "../core/theme.js";
import { onWater, waterOf, whomFact } from "../core/whom.js";
import { local, t } from "../core/words.js";
import { buttons, resume } from "./act.js";
import { grow } from "./ages.js";
import { drawCard } from "./card.js";
import { box, came, doze, hint, lookedUp, offer, take, typing, waking, withdraw } from "./focus.js";
import { keepPaper } from "./paper.js";
import { knowServices } from "./questions.js";
import { close, form, knowZones, putAside } from "./report.js";
import { cardOf, mass, neighbour, watchCalls } from "./ring.js";

const SHOWN_NOTICES = 12;
const DAY_MS = 86_400e3;
/** In mass calls the box is free for the next caller so soon after the last was put down. */
const WRAP_UP_MS = 1500;
/** What is new changes the card that stands within this time; no sooner again, for each look at an account is put on record. */
const RENEWED_MS = 2000;
let asking = 0;
/** @type {(() => Promise<void>)|null} */
let renew = null;
/** What nobody answered: asked again as the hub is heard. @type {(() => void)|null} */
let missed = null;
/** The card that stands, asked for again. @type {() => void} */
let reopen = () => {};
let due = 0;

/** @param {string} text @param {boolean} [bad] */
function say(text, bad = false) {
  const line = byId("said");
  line.className = bad ? "bad" : "done";
  setText(line, text);
}

/** Ready for the next caller: the last one's answer must not be told to them. */
function next() {
  asking += 1;
  renew = missed = null;
  putAway();
  replace(byId("card"));
  cardOf(null);
  box().value = "";
  lookedUp("");
  box().focus();
}

/** What was done for the last one is no word of the next. */
function leave() {
  setText(byId("said"), "");
  next();
}

/** A form that was begun is kept, and a press away. */
function putAway() {
  const back = reopen;
  if (!putAside()) return;
  say(t("form.kept"));
  byId("said").append(" ", el("button", { type: "button", id: "resume", onclick: back }, t("form.resume")));
}

/** @param {object} body @param {string} [call] the call that it is about @param {boolean} [byItself] nobody asked for it */
async function ask(body, call, byItself = false) {
  asking += 1;
  const mine = asking;
  renew = missed = null;
  setText(byId("said"), "");
  putAway();
  reopen = () => void ask(body, call);
  replace(byId("card"));
  setText(byId("kind"), t("hotline.looking"));
  cardOf(call ?? null);
  const about = call ? { ...body, call } : body;
  try {
    const card = await consult("/api/v1/hotline/card", about);
    if (mine !== asking) return;
    const here = () => mine === asking;
    const bind = () => void post("/api/v1/hotline/bind", { call: card.caller.call, account: card.account.id }).then(() => here() && ask(body, call), (error) => say(error.message, true));
    const done = () => (mass() ? setTimeout(() => here() && next(), WRAP_UP_MS) : undefined);
    const of = () => [call, card.account?.id ?? /** @type {any} */ (body).text].join(" ");
    const keys = () => buttons(card, page, mass());
    const draw = () => replace(byId("card"), ...drawCard(card, keys(), (account) => void ask({ account }, call), bind));
    const redraw = () => {
      draw();
      document.getElementById("verdict")?.focus();
    };
    const page = { say, done, next: leave, redraw, again: () => ask(body, call), here, of };
    draw();
    came(byItself);
    hint();
    if (resume(card, page)) setText(byId("said"), "");
    renew = async () => {
      const was = card.linked;
      const fresh = await consult("/api/v1/hotline/card", about);
      await released();
      if (!here()) return;
      // what was done here meanwhile stands; of who was looked up nobody else knows it
      if (card.linked !== was || !call) fresh.linked = card.linked;
      const [said, does] = [aloud(card), meant(keys())];
      const ownAct = fresh.linked && !card.linked;
      Object.assign(card, fresh);
      const held = byId("card").contains(document.activeElement);
      draw();
      if (held) document.getElementById("verdict")?.focus();
      const told = aloud(card) !== said;
      if (told || (!ownAct && meant(keys()) !== does)) doze();
      if (told) say(t("hotline.renewed", { time: hourMinute(plantNow()) }));
    };
    if (call) performance.mark(`card:${call}`);
  } catch (error) {
    if (mine !== asking) return;
    replace(byId("card"), el("p", { class: "bad", role: "alert" }, failure(error), " ", t("hotline.still")));
    missed = passing(error) ? () => void ask(body, call, byItself) : null;
    hint();
  }
}

/** What an agent reads aloud. @param {any} card */
const aloud = (card) => JSON.stringify([card.verdict, card.confidence, card.back, card.words]);
/** What each key does. @param {import("./act.js").Button[]} keys */
const meant = (keys) => JSON.stringify(keys.map(({ key, label }) => [key, label]));

/** Something was published, or went on: the card that stands must not say what is over. What cannot be asked stays, and grows old before everybody's eyes. */
function later() {
  if (due || !renew) return;
  due = window.setTimeout(() => {
    due = 0;
    renew?.().catch(() => undefined);
  }, RENEWED_MS);
}

/** A call for this agent: its card at once, unless a form is not yet saved, somebody types, or the card is another caller's. @param {string} call @param {boolean} busy */
function pop(call, busy) {
  if (form.dirty) say(t("ring.held"));
  if (form.dirty || busy || typing()) offer(call, () => openCall(call, false));
  else openCall(call, true);
}

/** @param {string} call @param {boolean} byItself */
function openCall(call, byItself) {
  withdraw();
  box().value = "";
  lookedUp("");
  void ask({}, call, byItself);
}

/** What was published and is over, or called off, is still asked after for a day. @param {any} n */
function justEnded(n) {
  return ["restored", "withdrawn"].includes(n.state) && n.published && n.status === "actual" && plantNow() - instant(n.published) < DAY_MS;
}

function drawToday() {
  const items = store.notices.filter((n) => ["published", "approved", "draft"].includes(n.state) || justEnded(n)).slice(0, SHOWN_NOTICES);
  keyed(byId("today"), items.length ? items : [null], (n) => (n ? `${n.id}${n.seq}${waterOf(n.incident)}` : "none"), () => el("li"), (node, n) => {
    if (!n) replace(node, el("p", { class: "quiet" }, t("hotline.no_notices")));
    else {
      replace(node,
        el("p", { class: "quiet" }, t(`notice.${n.state}`), " · ", hourMinute(instant(n.published ?? n.drafted)), " · ", whomFact(n)[1]),
        el("h3", {}, n.status === "actual" ? "" : `${t(`notice.status.${n.status}`)} · `, local(n.title)),
        el("p", {}, n.status !== "actual" ? t("hotline.not_actual") : ["draft", "approved"].includes(n.state) ? t("hotline.internal") : local(n.body)));
    }
  });
}

function keys() {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      // of an input method it takes back what is being composed, and nothing else
      if (!event.isComposing && !take()) leave();
      return;
    }
    if (event.altKey && !event.repeat && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      const to = neighbour(event.key === "ArrowDown" ? 1 : -1);
      if (to) openCall(to, false);
      return;
    }
    const inside = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
    if (inside || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/") box().focus();
    else if ((event.key.length === 1 || event.key === "Enter") && waking()) event.preventDefault();
    else if (/^[1-9]$/.test(event.key) && !form.dirty) {
      const choices = ["[data-answer]", "[data-account]", "[data-act]"].map((one) => [...document.querySelectorAll(one)]);
      /** @type {HTMLElement|undefined} */ (choices.find((one) => one.length)?.[Number(event.key) - 1])?.click();
    } else return;
    event.preventDefault();
  });
}

const zoneNames = async () => (await need("/api/v1/zones")).items;

async function main() {
  installMenu();
  keys();
  byId("search").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = box().value.trim();
    lookedUp(text);
    if (text) void ask({ text });
    else box().focus();
  });
  for (const what of ["notice", "loaded"]) on(what, drawToday);
  onWater(() => store.notices, drawToday);
  for (const what of ["notice", "incident", "work_order", "loaded"]) on(what, later);
  on("age", () => drawAges(store));
  on("hb", () => missed?.());
  setInterval(() => {
    drawAges(store);
    grow();
    applyTheme();
  }, 1000);
  drawToday();
  keepPaper();
  await start();
  const all = await zoneNames();
  knowZones(all);
  await knowServices();
  const zones = new Map(all.map((zone) => [zone.id, zone.name]));
  const look = watchCalls(pop, (call) => openCall(call, false), (zone) => zones.get(zone) ?? { zh: zone, en: zone });
  for (const kind of /** @type {const} */ (["phone_call", "mass_calls", "call_cluster"])) on(kind, look);
  const asked = parameter("call");
  const account = parameter("account");
  if (asked) void ask({}, asked);
  else if (account) void ask({ account });
  document.body.dataset.ready = "true";
}

void main();
