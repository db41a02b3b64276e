/** A day's or a month's report: chosen by the address, shown as tables, saved as CSV or PDF. */
import { byId, el, replace, setText } from "../core/dom.js";
import { clockTime, dateOf } from "../core/format.js";
import { failure, get } from "../core/http.js";
import { installMenu } from "../core/menu.js";
import { parameter } from "../core/page.js";
import { applyTheme } from "../core/theme.js";
import { lang, local, t } from "../core/words.js";

/** As long as the hub takes at most for one (`reports/made.py`). */
const DEADLINE_MS = 125_000;
const input = () => /** @type {HTMLInputElement} */ (byId("of"));
/** What leads on from a report; from none there is nowhere to go. */
const LEADS = ["before", "after", "csv", "pdf"];
let asked = 0;

/** @returns {{kind: string, of: string}} */
function chosen() {
  const kind = parameter("kind") === "monthly" ? "monthly" : "daily";
  return { kind, of: parameter("of", "latest") };
}

/** @param {string} kind @param {string} of */
const address = (kind, of) => `/reports?${new URLSearchParams({ kind, of })}`;

/** @param {string} kind @param {string} of */
function go(kind, of) {
  history.pushState(null, "", address(kind, of));
  void show();
}

/** @param {any} cell */
function shown(cell) {
  if (cell === null) return "–";
  if (typeof cell === "number") return cell.toLocaleString(lang === "zh" ? "zh-CN" : "en", { maximumFractionDigits: 10 });
  return local(cell);
}

/** @param {any} section */
function table(section) {
  /** @param {number} n */
  const side = (n) => (section.rows.some((/** @type {any[]} */ row) => typeof row[n] === "number") ? "n" : "");
  const rows = section.rows.map((/** @type {any[]} */ row) =>
    el("tr", {}, ...row.map((cell, n) => el(n ? "td" : "th", n ? { class: side(n) } : { scope: "row" }, shown(cell)))),
  );
  const heads = section.heads.map((/** @type {any} */ head, /** @type {number} */ n) =>
    el("th", { scope: "col", class: side(n) }, local(head)),
  );
  return el("div", { class: "wide", tabindex: "0", role: "region", "aria-label": local(section.title) },
    el("table", {}, el("thead", {}, el("tr", {}, ...heads)), el("tbody", {}, ...rows)));
}

/** @param {any} found */
function draw(found) {
  const made = Date.parse(found.made);
  const time = `${dateOf(made)} ${clockTime(made)}`;
  replace(byId("sheet"),
    el("h2", {}, local(found.title)),
    el("p", { class: found.whole ? "quiet" : "odd" }, t(found.whole ? "reports.made" : "reports.not_over", { time })),
    ...found.sections.map((/** @type {any} */ section) =>
      el("section", { id: section.id },
        el("h3", {}, local(section.title)),
        el("p", { class: "quiet" }, local(section.note)),
        section.rows.length ? table(section) : el("p", { class: "nothing" }, local(section.none)))));
}

/** @param {string} kind @param {any} found */
function point(kind, found) {
  const path = `/api/v1/reports/${kind}/${found.period}`;
  for (const id of LEADS) byId(id).hidden = false;
  byId("csv").setAttribute("href", `${path}/csv?lang=${lang}`);
  byId("pdf").setAttribute("href", `${path}/pdf?lang=${lang}`);
  byId("before").setAttribute("href", address(kind, found.before));
  byId("after").setAttribute("href", address(kind, found.after));
  byId("after").hidden = Date.parse(found.end) > Date.parse(found.made);
  input().value = found.period;
}

async function show() {
  const { kind, of } = chosen();
  const mine = ++asked;
  for (const one of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("[name=kind]"))) one.checked = one.value === kind;
  input().type = kind === "daily" ? "date" : "month";
  input().value = of === "latest" ? "" : of;
  setText(byId("of-label"), t(kind === "daily" ? "reports.day" : "reports.month"));
  byId("sheet").setAttribute("aria-busy", "true");
  try {
    const found = await get(`/api/v1/reports/${kind}/${encodeURIComponent(of)}`, DEADLINE_MS);
    if (mine !== asked) return;
    byId("trouble").hidden = true;
    draw(found);
    point(kind, found);
  } catch (error) {
    if (mine !== asked) return;
    setText(byId("trouble"), failure(error));
    byId("trouble").hidden = false;
    replace(byId("sheet"));
    for (const id of LEADS) byId(id).hidden = true;
  }
  byId("sheet").setAttribute("aria-busy", "false");
  document.body.dataset.ready = "true";
}

function main() {
  installMenu();
  byId("choice").addEventListener("submit", (event) => event.preventDefault());
  byId("choice").addEventListener("change", (event) => {
    const field = /** @type {HTMLInputElement} */ (event.target);
    if (field.name === "kind") go(field.value, "latest");
    else if (field.value) go(chosen().kind, field.value);
  });
  for (const id of ["before", "after"])
    byId(id).addEventListener("click", (event) => {
      event.preventDefault();
      const to = new URL(/** @type {HTMLAnchorElement} */ (byId(id)).href).searchParams;
      go(chosen().kind, to.get("of") ?? "latest");
    });
  byId("print").addEventListener("click", () => print());
  addEventListener("popstate", () => void show());
  setInterval(applyTheme, 60_000);
  applyTheme();
  void show();
}

main();
