/** Above the plots: which pens, how long, which span, and the table to take away. */
import { el, replace } from "../core/dom.js";
import { store } from "../core/store.js";
import { local, t } from "../core/words.js";
import { fromField, toField } from "./beside.js";
import { MOST_PENS, RANGES, address, go, pens, range, setPens, setSpan, span } from "./state.js";

const NOT_DRAWN = "volume";

/** A tag by its id, or by its whole name. @param {string} typed */
export const meant = (typed) => store.tags.get(typed) ?? [...store.tags.values()].find((tag) => local(tag.name) === typed);

/** What of a zone is looked at first: what flows in, then pressures, then quality. @param {string} zone */
export function ofZone(zone) {
  const order = ["flow", "pressure", "level", "free_chlorine", "total_chlorine", "turbidity"];
  const rank = (/** @type {any} */ tag) => (order.indexOf(tag.quantity) + order.length + 1) % (order.length + 1);
  return [...store.tags.values()].filter((tag) => tag.zone === zone && tag.quantity !== NOT_DRAWN).sort((a, b) => rank(a) - rank(b)).slice(0, MOST_PENS).map((tag) => tag.id);
}

/** @param {HTMLElement} box @param {{id: string, name: any}[]} zones @param {(text: string, bad?: boolean) => void} say */
export function drawBar(box, zones, say) {
  replace(box, adder(say), zoneChoice(zones), ranges(), between(), table());
}

/** @param {(text: string, bad?: boolean) => void} say */
function adder(say) {
  const field = /** @type {HTMLInputElement} */ (el("input", { id: "tag", list: "tags", autocomplete: "off", spellcheck: "false", size: 26, placeholder: t("trends.add_hint") }));
  const add = () => {
    const typed = field.value.trim();
    const tag = meant(typed);
    if (!typed) return;
    if (!tag) say(t("desk.no_tag", { tag: typed }), true);
    else if (pens().includes(tag.id)) say(t("trends.there", { name: local(tag.name) }));
    else if (pens().length >= MOST_PENS) say(t("trends.full", { n: MOST_PENS }), true);
    else {
      say("");
      setPens([...pens(), tag.id]);
      document.getElementById("tag")?.focus();
    }
  };
  field.addEventListener("change", add);
  field.addEventListener("input", (event) => {
    if (/** @type {InputEvent} */ (event).inputType === "insertReplacementText") add();
  });
  const names = [...store.tags.values()].filter((tag) => tag.quantity !== NOT_DRAWN);
  return el("p", { class: "picker" }, el("label", { for: "tag" }, t("trends.add")), field, el("datalist", { id: "tags" }, ...names.map((tag) => el("option", { value: tag.id }, local(tag.name)))));
}

/** @param {{id: string, name: any}[]} zones */
function zoneChoice(zones) {
  const choice = el("select", { id: "zone", onchange: () => {
    const ids = ofZone(/** @type {HTMLSelectElement} */ (choice).value);
    if (ids.length) setPens(ids);
  } }, el("option", { value: "" }, t("trends.zone_none")), ...zones.filter((zone) => ofZone(zone.id).length).map((zone) => el("option", { value: zone.id }, local(zone.name))));
  return el("p", { class: "picker" }, el("label", { for: "zone" }, t("trends.zone")), choice);
}

const ranges = () =>
  el("p", { class: "ranges" }, ...Object.keys(RANGES).map((name) =>
    el("a", { href: address({ range: name, from: null, to: null }), "aria-current": range() === name ? "true" : null, onclick: (/** @type {MouseEvent} */ event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      go({ range: name, from: null, to: null });
    } }, t(`range.${name}`))));

function between() {
  const { from, to } = span();
  const start = /** @type {HTMLInputElement} */ (el("input", { type: "datetime-local", id: "from", value: toField(from) }));
  const end = /** @type {HTMLInputElement} */ (el("input", { type: "datetime-local", id: "to", value: toField(to) }));
  return el("form", { class: "picker", onsubmit: (/** @type {Event} */ event) => {
    event.preventDefault();
    setSpan(fromField(start.value), fromField(end.value));
  } }, el("label", { for: "from" }, t("trends.from")), start, el("label", { for: "to" }, t("trends.to")), end, el("button", {}, t("trends.show")));
}

function table() {
  const { from, to } = span();
  const asked = new URLSearchParams({ start: new Date(from).toISOString(), end: new Date(to).toISOString(), bom: "true" });
  const ids = pens().filter((id) => store.tags.has(id));
  for (const id of ids) asked.append("tags", id);
  return ids.length ? el("p", {}, el("a", { class: "csv", id: "csv", href: `/api/v1/history.csv?${asked}`, download: "" }, t("trends.csv"))) : null;
}
