/** How many a matter leaves without water, as far as that is known: until a crew has stopped the water they may be
 * without it, and once it is back none is. */
import { number } from "./format.js";
import { on, store } from "./store.js";
import { t } from "./words.js";

/** @typedef {"off"|"may_be_off"|"weak"|"back"|null} Water */

/** Null of what is no incident's, and where there is water but it is doubtful. @param {string|null|undefined} incident @returns {Water} */
export const waterOf = (incident) => store.incidents.find((one) => one.id === incident)?.water ?? null;

/** @param {() => any[]} records orders or notices that are shown @param {() => void} changed what is known of their water is another now */
export function onWater(records, changed) {
  let known = "";
  on("incident", () => {
    const now = records().map((one) => waterOf(one?.incident)).join();
    if (now !== known) changed();
    known = now;
  });
}

/** Those of an order or a notice, in words; nothing once none is without.
 * @param {any} record @param {Water} [water] */
export function whom(record, water = waterOf(record.incident)) {
  const [n, weak] = [record.accounts_affected ?? 0, record.accounts_weak ?? 0];
  if (water === "back") return "";
  if (water === "weak" || record.supply === "low") return said([["weak", n + weak]]);
  return said([[water ?? "all", n], [n ? "also_weak" : "weak", weak]]);
}

/** @param {[string, number][]} parts */
const said = (parts) => parts.filter(([, n]) => n).map(([what, n]) => t(`whom.${what}`, { n: number(n) })).join(t("whom.and"));

/** The same with its heading; of what is over, how many it had been. @param {any} record @returns {[string, string]} */
export function whomFact(record) {
  const water = waterOf(record.incident);
  const all = (record.accounts_affected ?? 0) + (record.accounts_weak ?? 0);
  return water === "back" ? [t("whom.head_back"), all ? number(all) : ""] : [t("whom.head"), whom(record, water)];
}
