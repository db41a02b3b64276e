/** Alarm tones by priority, made by the browser itself (Web Audio): no file, no other origin. */

const TONES = /** @type {Record<number, number[]>} */ ({ 1: [880, 660, 880, 660], 2: [880, 660], 3: [660], 4: [520] });
const APART_S = 0.25;
const LONG_S = 0.18;
const VOLUME = 0.2;

/** A sounding waits so long for the browser to begin, which takes it a moment. */
const SOON_MS = 500;

/** @type {AudioContext|null} */
let context = null;
/** The browser was asked by ourselves, and has not answered. */
let asked = false;
/** @type {{at: number, play: () => void}[]} */
let waiting = [];

function opened() {
  if (context) return context;
  const made = new AudioContext();
  made.onstatechange = () => {
    if (made.state !== "running") return;
    for (const one of recent()) one.play();
    waiting = [];
  };
  context = made;
  return made;
}

const recent = () => waiting.filter(({ at }) => performance.now() - at < SOON_MS);

/** The browser's state of sound: "running", or why nothing is heard. It asks for sound if that was not done yet. */
export const soundState = () => opened().state;

/** Ask the browser again: it lets sound be heard once a person has touched the page. */
export const wakeSound = () => opened().resume();

/** One sounding of a priority. While the browser blocks sound nothing is heard, and nothing piles up: its clock
 * stands still, so that all would be heard at once with the first touch.
 * @param {number} priority @param {number} [afterS] */
export function sound(priority, afterS = 0) {
  const on = opened();
  const play = () => tones(on, priority, afterS);
  if (on.state === "running") return play();
  waiting = [...recent(), { at: performance.now(), play }];
  if (asked) return;
  asked = true;
  void wakeSound().finally(() => { asked = false; });
}

/** @param {AudioContext} on @param {number} priority @param {number} afterS */
function tones(on, priority, afterS) {
  const volume = on.createGain();
  volume.gain.value = VOLUME;
  volume.connect(on.destination);
  (TONES[priority] ?? TONES[4]).forEach((hertz, n) => tone(on, volume, hertz, on.currentTime + afterS + APART_S * n));
}

/** @param {AudioContext} on @param {AudioNode} to @param {number} hertz @param {number} at */
function tone(on, to, hertz, at) {
  const source = on.createOscillator();
  source.frequency.value = hertz;
  source.connect(to);
  source.start(at);
  source.stop(at + LONG_S);
}
