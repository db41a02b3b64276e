/**
 * Acts go to the server one after the other, in the order in which they were done. One leaves the phone's disk
 * only when the server has it and its orders were read anew, so that what was done never seems undone meanwhile:
 * sent again, the server deals with it once (its id).
 */
import { byId, setText } from "../core/dom.js";
import { page } from "../core/page.js";
import { t } from "../core/words.js";
import { add, all, change, done } from "./box.js";

const FIRST_WAIT_MS = 3000;
const LONGEST_WAIT_MS = 60000;
const DEADLINE_MS = { photo: 120000, other: 15000 };
const LATER = new Set([0, 401, 403, 408, 425, 429, 507]);

/** @type {import("./box.js").Act[]} */
let waiting = [];
/** @type {"idle"|"sending"|"offline"|"sign_in"|"full"} */
let state = "idle";
let wait = FIRST_WAIT_MS;
let timer = 0;
let asked = false;
/** @type {() => void} */
let changed = () => undefined;
/** @type {() => void} */
let arrived = () => undefined;

export const queued = () => waiting;
export const queueState = () => state;

/** Mine that are still to go. */
export const pending = () => waiting.filter((act) => act.user === page.me?.id && !act.refused && !act.taken);

/** Not yet to be seen in what the server tells. @param {string} order */
export const pendingOf = (order) => waiting.filter((act) => act.order === order && !act.refused);

async function read() {
  waiting = await all();
  changed();
}

/** @param {() => void} onChange the queue is another @param {() => void} onArrival the server took something */
export async function startQueue(onChange, onArrival) {
  changed = onChange;
  arrived = onArrival;
  await read();
  window.addEventListener("online", () => {
    wait = FIRST_WAIT_MS;
    void flush();
  });
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && void flush());
  void flush();
}

/** On the phone's disk first, then to the server; a disk that takes nothing more is said. @param {Omit<import("./box.js").Act, "id"|"at"|"user">} act */
export async function enqueue(act) {
  try {
    await add({ ...act, id: crypto.randomUUID(), at: new Date().toISOString(), user: page.me?.id ?? "" });
  } catch {
    setText(byId("message"), t("crew.not_kept"));
    return;
  }
  await read();
  wait = FIRST_WAIT_MS;
  void flush();
}

/** An entry of a form, which is done: not every phone gives the focus to the button, and under a field that
 * has it nothing is drawn anew. @param {Parameters<typeof enqueue>[0]} act */
export function enter(act) {
  /** @type {HTMLElement|null} */ (document.activeElement)?.blur();
  return enqueue(act);
}

/** The orders were asked for at `asked` and are here: what the server had before is in them.
 * @param {number} asked ms by the phone's clock */
export async function settle(asked) {
  const told = (await all()).filter((act) => act.taken && act.taken < asked);
  for (const act of told) await done(act.n ?? 0);
  if (told.length) waiting = await all();
}

/** A person has read why it was refused. @param {number} n */
export async function dismiss(n) {
  await done(n);
  await read();
}

/** Send what waits: one after the other, also where the page is open in several tabs. */
export async function flush() {
  clearTimeout(timer);
  if (asked) return;
  asked = true;
  await navigator.locks.request("crew-queue", async () => {
    asked = false;
    await drain();
  });
}

async function drain() {
  for (;;) {
    await read();
    const [act] = pending();
    if (!act) return become("idle");
    become("sending");
    const status = await send(act);
    if (LATER.has(status) || status >= 500) {
      become(status === 401 ? "sign_in" : status === 507 ? "full" : "offline");
      timer = window.setTimeout(() => void flush(), wait);
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
      return;
    }
    wait = FIRST_WAIT_MS;
    arrived();
  }
}

/** @param {typeof state} next */
function become(next) {
  state = next;
  changed();
}

/** The answer's status, 0 without one. What is refused for good stays on the phone, with why.
 * @param {import("./box.js").Act} act */
async function send(act) {
  let answer;
  try {
    answer = await fetch(...requestOf(act));
  } catch {
    return 0;
  }
  if (LATER.has(answer.status) || answer.status >= 500) return answer.status;
  if (answer.ok) await change({ ...act, taken: Date.now() });
  else {
    const body = await answer.json().catch(() => ({}));
    const why = body.why?.[page.lang] ?? body.detail ?? answer.statusText;
    await change({ ...act, refused: { reason: body.reason ?? "", why, kept: body.kept === true } });
  }
  return answer.status;
}

/** @param {import("./box.js").Act} act @returns {[string, RequestInit]} */
function requestOf(act) {
  const order = `/api/v1/work-orders/${encodeURIComponent(act.order)}`;
  const times = { at: act.at, sent: new Date().toISOString() };
  const init = { method: "PUT", credentials: /** @type {const} */ ("same-origin") };
  if (act.what === "photo") {
    const query = new URLSearchParams({ stage: act.body.stage, ...times });
    const headers = { "content-type": act.type ?? "image/jpeg" };
    return [`${order}/photos/${act.id}?${query}`,
      { ...init, headers, body: act.content, signal: AbortSignal.timeout(DEADLINE_MS.photo) }];
  }
  const path = act.what === "note" ? `${order}/notes/${act.id}` : `${order}/acts/${act.id}`;
  const what = act.what === "note" ? {} : { what: act.what };
  return [path, {
    ...init,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...what, ...act.body, ...times }),
    signal: AbortSignal.timeout(DEADLINE_MS.other),
  }];
}
