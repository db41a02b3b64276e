/** The crew's orders: as the server last told them, with what was done on this phone since. */
import { keptClock, plantTimeOf, resumeClock } from "../core/clock.js";
import { get, Refused } from "../core/http.js";
import { page } from "../core/page.js";
import { recall, remember } from "./box.js";
import { pendingOf, settle } from "./queue.js";
import { further } from "./further.js";
import { byValves, doneAt, offBalance, told, withAct } from "./turned.js";

/** The way of a repair, one large button each. */
const WAY = ["accept", "depart", "arrive", "isolate", "repair", "flush", "complete", "resume"];
/** No step: what is done then is turning them. */
export const OPEN_VALVES = "open-valves";
const MAIN = ["depart", "arrive", "isolate", "complete", "resume"];

/** @type {{items: any[], steps: Record<string, {before: string[], after: string|null, note_from: string[]}>, kept?: Record<string, string[]>, parts: any[], at: number}} */
let seen = { items: [], steps: {}, parts: [], at: 0 };
let reached = false;
/** What lies in the pool: taken with a network only, so never kept. @type {any[]} */
let pooled = [];

const key = () => `orders:${page.me?.id ?? ""}`;
const CLOCK = "clock";

/** What the last visit left on the phone. */
export async function recallOrders() {
  seen = (await recall(key())) ?? seen;
}

/** How far the phone's clock is from the plant's, as it was last heard: also after a sleep, in which a page's
 * own running time may stand still. */
export async function recallClock() {
  const clock = await recall(CLOCK);
  if (clock) resumeClock(clock);
}

/** The plant's clock was heard. */
export const rememberClock = () => remember(CLOCK, keptClock());

/** @returns {Promise<number>} 200, the status of a refusal, or 0 without an answer */
export async function loadOrders() {
  const asked = Date.now();
  try {
    const { items, steps, kept, parts } = await get("/api/v1/crew/orders");
    seen = { items, steps, kept, parts, at: Date.now() };
    reached = true;
    await settle(asked);
    await remember(key(), seen);
    pooled = page.me?.crew ? ((await get("/api/v1/pool").catch(() => null))?.items ?? []) : [];
    return 200;
  } catch (error) {
    reached = false;
    pooled = [];
    return error instanceof Refused ? error.status : 0;
  }
}

/** Whether the server ever told this phone its orders. */
export const everSeen = () => seen.at > 0;
/** When it last did, plant time in ms; NaN for never, or while the plant's clock is not known. */
export const seenAt = () => (seen.at ? plantTimeOf(seen.at) : NaN);
export const partsAboard = () => seen.parts ?? [];
export const pool = () => pooled;
export const online = () => reached;
/** Nothing is heard of the server any more: it is away until it answers. */
export const lost = () => {
  reached = false;
};

/** The most urgent first; what is done last. */
export const orders = () =>
  seen.items.map(asDone).sort((a, b) => Number(!a.next) - Number(!b.next) || a.priority - b.priority ||
    String(a.due ?? "9").localeCompare(String(b.due ?? "9")) || a.id.localeCompare(b.id));

/** @param {string} id */
export const orderOf = (id) => orders().find((order) => order.id === id);

/** When the next of its clocks ends that does not stop in this state. @param {any} order @param {string} state */
const next = (order, state) =>
  order.clocks.find((/** @type {any} */ one) => !seen.kept?.[one.clock]?.includes(state))?.due ?? null;

/** Work is not done while a valve is left shut for it, unless somebody says why it stays so.
 * @param {string} step @param {string} state @param {string|null} left @param {import("./turned.js").Off[]} off */
function after(step, state, left, off) {
  const leads = seen.steps[step]?.after ?? left ?? state;
  if (leads === "to_open") return byValves(leads, off, false);
  return leads === "completed" && state !== "to_open" ? byValves(leads, off, true) : leads;
}

/** With the steps that wait on this phone taken, as they will be if nobody else moves the order. What the hub's
 * orders tell of already is not told twice, though its own answer is still on the way. @param {any} order */
function asDone(order) {
  const there = new Set([...(order.acts ?? []), ...[...order.notes, ...order.photos].map((/** @type {any} */ one) => one.id)]);
  const waiting = pendingOf(order.id).filter((act) => !there.has(act.id));
  let { state, left, due } = order;
  const milestones = [...order.milestones];
  let log = told(order);
  let off = offBalance(log);
  for (const act of waiting) {
    const before = state;
    log = withAct(log, act);
    off = offBalance(log);
    if (act.what === "valve" || act.what === "undo") state = byValves(state, off, act.body.turning !== "open");
    if (act.what === "step") {
      state = after(act.body.step, state, left, off);
      left = act.body.step === "suspend" ? before : null;
    }
    if (act.what !== "step" && state === before) continue;
    due = next(order, left ?? state);
    milestones.push({ state, at: act.at, done_ms: doneAt(act), waiting: true });
  }
  const able = Object.keys(seen.steps).filter((name) => seen.steps[name].before.includes(state));
  return {
    ...order, state, due, milestones, waiting, able, off_balance: off, way: further(order.way, milestones.filter((one) => one.waiting)),
    next: state === "to_open" ? OPEN_VALVES : MAIN.find((name) => able.includes(name)) ?? null,
    others: WAY.filter((name) => able.includes(name)),
  };
}
