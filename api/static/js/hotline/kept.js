/** Forms that were begun and left: a key, or the next call, loses nothing that was put into one. In this page only:
 * they are about callers. */
import { inPage } from "../core/kept.js";

/** @typedef {{node: HTMLFormElement, of: string, apart: boolean, touched: boolean, triage: any[], save: (body: object) => Promise<boolean>}} Begun of: for whom; triage: what was answered before it */

/** @type {import("../core/kept.js").Kept<Begun>} */
const kept = inPage();

/** @param {string} of */
export const keptOf = (of) => kept.of(of);

/** @param {Begun} one */
export const keep = (one) => kept.keep(one.of, one);

/** @param {Begun} one */
export function drop(one) {
  if (kept.of(one.of) === one) kept.drop(one.of);
}
