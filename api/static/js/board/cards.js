/** The columns, by state or by crew, and the cards in them. */
import { el, replace } from "../core/dom.js";
import { number } from "../core/format.js";
import { crewName, page } from "../core/page.js";
import { mark } from "../core/priority.js";
import { owns } from "../core/who.js";
import { whomOf } from "../core/whom.js";
import { local, t } from "../core/words.js";
import { halfOf, turnsOf } from "../core/turns.js";
import { clockRow, forget, span } from "./clocks.js";
import { board, runs } from "./state.js";

/** 回访 and 考核 stand together: both are after the work. */
const STAGES = [["received"], ["dispatched"], ["repair"], ["done"], ["called_back", "appraised"]];

/** @typedef {{id: string, name: string, cards: any[], note?: string}} Column */

/** @returns {Column[]} */
export function columns() {
  if (board.view === "crew") {
    const free = board.cards.filter((card) => !card.crew);
    const crews = page.crews.map((crew) => {
      const cards = board.cards.filter((card) => card.crew === crew.id);
      return { id: crew.id, name: local(crew.name), cards, note: cards.length ? "" : t("board.free") };
    });
    return [{ id: "none", name: t("board.no_crew"), cards: free }, ...crews];
  }
  return STAGES.map((stages) => ({
    id: stages[0],
    name: stages.map((stage) => t(`milestone.${stage}`)).join(" · "),
    cards: board.cards.filter((card) => stages.includes(card.milestone ?? "received")),
  }));
}

/** @param {HTMLElement} box @param {(order: string, panel: "clocks"|"zone"|"assign") => void} open */
export function drawColumns(box, open) {
  const focused = held();
  forget();
  const drawn = columns().map((column) =>
    el("section", { class: `column ${column.cards.length ? "" : "empty"}`, "aria-label": column.name },
      el("h2", {}, column.name, " ", el("span", { class: "count" }, number(column.cards.length))),
      column.note && el("p", { class: "quiet" }, column.note),
      el("ul", {}, ...column.cards.map((card) => el("li", {}, cardOf(card, open))))));
  replace(box, ...drawn);
  if (focused) /** @type {HTMLElement|null} */ (box.querySelector(focused))?.focus({ preventScroll: true });
}

/** Where the focus is, so that it is there again when the cards have been drawn anew. */
function held() {
  const at = document.activeElement;
  const order = at?.closest("#list .card")?.querySelector("[data-order]")?.getAttribute("data-order");
  return order ? `.card:has([data-order="${CSS.escape(order)}"]) .${at?.classList.contains("zone") ? "zone" : at?.classList.contains("assign") ? "assign" : "title"}` : "";
}

/** @param {any} card @param {(order: string, panel: "clocks"|"zone"|"assign") => void} open */
function cardOf(card, open) {
  const running = card.clocks.filter(runs);
  const title = el("button", {
    class: "title", type: "button", "data-order": card.id, "aria-expanded": String(board.open === card.id),
    onclick: () => open(card.id, "clocks"),
  }, mark(card.priority), el("span", {}, el("b", {}, local(card.place)), el("span", { class: "quiet" }, `P${card.priority} ${card.id}`)));
  return el("article", { class: `card ${board.open === card.id ? "open" : ""}` },
    title,
    el("p", { class: "what" }, local(card.title)),
    el("p", { class: "where" },
      el("span", { class: "state" }, t(`order.${card.state}`)),
      el("span", {}, crewName(card.crew) || (card.unassigned ? t("board.no_crew") : "")),
      !card.crew && owns(card) && el("span", { class: "owner" }, t("board.answers_for", { who: owns(card) })),
      card.zone && el("button", { type: "button", class: "zone", "data-zone": card.zone, onclick: () => open(card.id, "zone") },
        t("board.zone_pressures", { zone: local(card.zone_name) || card.zone }))),
    ...flags(card),
    running.length ? el("dl", { class: "clocks" }, ...running.map(clockRow)) : el("p", { class: "quiet" }, t("board.no_clock")),
    card.allowed.includes("assign") &&
      el("button", { type: "button", class: card.crew ? "assign" : "strong assign", onclick: () => open(card.id, "assign") }, t(card.crew ? "board.reassign" : "step.assign"), el("kbd", {}, "A")));
}

/** What else must be seen at once. @param {any} card */
function flags(card) {
  const said = card.off_balance.map((/** @type {any} */ one) => el("p", { class: one.opened ? "flag late" : "flag", "data-off": one.valve }, turnsOf(one)));
  if (card.half_shut) said.push(el("p", { class: "flag late", "data-half": card.id }, halfOf(card.half_shut)));
  if (card.idle) said.push(el("p", { class: "flag idle" }, t("board.idle", { span: span(card.idle.for_s) })));
  if (card.pause) said.push(el("p", { class: "flag" }, t("board.paused", { why: t(`pause.${card.pause.reason}`) })));
  if (card.duties) said.push(el("p", { class: card.duties_late ? "flag late" : "flag" }, t(card.duties_late ? "board.duties_late" : "board.duties_open", { n: card.duties, late: card.duties_late })));
  const about = [...whomOf(card), card.reports && t("board.reports", { n: number(card.reports) })].filter(Boolean);
  if (about.length) said.push(el("p", { class: "quiet" }, about.join(" · ")));
  return said;
}
