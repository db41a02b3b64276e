/** Trends: up to eight pens over one time axis, with what happened meanwhile. */
import { plantNow } from "../core/clock.js";
import { byId, el, replace, setText } from "../core/dom.js";
import { failure, get, post, remove } from "../core/http.js";
import { drawAges, installMenu } from "../core/menu.js";
import { may, parameter } from "../core/page.js";
import { pressed } from "../core/pressed.js";
import { on, start, store } from "../core/store.js";
import { applyTheme, onTheme } from "../core/theme.js";
import { listed, local, t } from "../core/words.js";
import { installValidity } from "../core/validity.js";
import { drawBar, ofZone } from "./bar.js";
import { drawGaps, drawIncidents, drawNotes, noteForm } from "./beside.js";
import { installKeys } from "./keys.js";
import { drawCursor, drawLegend, drawNow } from "./legend.js";
import { alarmsOf, findIncidents, loadNotes, usualBand } from "./marks.js";
import { painted } from "./painted.js";
import { load } from "./past.js";
import { clear, draw, repaint } from "./plots.js";
import { focus, go, onAddress, pens, range, setPens, setSpan, span } from "./state.js";

const SOONEST_MS = 10_000;
/** Of what is looked at, so much goes by before it is asked for again. */
const SHARE = 400;

/** @type {import("./past.js").Pen[]} */
let shown = [];
/** @type {{id: string, name: any}[]} */
let zones = [];
/** Of the question that counts: an answer to an earlier one is dropped. */
let asked = 0;
let askedAt = 0;
/** Where the cursor was last, ms. */
let pointed = NaN;
let view = { from: 0, to: 0 };

/** @param {string} text @param {boolean} [bad] */
function say(text, bad = false) {
  byId("said").className = bad ? "said bad" : "said";
  setText(byId("said"), text);
}

/** Ask for everything again, as the address says. @param {boolean} moved it says something else than before */
async function turn(moved) {
  const mine = ++asked;
  askedAt = performance.now();
  const ids = pens().filter((id) => store.tags.has(id));
  const strangers = pens().filter((id) => !store.tags.has(id));
  const now = span();
  if (moved) {
    delete document.body.dataset.drawn;
    drawBar(byId("bar"), zones, say);
    say(strangers.length ? t("desk.no_tag", { tag: listed(strangers) }) : ids.length && !shown.length ? t("desk.loading") : "", strangers.length > 0);
  }
  byId("nothing").hidden = ids.length > 0;
  const [past] = await Promise.all([load(ids, now.from, now.to), loadNotes(ids, now.from, now.to)]);
  if (mine !== asked) return;
  shown = past;
  view = now;
  findIncidents(ids, now.from, now.to);
  drawAll();
  if (!strangers.length && byId("said").textContent === t("desk.loading")) say("");
  const behind = await Promise.allSettled([alarmsOf(ids), usualBand(past[focus() < 0 && past.length === 1 ? 0 : focus()]?.tag, now.from, now.to)]);
  if (mine !== asked) return;
  for (const one of behind) if (one.status === "rejected") say(failure(one.reason), true);
  const [alarms, usual] = behind;
  if (alarms.status === "fulfilled") painted.alarms = alarms.value;
  if (usual.status === "fulfilled") painted.usual = usual.value;
  repaint();
  document.body.dataset.drawn = String(ids.length);
}

function drawAll() {
  const box = byId("plots");
  if (shown.length) draw(box, shown, { ...view, focus: focus(), zoomed: setSpan, pointed: point });
  else clear(box);
  drawLegend(byId("legend"), shown);
  drawBeside();
  byId("marks").hidden = !shown.length;
}

function drawBeside() {
  drawGaps(byId("gaps"), shown);
  drawIncidents(byId("incidents"));
  drawNotes(byId("notes"), shown.map((pen) => pen.id), (id) => void act(() => remove(`/api/v1/annotations/${encodeURIComponent(id)}`)));
}

/** @param {number|null} s */
function point(s) {
  if (s !== null) pointed = s * 1000;
  drawCursor(byId("legend"), shown, s);
}

/** @param {() => Promise<any>} command */
async function act(command) {
  try {
    await command();
    say(t("board.done"));
    await notesAgain();
    return true;
  } catch (error) {
    say(failure(error), true);
    return false;
  }
}

async function notesAgain() {
  await loadNotes(shown.map((pen) => pen.id), view.from, view.to);
  drawBeside();
  repaint();
}

/** The form to write a note, at the cursor's last place or over the whole of a span that was chosen. */
function openNote() {
  if (!shown.length || !may("acknowledge")) return;
  const whole = !range() && !(pointed >= view.from && pointed <= view.to);
  const from = whole ? view.from : pointed >= view.from && pointed <= view.to ? pointed : Math.min(view.to, plantNow()) - 60e3;
  const box = byId("writing");
  const tags = focus() >= 0 ? [shown[focus()].id] : shown.map((pen) => pen.id);
  replace(box, noteForm(from, whole ? view.to : from, async (begins, ends, note) => {
    const iso = (/** @type {number} */ ms) => new Date(ms).toISOString();
    if (!Number.isFinite(begins) || !Number.isFinite(ends)) return false;
    const done = await act(() => post("/api/v1/annotations", { tags, start: iso(begins), end: iso(ends), note }));
    if (done) closeNote();
    return done;
  }), el("p", { class: "quiet" }, t("trends.note_of", { names: listed(tags.map((id) => local(store.tags.get(id)?.name))) })));
  box.hidden = false;
  document.getElementById("note-text")?.focus();
}

function closeNote() {
  byId("writing").hidden = true;
  replace(byId("writing"));
}

/** What the address names short is written out: a zone's own pens. */
function expand() {
  const zone = parameter("zone");
  if (zone && !pens().length) go({ pens: ofZone(zone).join(","), zone: null }, true);
}

function tick() {
  drawAges(store);
  applyTheme();
  drawNow(byId("legend"), shown);
  const { from, to } = span();
  if (range() && !document.hidden && !pressed() && performance.now() - askedAt > Math.max(SOONEST_MS, (to - from) / SHARE)) void turn(false);
}

async function main() {
  installMenu();
  installValidity();
  installKeys({ note: openNote, close: closeNote });
  byId("annotate").hidden = !may("acknowledge");
  byId("annotate").addEventListener("click", openNote);
  on("age", () => drawAges(store));
  on("annotation", () => void notesAgain());
  on("incident", () => {
    findIncidents(shown.map((pen) => pen.id), view.from, view.to);
    drawBeside();
    repaint();
  });
  await start();
  zones = (await get("/api/v1/zones")).items;
  expand();
  onAddress(() => void turn(true));
  onTheme(drawAll);
  new ResizeObserver(() => shown.length && drawAll()).observe(byId("plots"));
  await turn(true);
  setInterval(tick, 1000);
  document.body.dataset.ready = "true";
}

void main();
