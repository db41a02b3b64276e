/** What is asked for again as something changes: soon, one question at a time, and a storm of changes is a handful. */

const QUIET_MS = 120;
const AT_MOST_EVERY_MS = 500;
/** Of the time at most a tenth is spent on one question, however much it takes. */
const SHARE = 10;

/** @param {() => Promise<unknown>} ask never rejects @returns {() => void} asks for it again soon */
export function soon(ask) {
  let timer = 0;
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
      at = performance.now();
      again = false;
      await ask();
      took = performance.now() - at;
      timer = 0;
      if (again) wish();
    }, wait);
  };
}
