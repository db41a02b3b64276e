/** Commands about notices: what is refused says everything that is missing, one line each. */
import { byId, setText } from "../core/dom.js";
import { failure, post, put, Refused, SIGNED_OUT } from "../core/http.js";
import { signInAgain } from "../core/sign_in.js";
import { local, t } from "../core/words.js";

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
  try {
    const told = await (method === "PUT" ? put : post)(path, body);
    say(t("notices.done"));
    return told;
  } catch (error) {
    const { status, body: told } = error instanceof Refused ? error : { status: -1, body: null };
    const missing = (told?.missing ?? []).map((/** @type {any} */ one) => `✕ ${local(one.why)}`);
    const why = missing.length ? missing.join("\n") : status === 0 ? t("notices.unreachable") : failure(error);
    say(why, true);
    if (status === SIGNED_OUT) byId("message").append(" ", signInAgain(t("notices.sign_in")));
    if (status === 409) lost?.(why);
  }
  return null;
}

/** @param {string} id @param {string} [step] */
export const path = (id, step = "") => `/api/v1/notices/${encodeURIComponent(id)}${step ? `/${step}` : ""}`;
