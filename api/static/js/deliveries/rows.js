/** What a count consists of: a row a person, for who may see whose accounts they are. */
import { el, replace } from "../core/dom.js";
import { dateTime, instant, number } from "../core/format.js";
import { get } from "../core/http.js";
import { may } from "../core/page.js";
import { known, t } from "../core/words.js";
import { channelName } from "./names.js";

const SHOWN = 100;

/** A count that opens its rows; for who may not see accounts the count alone.
 * @param {any} m @param {number} n @param {string} query `letters?state=…` or `untold` @param {string} what */
export function counted(m, n, query, what) {
  if (!n || !may("customers")) return number(n);
  const button = el("button", { type: "button", class: "count", "aria-label": t("deliveries.show_rows", { n: number(n), what }) }, number(n));
  button.addEventListener("click", () => void show(button, m, query, what));
  return button;
}

/** @param {HTMLElement} from @param {any} m @param {string} query @param {string} what */
async function show(from, m, query, what) {
  const box = /** @type {HTMLElement} */ (from.closest(".mailing")?.querySelector(".rows-box"));
  const path = `/api/v1/deliveries/${encodeURIComponent(m.id)}/${query}${query.includes("?") ? "&" : "?"}limit=${SHOWN}`;
  box.dataset.asked = path;
  try {
    const found = await get(path);
    if (box.dataset.asked !== path) return;
    const close = el("button", { type: "button" }, t("deliveries.close_rows"));
    close.addEventListener("click", () => replace(box));
    const lines = query.startsWith("untold") ? found.items.map(untold) : found.items.map(letter);
    replace(box,
      el("h3", { tabindex: -1 }, `${what} `, close),
      found.next ? el("p", { class: "quiet" }, t("deliveries.first", { n: SHOWN })) : null,
      lines.length ? el("ul", {}, ...lines) : el("p", { class: "quiet" }, t("deliveries.no_rows")));
    /** @type {HTMLElement|null} */ (box.querySelector("h3"))?.focus();
  } catch (error) {
    replace(box, el("p", { class: "bad", role: "alert" }, /** @type {Error} */ (error).message));
  }
}

/** @param {any} one */
function letter(one) {
  const said = [t(`told_of.${one.change}`), t(`because.${one.because}`)];
  if (one.supply) said.push(t(`deliveries.supply.${one.supply}`));
  said.push(`${channelName(one.channel ?? "")} ${t(`letter.${one.state}`)}`);
  if (one.sent) said.push(dateTime(instant(one.sent)));
  if (one.held) said.push(t("deliveries.held_night", { time: dateTime(instant(one.due)) }));
  const last = one.tries.at(-1);
  if (last?.reason) said.push(known(`why.${last.reason}`) ? t(`why.${last.reason}`) : last.reason);
  return el("li", {}, el("b", {}, one.account), ` ${said.join(" · ")}`);
}

/** @param {any} one */
function untold(one) {
  const why = one.why === "no_channel" ? t("withheld.no_channel") : t(`because.${one.why}`);
  return el("li", {}, el("b", {}, one.account), ` ${why}`);
}
