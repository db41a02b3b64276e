/** What may come of the work, and why a crew gives an order back: the lists that people choose from. */

export const MENDED = ["repaired", "temporary_repair"];
export const NOT_MENDED = ["not_found", "not_ours", "third_party", "false_alarm", "no_action"];
export const REJECTS = ["not_our_asset", "cannot_locate", "duplicate", "safety"];
