/** The notices page: what waits for somebody, what stands, what is over; its address says which is open. */
import { plantNow } from "../core/clock.js";
import { byId, el, replace } from "../core/dom.js";
import { dateTime, instant } from "../core/format.js";
import { get, passing } from "../core/http.js";
import { drawAges, installMenu } from "../core/menu.js";
import { may, page, parameter } from "../core/page.js";
import { released } from "../core/pressed.js";
import { load, on, start, store } from "../core/store.js";
import { applyTheme } from "../core/theme.js";
import { onWater, waterOf } from "../core/whom.js";
import { local, t } from "../core/words.js";
import { deliberate } from "../press/deliberate.js";
import { changed as changedSince } from "./changed.js";
import { form } from "./form.js";
import { begunAt } from "./kept.js";
import { path, say } from "./send.js";
import { whoDid } from "./standing.js";
import { drawNotice } from "./view.js";

const SHOWN_PAST = 20;
const AGAIN_MS = 5000;
/** @type {"new"|"edit"|"update"|null} */
let writing = null;
let asked = 0;
/** What is drawn: what has not changed stays, so that no button goes away under a finger. */
let shown = "";

/** A new notice that was saved has its own address in place of the empty form's: neither a reload nor the way
 * back makes another. @param {string|null} id @param {"new"|"edit"|"update"|null} [how] @param {any} [told] how it stands, if that was just answered */
function go(id, how = null, told = null) {
  leave();
  writing = how;
  const address = new URL(location.href);
  const written = id && parameter("new") !== "";
  for (const [name, value] of [["id", id], ["new", how === "new" ? "1" : null]]) {
    if (value) address.searchParams.set(/** @type {string} */ (name), value);
    else address.searchParams.delete(/** @type {string} */ (name));
  }
  history[written ? "replaceState" : "pushState"](null, "", address);
  drawList();
  done(told);
}

/** What was typed is not lost by leaving it, and who leaves it is told so. */
function leave() {
  if (writing && begunAt(writing === "new" ? null : drawn)) say(t("notices.form.left"));
}

const waits = (/** @type {any} */ one) => ["draft", "approved"].includes(one.state) || one.pending || one.review_due;
const untold = (/** @type {any} */ one) => one.told_by && !one.told_by.stopped && instant(one.told_by.due) < plantNow();
const late = (/** @type {any} */ one) => untold(one) || one.state === "published" && (one.overdue || instant(one.next_update) < plantNow());

/** What is drawn of the time itself: a promise that is over, and the minutes until the public has to be told. @param {any} one */
const timely = (one) => [late(one), one.told_by && !one.told_by.stopped ? Math.floor(plantNow() / 60e3) : 0];

function drawList() {
  const groups = /** @type {[string, any[], boolean?][]} */ ([
    ["notices.waiting", store.notices.filter(waits)],
    ["notices.standing", store.notices.filter((one) => one.state === "published"), true],
    ["notices.past", store.notices.filter((one) => ["restored", "withdrawn"].includes(one.state)).slice(0, SHOWN_PAST)],
  ]);
  const shown = groups.filter(([, found]) => found.length);
  replace(byId("list"), ...(shown.length ? shown.flatMap(([name, found, told]) => [el("h2", {}, t(name)), ...found.map((one) => entry(one, told))]) : [el("p", { class: "quiet" }, t("notices.none"))]));
  replace(byId("new-notice"), may("draft_notice") && el("button", { type: "button", id: "new", onclick: () => go(null, "new") }, t("notices.new"), begunAt(null) && ` · ${t("notices.form.unsaved")}`));
}

/** @param {any} one @param {boolean} [told] as the public sees it, whatever is being prepared */
function entry(one, told = false) {
  const pending = told ? null : one.pending;
  const now = pending ?? one;
  return el("a", {
    href: `?id=${encodeURIComponent(one.id)}`, class: late(one) ? "late" : !told && waits(one) ? "waiting" : null,
    "aria-current": parameter("id") === one.id ? "true" : null,
    onclick: (/** @type {Event} */ event) => {
      event.preventDefault();
      say("");
      go(one.id);
    },
  },
  el("b", {}, one.status === "actual" ? "" : `${t(`notice.status.${one.status}`)} · `, local(now.title)),
  el("span", { class: "quiet" }, t(`notice.${now.state}`), " · ", t("notices.version", { n: now.version }), " · ", dateTime(instant(pending ? now.drafted : one.published ?? one.drafted)),
    late(one) ? ` · ${t(untold(one) ? "notices.told_late_list" : one.overdue ? "notices.overdue" : "notices.next_late", { time: t("notices.next") })}` : ""));
}

/** The notice that is drawn, and what stands beside it. @type {any} */
let drawn = null;
/** @type {any} */
let around = {};

/** Somebody writes: not to be swept away by what others do. */
const busy = () => writing || byId("notice").querySelector("form");
/** Somebody is asked whether they are sure: only while what they were asked of stands. */
const asking = () => byId("notice").querySelector("[data-act$='-sure']");
/** What was asked of. */
let stood = "";

