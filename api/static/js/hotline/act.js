/** The three buttons: link and notify in one click, take a report, find out whether it is indoors. */
import { failure, post } from "../core/http.js";
import { t } from "../core/words.js";
import { showCode } from "./code.js";
import { keptOf } from "./kept.js";
import { close, openReport } from "./report.js";
import { mass } from "./ring.js";
import { answers, indoors } from "./triage.js";

/** @typedef {{say: (text: string, bad?: boolean) => void, done: () => void, next: () => void, redraw: () => void, again: () => Promise<void>, here: () => boolean, of: () => string}} Page here: its caller is still the one who is spoken to; of: who that is */
/** @typedef {{key: string, label: string, run: (() => void)|null}} Button */

/** One report at a time: a second click while the first is on its way would be a second report. */
let saving = false;

/** What a caller inside this has, unless the agent says otherwise; null where only the caller knows: whoever rings about advice to boil may have seen nothing at all. @param {any} card */
function likely(card) {
  const supply = card.standing[0]?.supply;
  if (supply === "quality") return null;
  return supply === "low_pressure" || supply === "unaffected" ? "low_pressure" : "no_water";
}

/** @param {any} card @param {Page} page @param {boolean} surge @returns {Button[]} */
export function buttons(card, page, surge) {
  const next = { key: "next", label: t("mass.next"), run: page.next };
  if (card.linked) {
    const { report, work_order: order } = card.linked;
    const said = { key: "linked", label: order ? t("act.is_linked", { order }) : t("act.is_noted", { id: report }), run: null };
    return [said, { key: "undo", label: t("act.undo"), run: () => void undo(card, page) }, next];
  }
  if (!card.account && !card.caller && card.n_matches) return [];
  const report = (/** @type {boolean} */ apart) => () => open(card, apart, page);
  const symptom = likely(card);
  const ask = card.action === "report" || symptom === null;
  const label = card.action === "link" && ask ? t("act.link_ask") : t(`act.${card.action}`);
  const one = { key: card.action, label, run: ask ? report(false) : () => void save(card, { ...about(card), symptom, tell: true }, page) };
  const beside = ["nearby_outage", "street_named", "work_again"].includes(card.verdict);
  const apart = beside ? { key: "report", label: t("act.details"), run: report(false) } : { key: "apart", label: t("act.apart"), run: report(true) };
  if (surge) return [one, apart, next];
  const triage = { key: "triage", label: t("act.triage"), run: () => indoors(card.triage, report(false), close) };
  return [one, ...(card.action === "report" ? [] : [apart]), ...(card.triage.length ? [triage] : []), next].slice(0, 3);
}

const about = (/** @type {any} */ card) => ({ account: card.account?.id, call: card.caller?.call });

/** @param {any} card @param {boolean} apart @param {Page} page */
function open(card, apart, page) {
  openReport(card, page.of(), apart, (body) => save(card, { ...about(card), apart, ...body, ...(answers().length ? { triage: answers() } : {}) }, page));
}

/** The form that was begun for this caller, as it was left; false where there is none. @param {any} card @param {Page} page */
export function resume(card, page) {
  const one = card.linked ? null : keptOf(page.of());
  if (one) open(card, one.apart, page);
  return one !== null;
}

/** Whether it is saved. @param {any} card @param {object} body @param {Page} page */
async function save(card, body, page) {
  if (saving) return false;
  saving = true;
  try {
    const kept = await post("/api/v1/hotline/reports", body);
    const id = kept.report.id;
    const where = t(`place.${kept.place.why}`);
    const text = kept.work_order ? t("act.linked", { order: kept.work_order, n: kept.reports }) : kept.place.why === "in_footprint" ? t("act.known", { id }) : t("act.done", { id });
    page.say(`${text} · ${where}`);
    if (!page.here()) return true;
    close();
    card.linked = { report: id, work_order: kept.work_order };
    page.redraw();
    page.done();
    if (kept.tracking && !mass()) showCode(kept, close);
    return true;
  } catch (error) {
    page.say(t("act.failed", { why: failure(error) }), true);
    return false;
  } finally {
    saving = false;
  }
}

/** It was put with the wrong matter. @param {any} card @param {Page} page */
async function undo(card, page) {
  if (saving) return;
  saving = true;
  const id = card.linked.report;
  try {
    await post(`/api/v1/hotline/reports/${id}/take-back`, {});
    if (page.here()) await page.again();
    page.say(t("act.undone", { id }));
  } catch (error) {
    page.say(t("act.not_undone", { why: failure(error) }), true);
  } finally {
    saving = false;
  }
}
