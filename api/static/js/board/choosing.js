/** Whom to send: every crew with the minutes until it can be at work, its way, its load and what it lacks, the
 * best first. The ranking is the hub's; while it is looked at it stands still, so that a digit means the crew
 * that was read beside it. */
import { byId, el } from "../core/dom.js";
import { number } from "../core/format.js";
import { get } from "../core/http.js";
import { crewName, page } from "../core/page.js";
import { t } from "../core/words.js";
import { span } from "./clocks.js";
import { drawPanel } from "./panel.js";
import { board, left, nextOf } from "./state.js";

/** Milestones at which an order still takes a crew's time. */
const WORKED = new Set(["dispatched", "repair"]);
/** With one of these it is sent all the same, with a reason. */
const OVERRULED = new Set(["off_shift", "skill", "zone"]);
const SHIFT_SOON_H = 2;

/** @type {{key: string, items: any[]|null, why: string}} */
let ranked = { key: "", items: null, why: "" };

/** Why this crew, as it was written; "" where none is needed, null where it is missing. @param {string} crew */
export function reasonFor(crew) {
  const box = /** @type {HTMLInputElement|null} */ (document.getElementById("why-this"));
  const said = box?.value.trim() ?? "";
  const one = ranked.items?.find((item) => item.crew === crew);
  const needed = one?.against.some((/** @type {string} */ name) => OVERRULED.has(name));
  if (!needed || said) return said;
  box?.focus();
  return null;
}

/** @param {any} card @param {import("./panel.js").Hands} hands */
export function choosing(card, hands) {
  const key = `${card.id}/${card.seq}`;
  if (ranked.key !== key) {
    ranked = { key, items: null, why: "" };
    void rank(card, hands, key);
  }
  if (!ranked.items) return [el("p", { class: "quiet" }, t("board.ranking"))];
  const needs = ranked.items.some((one) => one.against.some((/** @type {string} */ name) => OVERRULED.has(name)));
  return [
    card.crew && el("p", { class: "flag", id: "now-with" }, t("board.now_with", { crew: crewName(card.crew) })),
    el("p", {}, ranked.why ? t("board.not_ranked", { why: ranked.why }) : t("board.choose")),
    needs && el("label", { class: "why-this" }, t("board.why_this"), el("input", { id: "why-this", maxlength: 2000 })),
    el("ol", { class: "crews" }, ...ranked.items.map((one, i) => el("li", {}, crew(one, i, card, hands)))),
  ];
}

/** @param {any} card @param {import("./panel.js").Hands} hands @param {string} key */
async function rank(card, hands, key) {
  const bare = () => page.crews.map((one) => ({ crew: one.id, minutes: null, terms: [], against: [] }));
  const found = await get(`/api/v1/work-orders/${encodeURIComponent(card.id)}/suggestion`)
    .then((said) => ({ key, items: said.items, why: "" }))
    .catch((error) => ({ key, items: bare(), why: /** @type {Error} */ (error).message }));
  if (ranked.key !== key) return;
  ranked = found;
  byId("panel").dataset.shown = "";
  drawPanel(hands);
}

/** @param {any} one @param {number} i @param {any} card @param {import("./panel.js").Hands} hands */
function crew(one, i, card, hands) {
  const has = board.cards.filter((other) => other.crew === one.crew && WORKED.has(other.milestone));
  const first = has.map(nextOf).filter(Boolean).sort((a, b) => left(a).paused - left(b).paused)[0];
  return el("button", {
    type: "button", class: one.crew === card.crew || one.against.length ? "" : "strong", "data-crew": one.crew, onclick: () => hands.assign(card, one.crew),
  }, i < 9 && el("kbd", {}, i + 1), el("span", { class: "of" }, el("b", {}, crewName(one.crew)),
    one.minutes !== null && el("span", { class: "soon" }, t("board.at_work_in", { n: number(one.minutes) })),
    ...terms(one),
    el("span", {}, has.length ? t("board.has", { n: has.length }) : t("board.free"), first ? ` · ${t("board.next_in", { span: span(left(first).paused) })}` : ""),
    ...one.against.map((/** @type {string} */ name) => el("span", { class: "against" }, t(`against.${name}`)))));
}

/** The way, a part that must be fetched, a shift that ends soon. @param {any} one */
function terms(one) {
  const of = (/** @type {string} */ name) => one.terms.find((/** @type {any} */ term) => term.name === name);
  const [way, part, shift] = [of("travel"), of("part"), of("shift_left")];
  return [
    way && el("span", {}, t(way.value === null ? "board.way_unknown" : "board.way", { n: number(way.minutes) })),
    part && !part.value && el("span", { class: "lack" }, t("board.lacks_part")),
    shift && shift.value > 0 && shift.value < SHIFT_SOON_H && el("span", {}, t("board.shift_ends", { n: number(shift.value, 1) })),
  ].filter(Boolean);
}
