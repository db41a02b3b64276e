/** The alarms' tabs: what asks for somebody, what is held back and why, what waits for a second person. */
import { standing, worse } from "../core/alarms.js";
import { el, keyed, setAttr, setText } from "../core/dom.js";
import { may } from "../core/page.js";
import { store } from "../core/store.js";
import { t } from "../core/words.js";
import { address } from "./route.js";

/** Each tab's alarms; the last three list other things. */
const HELD = /** @type {Record<string, (alarm: any) => boolean>} */ ({
  active: standing,
  shelved: (alarm) => Boolean(alarm.shelf),
  suppressed: (alarm) => alarm.suppressed_by?.length > 0,
  out: (alarm) => Boolean(alarm.oos),
});
export const TABS = [...Object.keys(HELD), "approve", "calls", "figures"];

/** @returns {string} */
export function tab() {
  const wanted = new URLSearchParams(location.search).get("tab") ?? "";
  return TABS.includes(wanted) ? wanted : TABS[0];
}

/** @param {string} name */
const shown = (name) => (name === "approve" ? may("proposals") : name !== "calls" || may("calls"));

/** @param {string} name */
const many = (name) => (name === "approve" ? store.proposals.length : name === "calls" ? store.calls.filter((call) => call.state === "calling").length : name in HELD ? store.alarms.filter(HELD[name]).length : 0);

/** Alarms of the tab. What is shelved ends soonest first. */
export function listed() {
  const held = store.alarms.filter(HELD[tab()] ?? standing);
  return tab() === "shelved" ? held.sort((a, b) => String(a.shelf.until).localeCompare(String(b.shelf.until))) : held.sort(worse);
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
