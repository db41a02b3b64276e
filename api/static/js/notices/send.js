/** Commands about notices: what is refused says everything that is missing, one line each. */
import { byId, setText } from "../core/dom.js";
import { answered, keyOf } from "../core/once.js";
import { local, t } from "../core/words.js";

const DEADLINE_MS = 8000;
/** What is under way or waits for its turn: the same is not sent twice. */
const unanswered = new Set();
/** @type {Promise<unknown>} */
let before = Promise.resolve();

/** @param {string} text @param {boolean} [bad] */
export function say(text, bad = false) {
  byId("message").className = bad ? "message bad" : "message";
  setText(byId("message"), text);
}

/**
 * One command at a time, each in its turn: what a person presses while the answer of the one before is on its
 * way is not lost. Its answer, or null once the refusal is shown.
 * @param {string} method @param {string} path @param {object} [body]
 * @param {(why: string) => void} [lost] it cannot follow (409): others were quicker
 * @returns {Promise<any>}
 */
export function send(method, path, body = {}, lost) {
  const what = JSON.stringify([method, path, body]);
  if (unanswered.has(what)) return Promise.resolve(null);
  unanswered.add(what);
  const turn = before.then(() => sent(method, path, body, lost)).finally(() => unanswered.delete(what));
  before = turn;
  return turn;
}

/** @param {string} method @param {string} path @param {object} body @param {((why: string) => void)|undefined} lost @returns {Promise<any>} */
async function sent(method, path, body, lost) {
  say(t("notices.sending"));
  const act = JSON.stringify([method, path, body]);
  try {
    const answer = await fetch(path, {
      method,
      credentials: "same-origin",
      signal: AbortSignal.timeout(DEADLINE_MS),
      headers: { "content-type": "application/json", "idempotency-key": keyOf(act) },
      body: JSON.stringify(body),
    });
    const told = await answer.json().catch(() => null);
    answered(act, answer.ok && !told ? 0 : answer.status);
    if (answer.ok) {
      say(t("notices.done"));
      return told;
    }
    const missing = (told?.missing ?? []).map((/** @type {any} */ one) => `✕ ${local(one.why)}`);
    const why = (missing.length ? missing : [local(told?.why) || told?.detail || answer.statusText]).join("\n");
    say(why, true);
    if (answer.status === 409) lost?.(why);
  } catch {
    say(t("notices.unreachable"), true);
  }
  return null;
}

/** @param {string} id @param {string} [step] */
export const path = (id, step = "") => `/api/v1/notices/${encodeURIComponent(id)}${step ? `/${step}` : ""}`;
