/** What is asked for again as something changes: soon, one question at a time, and a storm of changes is a handful. */

const QUIET_MS = 120;
const AT_MOST_EVERY_MS = 500;
/** Of the time at most a tenth is spent on one question, however much it takes. */
const SHARE = 10;
/** What was not answered is asked again: the event that asked for it does not come twice. */
export const AGAIN_MS = 3000;

/** How long one waited for no answer is no measure of what an answer takes.
 * @param {() => Promise<boolean>} ask never rejects; whether it was answered @returns {() => void} asks for it again soon */
export function soon(ask) {
  let timer = 0;
  let later = 0;
  let at = -Infinity;
  let took = 0;
  let again = false;
  return function wish() {
    if (timer) {
      again = true;
      return;
    }
    const rest = Math.max(AT_MOST_EVERY_MS, SHARE * took);
    const wait = Math.max(QUIET_MS, at + rest - performance.now());
    timer = window.setTimeout(async () => {
      clearTimeout(later);
      at = performance.now();
      again = false;
      const answered = await ask();
      took = answered ? performance.now() - at : 0;
      timer = 0;
      if (again) wish();
      else if (!answered) later = window.setTimeout(wish, AGAIN_MS);
    }, wait);
  };
}
