/** What flows into a zone, out of it, and stays there; what stands in its tanks. */
import { byId, setText } from "../core/dom.js";
import { number, withUnit } from "../core/format.js";
import { store } from "../core/store.js";
import { local, t } from "../core/words.js";
import { usualNow } from "../wall/curves.js";

/** @param {string[]} ids @param {(tag: any) => number|null} now @returns {number|null} */
function sum(ids, now) {
  const read = ids.map((id) => now(store.tags.get(id)));
  return ids.length && read.every((value) => value !== null) ? read.reduce((a, b) => Number(a) + Number(b), 0) : null;
}

/** @param {any} zone @param {any[]} tags its own @param {(tag: any) => number|null} now */
export function drawBalance(zone, tags, now) {
  const inflow = sum(zone.inflow, now);
  const outflow = sum(zone.outflow, now);
  const net = inflow !== null && outflow !== null ? inflow - outflow : null;
  const said = { inflow: number(inflow), outflow: number(outflow), net: number(net) };
  const key = zone.inflow.length && zone.outflow.length ? "net" : zone.inflow.length ? "in" : zone.outflow.length ? "out" : "unmetered";
  const missing = [...zone.inflow, ...zone.outflow].filter((id) => now(store.tags.get(id)) === null).length;
  const usual = usualNow(zone.id);
  const levels = tags.filter((tag) => tag.quantity === "level").map((tag) => `${local(tag.name)} ${withUnit(now(tag), tag)}`);
  setText(byId("balance"), [
    t(`wall_zone.${key}`, said),
    usual && t("wall_zone.usual", { low: number(usual.low), high: number(usual.high) }),
    missing > 0 && t("wall_zone.missing", { n: missing }),
    ...levels,
  ].filter(Boolean).join(" · "));
  byId("balance").classList.toggle("stale", missing > 0);
}
