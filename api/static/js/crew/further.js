/** An order's way with the steps that wait on this phone, as the hub will have it. */
const STEPS = ["reported", "assigned", "arrived", "stopped", "repaired", "over", "to_open", "opened", "restored", "called_back", "closed"];
const OF = /** @type {Record<string, string[]>} */ ({
  arrived: ["arrived"], isolated: ["stopped"], to_open: ["repaired", "to_open"], completed: ["repaired", "opened"],
});

/** Empty while the plant's clock is not known. @param {number} ms */
const iso = (ms) => (Number.isFinite(ms) ? new Date(ms).toISOString() : "?");

/** @param {{step: string, at: string|null}[]} way @param {{state: string, done_ms: number}[]} waiting plant time */
export function further(way, waiting) {
  const at = new Map(way.map((one) => [one.step, one.at]));
  for (const one of waiting) {
    for (const step of OF[one.state] ?? []) {
      if (step === "opened" && !at.has("to_open")) continue;
      if (step === "to_open") at.set("opened", null);
      if (!(step === "repaired" && at.get("over"))) at.set(step, at.get(step) ?? iso(one.done_ms));
    }
  }
  const last = Math.max(...STEPS.map((step, n) => (at.get(step) && step !== "restored" ? n : 0)));
  return STEPS.flatMap((step, n) => (at.get(step) || (n > last && at.has(step)) ? [{ step, at: at.get(step) ?? null }] : []));
}
