/** Alarm tones by priority, made by the browser itself (Web Audio): no file, no other origin. */

const TONES = /** @type {Record<number, number[]>} */ ({ 1: [880, 660, 880, 660], 2: [880, 660], 3: [660], 4: [520] });
const APART_S = 0.25;
const LONG_S = 0.18;
const VOLUME = 0.2;

/** @type {AudioContext|null} */
let context = null;

/** The browser's state of sound: "running", or why nothing is heard. It asks for sound if that was not done yet. */
export function soundState() {
  context ??= new AudioContext();
  return context.state;
}

/** Ask the browser again: it lets sound be heard once a person has touched the page. */
export function wakeSound() {
  soundState();
  void context?.resume();
}

/** One sounding of a priority; nothing while the browser blocks it. @param {number} priority @param {number} [afterS] */
export function sound(priority, afterS = 0) {
  wakeSound();
  const on = /** @type {AudioContext} */ (context);
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
