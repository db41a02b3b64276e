/** One mailing: who was told, by which channel, who was not and why. */
import { el, replace, svg } from "../core/dom.js";
import { dateTime, instant, number } from "../core/format.js";
import { local, t } from "../core/words.js";
import { deadBox, drawDead } from "./dead.js";
import { channelName } from "./names.js";
import { counted } from "./rows.js";

const OUT = ["sent", "delivered", "read"];
/** Of which a receipt came: what was only sent is not told. */
const RECEIVED = ["delivered", "read"];
const SHOWN = ["queued", "sent", "delivered", "read", "failed", "exercise"];

/** Where the rows of a reason are. */
const ROWS = /** @type {Record<string, string>} */ ({
  night: "letters?state=queued", exercise: "letters?state=exercise", no_channel: "untold",
  no_address: "letters?state=no_address", dead: "letters?state=failed", superseded: "letters?state=superseded",
});

/** @param {Record<string, number>} states @param {string[]} names */
const sum = (states, names) => names.reduce((n, name) => n + (states[name] ?? 0), 0);

/** @param {any} m @param {() => void} changed */
export function makeMailing(m, changed) {
  const dead = deadBox(m, changed);
  return el("article", { class: "mailing", "aria-label": `${m.number} ${m.version}` },
    el("header", {}), el("div", { class: "body" }), dead, el("div", { class: "rows-box" }));
}

/** @param {HTMLElement} node @param {any} m */
export function drawMailing(node, m) {
  if (node.dataset.drawn === JSON.stringify(m)) return;
  node.dataset.drawn = JSON.stringify(m);
  const states = m.states;
  const dead = states.failed ?? 0;
  node.classList.toggle("failed", dead > 0);
  const [header, body] = /** @type {[HTMLElement, HTMLElement]} */ (/** @type {unknown} */ ([node.children[0], node.children[1]]));
  replace(header,
    el("h2", {}, local(m.title)),
    el("span", { class: "tag" }, t(`told_of.${m.change}`)),
    m.status === "actual" ? null : el("span", { class: "tag odd" }, t(`deliveries.status.${m.status}`)),
    el("span", { class: "quiet" }, `${m.number} · ${t("deliveries.version", { n: m.version })} · ${local(m.area)} · ${dateTime(instant(m.made))}`),
    el("span", { class: "tag" }, t(`mailing.${m.state}`)));
  replace(body, told(states), contents(m), inside(m), bar(states), channels(m), withheld(m), notes(m));
  drawDead(/** @type {HTMLElement} */ (node.children[2]), m, dead);
}

/** @param {Record<string, number>} states */
function told(states) {
  const all = sum(states, SHOWN);
  const got = sum(states, RECEIVED);
  if (states.exercise) return el("p", { class: "told" }, t("deliveries.exercised", { n: number(states.exercise) }));
  return el("p", { class: "told" },
    t("deliveries.told", { n: number(sum(states, OUT)), all: number(all) }),
    sum(states, OUT) ? el("span", { class: "quiet" }, ` · ${got ? t("deliveries.receipts", { n: number(got) }) : t("deliveries.no_receipts")}`) : null,
    states.failed ? el("span", { class: "odd" }, ` · ${t("deliveries.dead_n", { n: number(states.failed) })}`) : null);
}

/** Where not all are told the same: how many are told what. @param {any} m */
function contents(m) {
  const rows = Object.entries(m.changes);
  if (!rows.some(([change]) => change !== m.change)) return null;
  const what = rows.map(([change, n]) => t("deliveries.by_change_n", { what: t(`told_of.${change}`), n: number(Number(n)) }));
  return el("p", { class: "contents" }, t("deliveries.by_change", { what: what.join(" · ") }));
}

/** Whom the version speaks of, those with weak water apart. @param {any} m */
function inside(m) {
  if (m.accounts_affected === null) return null;
  const n = number(m.accounts_affected);
  const was = m.change === "restored" ? "_was" : "";
  return el("p", { class: "inside" }, t(was ? "deliveries.affected_was" : "deliveries.affected", { n }),
    m.accounts_weak ? ` · ${t(was ? "deliveries.weak_was" : "deliveries.weak", { n: number(m.accounts_weak) })}` : null);
}

/** What did not go out, by reason. @param {any} m */
function withheld(m) {
  const rows = Object.entries(m.withheld);
  if (!rows.length) return null;
  return el("dl", { class: "withheld", "aria-label": t("deliveries.withheld") }, el("dt", {}, t("deliveries.withheld")),
    ...rows.map(([why, n]) => el("dd", {}, counted(m, Number(n), ROWS[why], t(`withheld.${why}`)), ` ${t(`withheld.${why}`)}`)));
}

/** @param {Record<string, number>} states */
function bar(states) {
  const all = sum(states, SHOWN) || 1;
  const out = (100 * sum(states, OUT)) / all;
  const dead = (100 * (states.failed ?? 0)) / all;
  return svg("svg", { class: "bar", viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("rect", { class: "out", x: 0, y: 0, width: out, height: 10 }),
    svg("rect", { class: "dead", x: 100 - dead, y: 0, width: dead, height: 10 }));
}

/** @param {any} m */
function channels(m) {
  const rows = Object.entries(m.by_channel).sort();
  if (!rows.length) return null;
  const shown = SHOWN.filter((state) => rows.some(([, counts]) => /** @type {any} */ (counts)[state]));
  return el("div", { class: "wide", tabindex: 0, role: "region", "aria-label": `${t("deliveries.by_channel")} ${m.number} ${m.version}` },
    el("table", {},
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, t("deliveries.channel")),
        ...shown.map((state) => el("th", { scope: "col", class: "n" }, t(`letter.${state}`))))),
      el("tbody", {}, ...rows.map(([channel, counts]) => el("tr", {}, el("th", { scope: "row" }, channelName(channel)),
        ...shown.map((state) => {
          const n = /** @type {any} */ (counts)[state] ?? 0;
          const what = `${channelName(channel)} · ${t(`letter.${state}`)}`;
          return el("td", { class: `n${n ? "" : " zero"}${n && state === "failed" ? " odd" : ""}` }, counted(m, n, `letters?state=${state}&channel=${encodeURIComponent(channel)}`, what));
        }))))));
}

/** @param {any} m */
function notes(m) {
  const lines = [];
  if (m.state === "planning") lines.push(t("deliveries.planning", { n: number(m.planned), all: number(m.accounts) }));
  for (const [why, n] of Object.entries(m.silent)) lines.push(el("span", {}, t("deliveries.silent", { why: t(`because.${why}`) }), " ", counted(m, Number(n), "untold", t(`because.${why}`))));
  if (m.forecast_s > 5) lines.push(t("deliveries.forecast", { n: number(Math.ceil(m.forecast_s / 60)) }));
  if (m.next && m.states.queued) lines.push(t("deliveries.next", { time: dateTime(instant(m.next)) }));
  return lines.length ? el("ul", { class: "notes" }, ...lines.map((line) => el("li", {}, line))) : null;
}
