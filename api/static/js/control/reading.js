/** What an alarm measured and against what, in the words of its kind. */
import { FLOW, figure, unitOf } from "../core/format.js";
import { t } from "../core/words.js";

const SILENCE = { quantity: "silence", unit: "s" };

/** Whose limit is what was expected. */
const USUAL = new Set(["burst", "leak", "ewma", "cusum"]);
/** Whose value counts instruments, has none, or is of another instrument than its own: nothing to read as a measurement. */
const WITHOUT_VALUE = new Set(["communication", "bad_quality", "quality_event", "cross_check", "level_control"]);

/**
 * A zone's own alarms speak of its inflow; silence is told in seconds, a rate by the hour.
 * @param {any} alarm @param {any} tag its instrument, if it has one
 * @returns {{value: string, limit: string, unit: string, usual: boolean, status: boolean}|null} usual: the limit
 * is what was expected, not a bound. status: both are words. null: it has no value.
 */
export function reading(alarm, tag) {
  if (alarm.value === null || WITHOUT_VALUE.has(alarm.kind) || (!tag && !alarm.zone)) return null;
  const stale = alarm.kind === "stale";
  if (!stale && tag?.quantity === "status") {
    const should = alarm.limit === null ? "" : t(alarm.limit ? "reading.should_run" : "reading.should_stop");
    return { value: t(alarm.value ? "reading.running" : "reading.stopped"), limit: should, unit: "", usual: false, status: true };
  }
  const of = stale ? SILENCE : tag ?? FLOW;
  const unit = `${unitOf(of)}${alarm.kind === "rate" ? "/h" : ""}`;
  const limit = alarm.limit === null ? "" : figure(alarm.limit, of);
  return { value: figure(alarm.value, of), limit, unit, usual: USUAL.has(alarm.kind), status: false };
}
