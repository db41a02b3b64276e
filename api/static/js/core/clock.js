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

/** Plant time now, ms UTC. */
export const plantNow = () => (plant0 ? plant0 + (performance.now() - heard) * speed : 0);

/** How many times faster than real time the plant runs. */
export const plantSpeed = () => speed;

/** The server's clock minus ours, ms. */
export const clockSkew = () => skew;
