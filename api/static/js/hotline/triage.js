/** Is it indoors? A few questions, by click or by key; what was answered goes with the report (HL-15). */
import { el, replace } from "../core/dom.js";
import { local, t } from "../core/words.js";

/** @type {{question: string, yes: boolean}[]} */
let given = [];

export const answers = () => given;
export function forget() {
  given = [];
}

/** @param {typeof given} before */
export function remember(before) {
  given = before;
}

/** @param {any[]} tree @param {() => void} report opens the report @param {() => void} close puts it away */
export function indoors(tree, report, close) {
  close();
  const place = /** @type {HTMLElement} */ (document.getElementById("form"));
  const button = (/** @type {number} */ n, /** @type {string} */ label, /** @type {() => void} */ run, strong = false) =>
    el("button", { type: "button", class: strong ? "strong" : "", "data-answer": n, onclick: run }, el("kbd", { "aria-hidden": "true" }, String(n)), label);
  const put = (/** @type {any} */ node, /** @type {boolean} */ yes) => {
    given = [...given, { question: node.id, yes }];
    draw(tree.find((one) => one.id === (yes ? node.yes : node.no)));
  };
  const again = () => {
    forget();
    draw(tree[0]);
  };
  const draw = (/** @type {any} */ node) => {
    const choices = node.yes
      ? [button(1, t("card.yes"), () => put(node, true), true), button(2, t("card.no"), () => put(node, false)), button(3, t("form.cancel"), close)]
      : [button(1, t("act.report"), report, true), button(2, t("card.again"), again), button(3, t("form.cancel"), close)];
    replace(place, el("div", { class: "report", id: "indoors" }, el("h2", {}, t("card.triage")), el("p", { class: "say" }, local(node.words)), el("p", { class: "acts" }, ...choices)));
  };
  place.hidden = false;
  again();
}
