/** The service's figures of thirty days: each share with its n and how far it can be believed. */
import { el, replace } from "../core/dom.js";
import { dateTime, instant, number } from "../core/format.js";
import { crewName, may } from "../core/page.js";
import { local, t } from "../core/words.js";
import { twice } from "./armed.js";
import { board } from "./state.js";

/** @param {{hits: number, n: number, words: string}} share */
const said = (share) => (share.n ? `${share.words} · ${t("board.n", { n: number(share.n) })}` : t("board.nothing_yet"));

/** @param {HTMLElement} box @param {(path: string, body?: object) => Promise<boolean>} act */
export function drawFigures(box, act) {
  const of = board.figures;
  if (!of) {
    replace(box, el("p", { class: "nothing" }, t("board.loading")));
    return;
  }
  replace(box, el("div", { class: "sheet" },
    el("p", { class: "quiet" }, t("board.period", { from: dateTime(instant(of.start)), to: dateTime(instant(of.end)), n: number(of.orders), profile: of.profile })),
    board.reports.some((report) => report.state === "draft") && reports(act),
    part(t("board.timeliness"), [t("board.clock"), t("board.with_pauses"), t("board.without_pauses")],
      of.timeliness.map((/** @type {any} */ row) => [t(`clock.${row.clock}`), said(row.met_paused), said(row.met)])),
    part(t("board.idle_title"), [t("board.owner"), t("board.person"), t("board.spells"), t("board.hours_idle")],
      of.idle.map((/** @type {any} */ row) => [row.owner === "desk" ? t("board.desk") : crewName(row.owner), row.person ?? "–", number(row.spells), number(row.hours, 1)])),
    part(t("board.satisfaction"), [t("board.figure"), t("board.share")], [
      [t("board.satisfied", { mark: of.satisfied_from }), said(of.satisfaction)],
      [t("board.response"), said(of.response)],
      [t("board.coverage"), said(of.coverage)],
    ]),
    part(t("board.heard"), [t("board.who"), t("board.tell"), t("board.heard_in_time"), t("board.heard_late"), t("board.heard_never"), t("board.heard_overdue")],
      of.duties.map((/** @type {any} */ row) => [t(`segment.${row.segment}`), t(`duty_about.${row.about}`), said(row.met), number(row.late), number(row.not_reached), number(row.overdue)])),
    part(t("board.lost"), [t("board.cause"), t("board.outages"), t("board.connections"), t("board.minutes")],
      of.lost.map((/** @type {any} */ row) => [t(`outage_cause.${row.cause}`), number(row.outages), number(row.connections), number(row.customer_minutes)])),
    el("p", { class: "quiet" }, t("board.figures_note"))));
}

/** @param {string} title @param {string[]} heads @param {any[][]} rows */
function part(title, heads, rows) {
  return el("section", {}, el("h2", {}, title),
    rows.length
      ? el("table", { class: "rows" }, el("thead", {}, el("tr", {}, ...heads.map((head) => el("th", { scope: "col" }, head)))),
        el("tbody", {}, ...rows.map((row) => el("tr", {}, ...row.map((cell, i) => el(i ? "td" : "th", i ? {} : { scope: "row" }, cell))))))
      : el("p", { class: "quiet" }, t("board.nothing_yet")));
}

/** What waits to be told to the authority. @param {(path: string, body?: object) => Promise<boolean>} act */
function reports(act) {
  return el("section", {}, el("h2", {}, t("board.authority")), ...board.reports.filter((one) => one.state === "draft").map((one) => {
    const path = `/api/v1/authority-reports/${encodeURIComponent(one.id)}`;
    const word = el("input", { maxlength: 100, "aria-label": t("board.receipt"), placeholder: t("board.receipt") });
    const written = () => /** @type {HTMLInputElement} */ (word).value;
    return el("article", { class: "report" }, el("h3", {}, local(one.title)),
      el("p", { class: "quiet" }, one.reasons.map((/** @type {string} */ why) => t(`authority_reason.${why}`)).join(" · "), " · ", t("board.until", { time: dateTime(instant(one.due)) }), " · ", t(`authority.${one.state}`)),
      el("pre", {}, local(one.body)),
      may("file_report") && el("p", { class: "acts" }, word,
        twice(`${one.id} file`, false, t("board.filed"), () => void act(`${path}/file`, { number: written() })),
        twice(`${one.id} decline`, false, t("board.decline"), () => void act(`${path}/decline`, { note: written() }))));
  }));
}
