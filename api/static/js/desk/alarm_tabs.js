/** The alarms' tabs: what asks for somebody, what is held back and why, what waits for a second person. */
import { ASIDE_WHY, asCounted, standing, worse } from "../core/alarms.js";
import { el, keyed, setAttr, setText } from "../core/dom.js";
import { may } from "../core/page.js";
import { store } from "../core/store.js";
import { t } from "../core/words.js";
import { address } from "./route.js";

/** Each tab's alarms; the last five list other things. */
const HELD = /** @type {Record<string, (alarm: any) => boolean>} */ ({
  active: standing,
  shelved: ASIDE_WHY.shelved,
  suppressed: ASIDE_WHY.suppressed,
  out: ASIDE_WHY.out,
});
export const TABS = [...Object.keys(HELD), "activities", "approve", "calls", "journal", "figures"];

/** @returns {string} */
export function tab() {
  const wanted = new URLSearchParams(location.search).get("tab") ?? "";
  return TABS.includes(wanted) ? wanted : TABS[0];
}

/** @param {string} name */
const shown = (name) => (name === "approve" ? may("proposals") : name !== "calls" || may("calls"));

/** @param {string} name */
const many = (name) => (name === "approve" ? store.proposals.length : name === "activities" ? store.activities.length : name === "calls" ? store.calls.filter((call) => call.state === "calling").length : name in HELD ? store.alarms.filter(HELD[name]).length : 0);

/** How the list is shown, for an address: which tab, whether in whole, of which zone alone.
 * @returns {Record<string, string>} */
export function shownAs() {
  const now = new URLSearchParams(location.search);
  const more = ["all", "zone"].filter((name) => now.has(name)).map((name) => [name, String(now.get(name))]);
  return { tab: tab(), ...Object.fromEntries(more) };
}

/** Alarms of the tab, as urgent as the header counts them. What is shelved ends soonest first; of what is suppressed, what stands comes first. */
export function listed() {
  const zone = shownAs().zone;
  const held = asCounted(store.alarms, store.incidents).filter(HELD[tab()] ?? standing).filter((alarm) => !zone || (alarm.zone ?? "none") === zone);
  return tab() === "shelved" ? held.sort((a, b) => String(a.shelf.until).localeCompare(String(b.shelf.until))) : held.sort(worse);
}

const ROWS = 500;
let rows = ROWS;

/** As many as are shown at once; the rest is a click away. @template T @param {T[]} items */
export function first(items) {
  behind = items.length - rows;
  all = items.length;
  return items.slice(0, rows);
}

let behind = 0;
let all = 0;
const more = el("button", { type: "button", class: "more-rows" });

/** The way to further rows; null when all are shown. @param {() => void} redraw */
export function moreRows(redraw) {
  if (behind <= 0) return null;
  more.onclick = () => {
    rows += ROWS;
    redraw();
  };
  setText(more, t("desk.more_rows", { n: Math.min(ROWS, behind), m: all }));
  return more;
}

const bar = el("nav", { class: "subtabs", "aria-label": t("desk.alarm_tabs") });

export function tabBar() {
  keyed(bar, TABS.filter(shown), (name) => name, (name) =>
    el("a", { href: address("alarms", "", { tab: name }) }, t(`desk.tab_${name}`), " ", el("span", { class: "badge" })), (link, name) => {
    setAttr(link, "href", address("alarms", "", { tab: name }));
    setAttr(link, "aria-current", name === tab() ? "page" : null);
    setText(link.children[0], String(many(name) || ""));
  });
  return bar;
}
