/** The card: first what to say, then to whom, then what stands behind it. */
import { el } from "../core/dom.js";
import { t } from "../core/words.js";
import { answer } from "./answer.js";
import { caller, contacts, neighbours, script, sensors, standing, steps } from "./around.js";

/** @param {any} card @param {any[]} buttons @param {(account: string) => void} choose @param {() => void} bind */
export function drawCard(card, buttons, choose, bind) {
  const main = [
    answer(card, buttons),
    card.matches.length ? matches(card, choose) : null,
    script(card),
    ...steps(card),
    ...card.standing.map(standing),
  ].filter(Boolean);
  const side = [caller(card, bind), sensors(card), neighbours(card), contacts(card)].filter(Boolean);
  return [el("div", { class: "first" }, ...main), el("div", { class: "second" }, ...side)];
}

/** @param {any} card @param {(account: string) => void} choose */
function matches(card, choose) {
  const row = (/** @type {any} */ m, /** @type {number} */ i) =>
    el("li", {}, el("button", { type: "button", "data-account": m.account, onclick: () => choose(m.account) },
      i < 9 && el("kbd", { "aria-hidden": "true" }, String(i + 1)), ` ${m.address} · ${m.label}`,
      m.segment !== "general" && el("span", { class: "segment" }, t(`segment.${m.segment}`)),
      m.sureness === "maybe" && el("span", { class: "quiet" }, t("card.maybe"))));
  return el("section", { class: "matches" }, el("h2", {}, t("hotline.which", { n: card.n_matches })), el("ul", {}, ...card.matches.map(row)));
}
