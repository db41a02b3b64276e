/** Each act of a person has a key (Idempotency-Key), which it keeps until it is answered: whoever presses again
 * after an answer was lost has it done once. */
const KEPT_MS = 300_000;
/** @type {Map<string, {key: string, at: number}>} */
const unanswered = new Map();

/** Also where the page is not of a secure context, in which there is no `crypto.randomUUID`. */
const fresh = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** @param {string} act the command whole: what differs in a word is another */
export function keyOf(act) {
  const known = unanswered.get(act);
  if (known && performance.now() - known.at < KEPT_MS) return known.key;
  const key = fresh();
  unanswered.set(act, { key, at: performance.now() });
  return key;
}

/** It was answered, also by a refusal: the same once more is another act. @param {string} act @param {number} status */
export function answered(act, status) {
  if (status > 0 && status < 500) unanswered.delete(act);
}
