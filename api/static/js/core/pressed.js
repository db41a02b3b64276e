/** What is pressed stays under the finger: a button drawn anew between down and up is never clicked. */

/** Of a finger that nobody saw go. */
const LONGEST_MS = 10_000;
/** A touch is a click only a moment after the finger is gone. */
const AFTER_MS = 50;
let down = false;
let timer = 0;
/** @type {(() => void)[]} */
let waiting = [];

function release() {
  down = false;
  for (const go of waiting.splice(0)) go();
}

/** @param {number} ms */
function releaseIn(ms) {
  clearTimeout(timer);
  timer = window.setTimeout(release, ms);
}

addEventListener("pointerdown", () => {
  down = true;
  releaseIn(LONGEST_MS);
}, true);
for (const name of ["pointerup", "pointercancel"]) addEventListener(name, () => releaseIn(AFTER_MS), true);
addEventListener("click", () => {
  down = false;
  releaseIn(0);
}, true);

addEventListener("blur", () => releaseIn(0));

export const pressed = () => down;

/** Nothing is pressed: before drawing what nobody asked for. @returns {Promise<void>} */
export const released = () => (down ? new Promise((go) => waiting.push(go)) : Promise.resolve());
