/** Dead letters of a mailing: whose they are, why, and the button that sends them again. */
import { byId, el, replace, setText } from "../core/dom.js";
import { dateTime, instant, number } from "../core/format.js";
import { get, post } from "../core/http.js";
import { may } from "../core/page.js";
import { known, t } from "../core/words.js";
import { channelName } from "./names.js";

const SHOWN = 100;

/** @param {any} m @param {() => void} changed */
export function deadBox(m, changed) {
  const list = el("div", { class: "wide" });
  const all = el("button", { type: "button", class: "strong" }, t("deliveries.again_all"));
  all.addEventListener("click", () => void again(m.id, null, all, changed));
  const box = el("details", { class: "dead-box", hidden: true },
    el("summary", {}),
    may("publish_notice") ? el("p", { class: "acts" }, all) : null,
    may("customers") ? list : el("p", { class: "quiet" }, t("deliveries.accounts_hidden")));
  box.addEventListener("toggle", () => {
    if (/** @type {HTMLDetailsElement} */ (box).open && may("customers")) void fill(m.id, list, changed);
  });
  return box;
}

/** @param {HTMLElement} box @param {any} m @param {number} dead */
export function drawDead(box, m, dead) {
  box.hidden = dead === 0;
  const summary = box.querySelector("summary");
  if (summary) setText(summary, t("deliveries.dead", { n: number(dead) }));
}

/** @param {string} id @param {HTMLElement} list @param {() => void} changed */
async function fill(id, list, changed) {
  try {
    const found = await get(`/api/v1/deliveries/${encodeURIComponent(id)}/dead-letters`);
    const rows = found.items.slice(0, SHOWN);
    replace(list, el("table", {},
      el("caption", {}, found.items.length > SHOWN ? t("deliveries.first", { n: SHOWN }) : ""),
      el("thead", {}, el("tr", {}, ...["account", "what", "tried", ""].map((name) => el("th", { scope: "col" }, name ? t(`deliveries.head_${name}`) : "")))),
      el("tbody", {}, ...rows.map((one) => row(id, one, list, changed)))));
  } catch (error) {
    replace(list, el("p", { class: "bad", role: "alert" }, /** @type {Error} */ (error).message));
  }
}

/** @param {string} id @param {any} one @param {HTMLElement} list @param {() => void} changed */
function row(id, one, list, changed) {
  const button = el("button", { type: "button", "aria-label": t("deliveries.again_one", { account: one.account }) }, t("deliveries.again"));
  button.addEventListener("click", async () => {
    await again(id, [one.id], button, changed);
    await fill(id, list, changed);
  });
  return el("tr", {},
    el("th", { scope: "row" }, one.account),
    el("td", {}, t(`told_of.${one.change}`)),
    el("td", {}, el("ul", {}, ...one.tries.map(tried))),
    el("td", {}, may("publish_notice") ? button : null));
}

/** @param {any} one */
export function tried(one) {
  const why = one.reason && known(`why.${one.reason}`) ? t(`why.${one.reason}`) : one.reason;
  return el("li", {}, `${dateTime(instant(one.at))} ${channelName(one.channel)}: ${t(`try.${one.outcome}`)}`,
    why ? ` · ${why}` : "", one.detail ? el("span", { class: "quiet" }, ` · ${one.detail}`) : null);
}

/** @param {string} id @param {string[]|null} letters @param {HTMLElement} button @param {() => void} changed */
async function again(id, letters, button, changed) {
  const command = /** @type {HTMLButtonElement} */ (button);
  command.disabled = true;
  try {
    const done = await post(`/api/v1/deliveries/${encodeURIComponent(id)}/retry`, letters ? { letters } : {});
    setText(byId("message"), t("deliveries.queued_again", { n: number(done.queued) }));
  } catch (error) {
    setText(byId("message"), /** @type {Error} */ (error).message);
  } finally {
    command.disabled = false;
    changed();
  }
}
