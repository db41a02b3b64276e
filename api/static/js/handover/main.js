/** A shift's log: filled by itself until it is handed over, then as it was signed. Its address names the shift. */
import { say } from "../core/act.js";
import { byId, el, keyed, redraw, setText } from "../core/dom.js";
import { dateOf, dateTime, instant, timeOfDay } from "../core/format.js";
import { failure, get } from "../core/http.js";
import { drawAges, installMenu } from "../core/menu.js";
import { parameter } from "../core/page.js";
import { released } from "../core/pressed.js";
import { on, start, store } from "../core/store.js";
import { applyTheme } from "../core/theme.js";
import { local, t } from "../core/words.js";
import { actsOf, signedOf, statusOf } from "./acts.js";
import { lineOf } from "./lines.js";

const EVERY_MS = 20_000;
const SOON_MS = 1500;
const SECTIONS = ["standing", "withheld", "incidents", "orders", "dispatch", "notices", "duties", "sources", "planned", "notes", "over"];
let id = parameter("shift");
let asking = false;
let more = false;
let soon = 0;

/** @param {any} shift */
const hours = (shift) => t("handover.hours", { from: timeOfDay(instant(shift.start)), to: timeOfDay(instant(shift.end)) });

/** @param {string} to */
function address(to) {
  const now = new URLSearchParams(location.search);
  now.set("shift", to);
  return `/handover?${now}`;
}

/** @param {any} list */
function drawShifts(list) {
  redraw(byId("shifts"), el("h2", {}, t("handover.shifts")), el("ul", {}, ...list.items.map((/** @type {any} */ one) =>
    el("li", {}, el("a", { href: address(one.id), "aria-current": one.id === id ? "page" : null },
      el("b", {}, `${dateOf(instant(one.start))} ${local(one.name)}`), el("span", { class: "quiet" }, statusOf(one)))))));
}

/** @param {any} shift */
function drawHead(shift) {
  const count = (/** @type {"open"|"overdue"} */ what) => shift.lines.filter((/** @type {any} */ one) => one[what]).length;
  const late = count("overdue");
  redraw(byId("head"),
    el("h2", {}, `${dateOf(instant(shift.start))} ${local(shift.name)} `, el("span", { class: "quiet" }, hours(shift))),
    el("p", { class: "badges" }, el("span", { class: shift.handed ? "badge" : "badge loud" }, statusOf(shift)),
      el("span", { class: "badge" }, t("handover.open_n", { n: count("open") })),
      late > 0 && el("b", { class: "late" }, t("handover.late_n", { n: late })),
      shift.handed && !shift.intact && el("b", { class: "late" }, t("handover.broken"))),
    el("p", { class: "quiet" }, t(shift.handed ? "handover.frozen" : "handover.live", { from: dateTime(instant(shift.from)), to: dateTime(instant(shift.to)) })));
  document.title = `${local(shift.name)} ${dateOf(instant(shift.start))} · ${t("handover.title")}`;
}

/** @param {string} name */
function makeSection(name) {
  const heading = `h-${name}`;
  return el("section", { "aria-labelledby": heading },
    el("h3", { id: heading }, t(`handover.section.${name}`), " ", el("span", { class: "n" })),
    el("p", { class: "none quiet" }, t("handover.none")), el("ul", { class: "lines" }));
}

/** @param {HTMLElement} node @param {any[]} lines */
function fill(node, lines) {
  setText(/** @type {HTMLElement} */ (node.querySelector(".n")), String(lines.length));
  /** @type {HTMLElement} */ (node.querySelector(".none")).hidden = lines.length > 0;
  keyed(/** @type {HTMLElement} */ (node.querySelector(".lines")), lines, keyOf, () => el("li"), (li, line) => {
    li.classList.toggle("open", line.open);
    redraw(li, ...lineOf(line));
  });
}

/** Two duties of one incident are two lines. @param {any} line */
const keyOf = (line) => line.key;

/** @param {any[]} lines */
function withKeys(lines) {
  const seen = /** @type {Record<string, number>} */ ({});
  for (const line of lines) {
    const key = `${line.matter}:${line.id}`;
    seen[key] = (seen[key] ?? 0) + 1;
    line.key = `${key}:${seen[key]}`;
  }
}

/** @param {any} shift */
function drawLog(shift) {
  withKeys(shift.lines);
  keyed(byId("log"), SECTIONS, (name) => name, makeSection, (node, name) =>
    fill(node, shift.lines.filter((/** @type {any} */ line) => line.section === name)));
}

async function look() {
  if (document.hidden) return;
  more = asking;
  if (asking) return;
  asking = true;
  try {
    const list = await get("/api/v1/shifts");
    id ||= list.current;
    const shift = await get(`/api/v1/shifts/${encodeURIComponent(id)}`);
    await released();
    drawShifts(list);
    drawHead(shift);
    drawLog(shift);
    actsOf(byId("acts"), shift, look);
    redraw(byId("signed"), ...signedOf(shift));
  } catch (error) {
    say(failure(error), true);
  } finally {
    asking = false;
    document.body.dataset.ready = "true";
  }
  if (more) await look();
}

/** A storm of events is a few questions. */
function lookSoon() {
  soon ||= window.setTimeout(() => {
    soon = 0;
    void look();
  }, SOON_MS);
}

async function main() {
  installMenu();
  on("age", () => drawAges(store));
  for (const kind of ["alarm", "incident", "work_order", "notice", "activity", "annotation", "shift", "dispatch"]) on(kind, lookSoon);
  document.addEventListener("visibilitychange", () => void look());
  setInterval(() => {
    drawAges(store);
    applyTheme();
  }, 1000);
  setInterval(() => void look(), EVERY_MS);
  await start();
  await look();
}

void main();