/** Others were quicker: what stands now, who did it and when, also where their own event had it drawn first. @param {string} why */
async function lost(why) {
  const id = parameter("id") ?? "";
  const [notice] = await Promise.all([get(path(id)).catch(() => null), settled(draw())]);
  if (notice && id === parameter("id")) say(`${why}\n${whoDid(notice)}`, true);
}

/** An act is answered: how it stands is drawn at once, what is beside it once that is known, and what is being
 * written meanwhile is drawn over by nothing. @param {any} [told] the notice as it is now */
function done(told) {
  const newer = told?.allowed && (drawn?.id !== told.id || told.seq > drawn.seq);
  if (newer && told.id === parameter("id") && !writing) {
    const said = (/** @type {any} */ one) => JSON.stringify([one?.id, one?.version, one?.body, one?.accounts_affected, one?.accounts_weak]);
    put(told, said(drawn?.pending ?? drawn) === said(told.pending ?? told) ? around : { versions: [] });
  }
  if (!writing || !byId("notice").querySelector("#write")) void draw();
}

/** What stands of a notice is unlike this only once somebody acted. @param {any} notice */
const standOf = (notice) => JSON.stringify([notice.state, notice.seq, notice.version, notice.pending?.seq, notice.pending?.state]);

/** @param {any} notice @param {any} beside */
function put(notice, beside) {
  [drawn, around, stood, shown] = [notice, beside, standOf(notice), ""];
  replace(byId("notice"), ...drawNotice({ ...beside, notice }, (how) => go(notice.id, how), done, lost));
}

/** The drawing that was begun last. @type {Promise<void>} */
let drawing = Promise.resolve();

/** @param {boolean} [byOthers] */
function draw(byOthers = false) {
  drawing = drawAnew(byOthers);
  return drawing;
}

/** This drawing is over, or the one that overtook it. @param {Promise<void>} mine @returns {Promise<void>} */
const settled = (mine) => mine.then(() => (drawing === mine ? undefined : settled(drawing)));

/** @param {boolean} byOthers */
async function drawAnew(byOthers) {
  asked += 1;
  const mine = asked;
  const published = page.me?.grants?.notices === "published";
  const id = parameter("id");
  const box = byId("notice");
  const question = box.querySelector("[data-act$='-sure']");
  const askedMeanwhile = () => { const now = box.querySelector("[data-act$='-sure']"); return now && now !== question; };
  if (writing === "new") {
    replace(box, form("new", null, (made) => go(made?.id ?? null, null, made)));
    return;
  }
  if (!id) {
    replace(box, el("p", { class: "quiet" }, t("notices.choose")));
    return;
  }
  try {
    const told = may("duties") ? get(`/api/v1/fire-service?notice=${encodeURIComponent(id)}`) : null;
    const hers = (/** @type {string} */ what) => (published ? null : get(path(id, what)));
    const [notice, check, versions, fire, outside, renderings] = await Promise.all([get(path(id)), hers("check"), get(path(id, "versions")), told, hers("outside"), get(path(id, "renderings"))]);
    await released();
    if (mine !== asked || (byOthers && busy()) || askedMeanwhile()) return;
    const said = JSON.stringify([notice, check, versions, fire, outside, renderings, timely(notice), waterOf(notice.incident)]);
    const stands = standOf(notice);
    if ((byOthers && said === shown) || (asking() && stands === stood)) return;
    const since = changedSince(drawn, notice);
    if (byOthers && asking()) say([t("notices.meanwhile"), since, whoDid(notice)].filter(Boolean).join("\n"), true);
    else if (byOthers && since) say(since, true);
    if (writing) {
      [drawn, stood, shown] = [notice, stands, ""];
      replace(box, form(writing, notice, (made) => go(notice.id, null, made)));
    } else {
      put(notice, { check, versions: versions.items, fire, outside, renderings });
      shown = said;
    }
    if (since) box.querySelectorAll("[data-act=approve], [data-act=publish]").forEach((one) => deliberate(/** @type {HTMLElement} */ (one)));
  } catch (error) {
    if (mine !== asked) return;
    if (passing(error)) setTimeout(() => mine === asked && void draw(byOthers), AGAIN_MS);
    if (byOthers && (shown || busy())) return;
    shown = "";
    replace(box, el("p", { class: "bad", role: "alert" }, /** @type {any} */ (error).status === 404 ? t("notices.gone") : t("notices.unreachable")));
  }
}

async function main() {
  installMenu();
  if (parameter("new") && may("draft_notice")) writing = "new";
  addEventListener("popstate", () => {
    say("");
    leave();
    writing = parameter("new") ? "new" : null;
    drawList();
    void draw();
  });
  const changed = () => {
    void released().then(drawList);
    if (!busy()) void draw(true);
  };
  on("notice", changed);
  onWater(() => store.notices, changed);
  on("age", () => drawAges(store));
  setInterval(() => {
    drawAges(store);
    applyTheme();
  }, 1000);
  let time = "";
  setInterval(() => {
    const now = JSON.stringify(store.notices.map(timely));
    if (now !== time) changed();
    time = now;
  }, AGAIN_MS);
  drawList();
  await (may("values") ? start() : load("notice"));
  await draw();
  document.body.dataset.ready = "true";
}

void main();
