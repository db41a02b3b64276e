/**
 * The one event stream. Whether the page is live is judged by frames alone: with a frozen server
 * `readyState` stays OPEN for ever. A forced reconnect names the last ledger event it saw (`?since=`),
 * because a new EventSource sends no Last-Event-ID.
 */

const NOT_LIVE_MS = 5000;
const RECONNECT_MS = 8000;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 15000;
const TICK_MS = 250;

/** @typedef {(name: string, data: any, id: number|null) => void} OnFrame */

export class Stream {
  /**
   * @param {string} address
   * @param {readonly string[]} names of the events to hear
   * @param {OnFrame} onFrame
   * @param {(live: boolean, ageMs: number) => void} onAge four times a second
   * @param {() => void} [onLost] the connection broke, or could not be made
   */
  constructor(address, names, onFrame, onAge, onLost = () => undefined) {
    this.address = address;
    this.names = names;
    this.onFrame = onFrame;
    this.onAge = onAge;
    this.onLost = onLost;
    /** @type {string|null} */
    this.last = null;
    this.heard = performance.now();
    this.opened = 0;
    this.wait = FIRST_WAIT_MS;
    /** @type {EventSource|null} */
    this.source = null;
  }

  /** @param {string|number|null} [since] the last ledger event that the page's first answers include */
  start(since = null) {
    if (since !== null) this.last = String(since);
    this.open();
    setInterval(() => this.watch(), TICK_MS);
  }

  /** Ms since the last frame. */
  get age() {
    return performance.now() - this.heard;
  }

  open() {
    this.source?.close();
    this.opened = performance.now();
    const since = this.last === null ? "" : `?since=${encodeURIComponent(this.last)}`;
    const source = new EventSource(this.address + since);
    for (const name of this.names) {
      source.addEventListener(name, (event) => this.frame(source, name, /** @type {MessageEvent} */ (event)));
    }
    source.onerror = () => {
      source.close();
      if (source === this.source) this.onLost();
    };
    this.source = source;
  }

  /** @param {EventSource} source @param {string} name @param {MessageEvent} event */
  frame(source, name, event) {
    if (source !== this.source) return;
    this.heard = performance.now();
    this.wait = FIRST_WAIT_MS;
    if (event.lastEventId) this.last = event.lastEventId;
    const data = event.data ? JSON.parse(event.data) : null;
    this.onFrame(name, data, event.lastEventId ? Number(event.lastEventId) : null);
    this.onAge(true, 0);
  }

  watch() {
    const tried = performance.now() - this.opened;
    const closed = this.source?.readyState === EventSource.CLOSED;
    const silent = this.age > RECONNECT_MS && tried > RECONNECT_MS;
    if ((closed && tried > this.wait) || silent) {
      this.wait = Math.min(this.wait * 1.6, LONGEST_WAIT_MS) * (0.85 + Math.random() * 0.3);
      this.open();
    }
    this.onAge(this.age < NOT_LIVE_MS, this.age);
  }
}
