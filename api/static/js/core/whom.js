/** How many a matter leaves without water, as far as that is known: until a crew has stopped the water they may be
 * without it, and once it is back none is. */
import { number } from "./format.js";
import { released } from "./pressed.js";
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
    if (now !== known) void released().then(changed);
    known = now;
  });
}

/** Those of an order or a notice, in words; nothing once none is without.
 * @param {any} record @param {Water} [water] */
export function whom(record, water = waterOf(record.incident)) {
  const [n, weak] = [record.accounts_affected ?? 0, record.accounts_weak ?? 0];
  if (ended(record)) return past(record, n, weak);
  if (water === "back") return "";
  if (water === "weak" || record.supply === "low") return said([["weak", n + weak]]);
  return said([[water ?? "all", n], [n ? "also_weak" : "weak", weak]]);
}

/** A notice that is over, whatever its incident does. @param {any} record */
const ended = (record) => record.state === "restored" || record.change === "restored";

/** What it had told. @param {any} record @param {number} n @param {number} weak */
function past(record, n, weak) {
  if (record.supply === "low") return said([["was_weak", n + weak]]);
  if (record.supply === "quality") return said([["was_doubtful", n + weak]]);
  return said([[record.doubted ? "was_may_be_off" : "was_off", n], [n ? "was_also_weak" : "was_weak", weak]]);
}

/** @param {[string, number][]} parts */
const said = (parts) => parts.filter(([, n]) => n).map(([what, n]) => t(`whom.${what}`, { n: number(n) })).join(t("whom.and"));

/** What the public was told of it: the notice that stands. @param {string|null|undefined} incident */
const toldOf = (incident, state = "published") => (incident ? store.notices.find((one) => one.incident === incident && one.state === state) : undefined);

/** As surely as it said so itself, whatever is known by now; once water is back nobody is without it. @param {any} notice @returns {Water} */
function asSaid(notice) {
  const water = waterOf(notice.incident);
  return water === "off" || water === "may_be_off" ? (notice.doubted ? "may_be_off" : "off") : water;
}

/** Else the one that said that it is over. @param {any} order */
const overOf = (order) => (toldOf(order.incident) ? undefined : toldOf(order.incident, "restored"));

/** Of an order whose notice has other numbers than the hub: both, and which version.
 * @param {any} order @returns {{n: number, told: string, reckoned: string}|null} */
export function apart(order) {
  const notice = toldOf(order.incident);
  const [told, reckoned] = [notice ? whom(notice, asSaid(notice)) : "", whom(order)];
  return notice && told && told !== reckoned ? { n: notice.version, told, reckoned } : null;
}

/** Those of an order in words: as the public was told, and as the hub reckons where that is another.
 * @param {any} order @returns {string[]} */
export function whomOf(order) {
  const both = apart(order);
  if (!both) return [whom(overOf(order) ?? order)];
  return [t("whom.told", { n: both.n, whom: both.told }), both.reckoned && t("whom.reckoned", { whom: both.reckoned })];
}

/** The same as facts, each with its heading. @param {any} order @returns {[string, string][]} */
export function whomFacts(order) {
  const both = apart(order);
  if (!both) return [whomFact(overOf(order) ?? order)];
  return [[t("whom.head_told", { n: both.n }), both.told], [t("whom.head_reckoned"), both.reckoned]];
}

/** @param {() => any[]} orders that are shown @param {() => void} changed what is known or was told of their water is another now */
export function onWhom(orders, changed) {
  let known = "[]";
  onWater(orders, changed);
  on("notice", () => {
    const now = JSON.stringify(orders().map(apart).filter(Boolean));
    if (now !== known) void released().then(changed);
    known = now;
  });
}

/** The same with its heading; of what is over, how many it had been. @param {any} record @returns {[string, string]} */
export function whomFact(record) {
  if (ended(record)) return [t("whom.head_back"), whom(record)];
  const water = waterOf(record.incident);
  const all = (record.accounts_affected ?? 0) + (record.accounts_weak ?? 0);
  return water === "back" ? [t("whom.head_back"), all ? number(all) : ""] : [t("whom.head"), whom(record, water)];
}
