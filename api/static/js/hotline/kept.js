/** Forms that were begun and left: a key, or the next call, loses nothing that was put into one. In this page only. */

/** @typedef {{node: HTMLFormElement, of: string, apart: boolean, touched: boolean, triage: any[], save: (body: object) => Promise<boolean>}} Begun of: for whom; triage: what was answered before it */

const MOST = 8;
/** @type {Map<string, Begun>} */
const kept = new Map();

/** @param {string} of */
export const keptOf = (of) => kept.get(of) ?? null;

/** The oldest goes, where there are too many. @param {Begun} one */
export function keep(one) {
  kept.delete(one.of);
  kept.set(one.of, one);
  if (kept.size > MOST) kept.delete([...kept.keys()][0]);
}

/** @param {Begun} one */
export function drop(one) {
  if (kept.get(one.of) === one) kept.delete(one.of);
}
