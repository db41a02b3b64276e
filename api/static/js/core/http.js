/** Questions and commands to the hub's JSON interface. Every one has a deadline. */

import { answered, keyOf } from "./once.js";
import { page } from "./page.js";
import { t } from "./words.js";

const DEADLINE_MS = 8000;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 15000;
export const SIGNED_OUT = 401;

/** A refusal in the hub's words (RFC 9457), or "unreachable" when there was no answer. */
export class Refused extends Error {
  /** @param {number} status 0 when nothing answered @param {string} detail @param {any} [body] whole */
  constructor(status, detail, body = null) {
    super(detail);
    this.status = status;
    this.body = body;
  }
}

/** Why it failed, in words. @param {unknown} error */
export const failure = (error) => /** @type {Error} */ (error).message;

/** Why the hub refused; whose session is over is told what to do. @param {Response} answer @param {any} body */
const reason = (answer, body) =>
  answer.status === SIGNED_OUT ? t("desk.do_sign_in") : body?.why?.[page.lang] ?? body?.detail ?? answer.statusText;

/** @param {string} path @param {RequestInit} [init] @returns {Promise<any>} */
async function ask(path, init = {}) {
  let answer;
  try {
    answer = await fetch(path, {
      credentials: "same-origin",
      signal: AbortSignal.timeout(DEADLINE_MS),
      ...init,
    });
  } catch {
    throw new Refused(0, t("desk.unreachable"));
  }
  if (answer.status === 204) return null;
  const body = await answer.json().catch(() => undefined);
  if (!answer.ok) throw new Refused(answer.status, reason(answer, body), body);
  // it broke off, or came too late
  if (body === undefined) throw new Refused(0, t("desk.unreachable"));
  return body;
}

/** @param {string} path @param {number} [deadlineMs] of what takes its time */
export const get = (path, deadlineMs = DEADLINE_MS) => ask(path, { signal: AbortSignal.timeout(deadlineMs) });

/** No answer, or none of the hub's own: another question may have one. @param {unknown} error */
export const passing = (error) => error instanceof Refused && (error.status === 0 || error.status >= 500);

/** What a page cannot do without is asked for until it is there; a refusal is one. @param {string} path @returns {Promise<any>} */
export async function need(path) {
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    try {
      return await get(path);
    } catch (error) {
      if (!passing(error)) throw error;
    }
    await new Promise((go) => setTimeout(go, wait));
  }
}

/** An act, done once however often it is sent. @param {string} path @param {object} [body] */
export const post = (path, body = {}) => done("POST", path, body);

/** @param {string} path @param {object} body */
export const put = (path, body) => done("PUT", path, body);

/** A question whose words may stand in no address; signing in. @param {string} path @param {object} body */
export const consult = (path, body) => sent("POST", path, body, {});

/** @param {string} method @param {string} path @param {object} body */
async function done(method, path, body) {
  const act = JSON.stringify([method, path, body]);
  try {
    const answer = await sent(method, path, body, { "idempotency-key": keyOf(act) });
    answered(act, 200);
    return answer;
  } catch (error) {
    answered(act, error instanceof Refused ? error.status : 0);
    throw error;
  }
}

/** @param {string} method @param {string} path @param {object} body @param {Record<string, string>} headers */
const sent = (method, path, body, headers) =>
  ask(path, { method, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) });

/** @param {string} path */
export const remove = (path) => ask(path, { method: "DELETE" });
