/** Beside the columns: an order's clocks, its zone's pressures as they are now, or the crews to choose from. */
import { plantNow, plantSpeed } from "../core/clock.js";
import { byId, el, replace, setText } from "../core/dom.js";
import { age, figure, instant, unitOf } from "../core/format.js";
import { history } from "../core/history.js";
import { may } from "../core/page.js";
import { drawSpark, spark } from "../core/spark.js";
import { store } from "../core/store.js";
import { drawWay } from "../core/way.js";
import { local, t } from "../core/words.js";
import { current } from "../core/zones.js";
import { twice } from "./armed.js";
import { clockLine } from "./clocks.js";
import { choosing } from "./choosing.js";
import { board, runs } from "./state.js";
import { pauseForm } from "./pausing.js";

const POINTS = 48;
const PAST_MS = 2 * 3600e3;

/** @typedef {{assign: (card: any, crew: string) => void, act: (path: string, body?: object) => Promise<boolean>, show: (panel: "clocks"|"zone"|"assign") => void, close: () => void}} Hands */

/** @param {Hands} hands */
export function drawPanel(hands) {
  const box = byId("panel");
  const card = board.cards.find((one) => one.id === board.open);
  box.hidden = !card;
  if (!card) return;
  const stands = card.clocks.map((/** @type {any} */ c) => [c.clock, c.state, c.due_paused, c.acked_by]);
  const shown = `${card.id}/${board.panel}/${card.seq}/${JSON.stringify([card.pause, board.panel === "clocks" ? stands : 0])}`;
  if (box.dataset.shown === shown && box.contains(document.activeElement)) return;
  box.dataset.shown = shown;
  const body = board.panel === "zone" ? zone(card) : board.panel === "assign" ? choosing(card, hands) : clocks(card, hands);
  replace(box,
    el("header", {}, el("h2", { tabindex: -1 }, local(card.place)),
      el("button", { type: "button", onclick: hands.close, "aria-label": t("board.key_close") }, "✕")),
    el("p", { class: "quiet" }, local(card.title), " · ", el("a", { href: `/desk?view=orders&id=${encodeURIComponent(card.id)}` }, card.id)),
    drawWay(card.way),
    el("nav", { class: "tabs" }, ...tabs(card).map((name) =>
      el("button", { type: "button", "aria-pressed": String(board.panel === name), onclick: () => hands.show(name) }, t(`board.tab_${name}`)))),
    ...body);
}

/** @param {any} card @returns {("clocks"|"zone"|"assign")[]} */
const tabs = (card) => ["clocks", ...(card.zone ? /** @type {const} */ (["zone"]) : []), ...(card.allowed.includes("assign") ? /** @type {const} */ (["assign"]) : [])];

/** @param {any} card @param {Hands} hands */
function clocks(card, hands) {
  const path = `/api/v1/work-orders/${encodeURIComponent(card.id)}/clocks`;
  const own = may("move_work_order");
  return [
    el("table", { class: "clocks" },
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, t("board.clock")), el("th", { scope: "col" }, t("board.with_pauses")), el("th", { scope: "col" }, t("board.without_pauses")), el("th", { scope: "col" }, t("board.stand")))),
      el("tbody", {}, ...card.clocks.map(clockLine))),
    own && el("p", { class: "acts" }, ...card.clocks.filter((/** @type {any} */ c) => runs(c) && !c.acked_by).map((/** @type {any} */ c) =>
      twice(`${card.id} ${c.clock}`, false, t("board.take_on", { clock: t(`clock.${c.clock}`) }), () => void hands.act(`${path}/${c.clock}/ack`), undefined, t("board.take_on_title")))),
    own && pauseForm(card, path, hands.act),
    el("p", { class: "quiet" }, t("board.profile_note")),
  ];
}

/** @param {any} card */
function zone(card) {
  const tags = [...store.tags.values()].filter((tag) => tag.zone === card.zone && tag.quantity === "pressure");
  const name = local(card.zone_name) || card.zone;
  if (!tags.length) return [el("p", { class: "quiet" }, t("board.no_pressure", { zone: name }))];
  return [
    el("h3", {}, t("board.live_in", { zone: name })),
    el("ul", { class: "pressures" }, ...tags.map(pressure)),
    el("p", {}, el("a", { href: `/trends?pens=${tags.slice(0, 8).map((tag) => encodeURIComponent(tag.id)).join(",")}` }, t("board.trends"))),
  ];
}

/** @param {any} tag */
function pressure(tag) {
  const line = spark(t("board.two_hours", { name: local(tag.name) }));
  const now = plantNow();
  if (now) {
    history(tag.id, now - PAST_MS, now, POINTS).then((said) => (said.v.length ? drawSpark(/** @type {any} */ (line), said.v, said.v.map(() => null)) : line.replaceWith(el("span", { class: "quiet" }, t("board.no_history"))))).catch(() => line.replaceWith(el("span", { class: "quiet" }, t("board.no_history"))));
  }
  return el("li", { "data-tag": tag.id }, el("span", {}, local(tag.name)), el("b", { class: "value" }, value(tag)), el("span", { class: "unit" }, unitOf(tag)), el("span", { class: "line" }, line), el("span", { class: "quiet at" }, seen(tag)));
}

/** @param {any} tag */
const value = (tag) => figure(current(tag, plantNow(), plantSpeed()), tag);

/** @param {any} tag */
const seen = (tag) => (tag.latest ? t("board.ago", { age: age((plantNow() - instant(tag.latest.t)) / 1000) }) : t("board.never"));

/** New values into the open list, without drawing it anew. */
export function drawValues() {
  if (board.panel !== "zone") return;
  for (const row of byId("panel").querySelectorAll("[data-tag]")) {
    const tag = store.tags.get(row.getAttribute("data-tag") ?? "");
    const [shown, at] = [row.querySelector(".value"), row.querySelector(".at")];
    if (tag && shown && at) {
      setText(shown, value(tag));
      setText(at, seen(tag));
    }
  }
}
