/** Plant time from the anchor that every `hb` carries; simulated in a demo, real in a plant. */

let plant0 = 0;
let speed = 1;
let heard = 0;
let skew = 0;

/**
 * What an `hb` says: the plant's time as it was sent, and the anchor. Our own clock may be wrong; only its
 * running is used.
 * @param {string} now @param {{real: string, sim: string, speed: number}} anchor
 */
export function setClock(now, anchor) {
  speed = anchor.speed;
  plant0 = Date.parse(now);
  heard = performance.now();
  skew = Date.parse(anchor.real) + (plant0 - Date.parse(anchor.sim)) / speed - Date.now();
}

/** Plant time now, ms UTC; 0 before anything was heard. */
export const plantNow = () => (plant0 ? plant0 + (performance.now() - heard) * speed : 0);

/** What is known of the plant's clock, to be kept: its time when this device's clock said `device`, and its rate.
 * @returns {{plant: number, device: number, speed: number}} */
export const keptClock = () => ({ plant: plantNow(), device: Date.now(), speed });

/** As it was kept, until the plant is heard again: how far this device's clock is off, and the rate, stay.
 * @param {{plant: number, device: number, speed: number}} kept */
export function resumeClock(kept) {
  speed = kept.speed;
  plant0 = kept.plant + (Date.now() - kept.device) * speed;
  heard = performance.now();
}

/** Plant time of a moment by this device's clock, ms; NaN while the plant's clock is not known. @param {number} ms */
export const plantTimeOf = (ms) => (plant0 ? plantNow() - (Date.now() - ms) * speed : NaN);

/** How many times faster than real time the plant runs. */
export const plantSpeed = () => speed;

/** The server's clock minus ours, ms. */
export const clockSkew = () => skew;
