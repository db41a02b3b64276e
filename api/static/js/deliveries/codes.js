/** Codes to follow a report that did not reach who asked for them (WO-28): to which number, why, and again. */
import { byId, el, replace, setText } from "../core/dom.js";
import { number } from "../core/format.js";
import { get, post } from "../core/http.js";
import { may } from "../core/page.js";
import { t } from "../core/words.js";
import { tried } from "./dead.js";

/** @param {HTMLElement} box @param {number} n @param {() => void} changed */
export function drawCodes(box, n, changed) {
  box.hidden = n === 0;
  setText(/** @type {HTMLElement} */ (box.querySelector("summary")), t("deliveries.codes", { n: number(n) }));
  box.ontoggle = () => /** @type {HTMLDetailsElement} */ (box).open && void fill(box, changed);
}

/** @param {HTMLElement} box @param {() => void} changed */
async function fill(box, changed) {
  const list = /** @type {HTMLElement} */ (box.querySelector("div"));
  if (!may("customers")) return replace(list, el("p", { class: "quiet" }, t("deliveries.accounts_hidden")));
  try {
    const found = await get("/api/v1/code-messages");
    replace(list, el("ul", {}, ...found.items.map((/** @type {any} */ one) => row(one, box, changed))));
  } catch (error) {
    replace(list, el("p", { class: "bad", role: "alert" }, /** @type {Error} */ (error).message));
  }
}

/** @param {any} one @param {HTMLElement} box @param {() => void} changed */
function row(one, box, changed) {
  const again = /** @type {HTMLButtonElement} */ (el("button", { type: "button", "aria-label": `${t("deliveries.again")} ${one.report}` }, t("deliveries.again")));
  again.addEventListener("click", async () => {
    again.disabled = true;
    try {
      await post(`/api/v1/hotline/reports/${encodeURIComponent(one.report)}/message`, {});
      setText(byId("message"), t("deliveries.queued_again", { n: 1 }));
      await fill(box, changed);
    } catch (error) {
      setText(byId("message"), /** @type {Error} */ (error).message);
    } finally {
      again.disabled = false;
      changed();
    }
  });
  return el("li", { "data-code": one.report }, el("b", {}, one.number), ` · ${one.report} `, again, el("ul", {}, ...one.tries.map(tried)));
}
