/** Commands about notices: what is refused says everything that is missing, one line each. */
import { byId, setText } from "../core/dom.js";
import { local, t } from "../core/words.js";

const DEADLINE_MS = 8000;
let underWay = false;

/** @param {string} text @param {boolean} [bad] */
export function say(text, bad = false) {
  byId("message").className = bad ? "message bad" : "message";
  setText(byId("message"), text);
}

/**
 * One command at a time; its answer, or null once the refusal is shown.
 * @param {string} method @param {string} path @param {object} [body]
 * @param {(why: string) => void} [lost] it cannot follow (409): others were quicker
 * @returns {Promise<any>}
 */
export async function send(method, path, body = {}, lost) {
  if (underWay) return null;
  underWay = true;
  say(t("notices.sending"));
  try {
    const answer = await fetch(path, {
      method,
      credentials: "same-origin",
      signal: AbortSignal.timeout(DEADLINE_MS),
      headers: { "content-type": "application/json", "idempotency-key": crypto.randomUUID() },
      body: JSON.stringify(body),
    });
    const told = await answer.json().catch(() => null);
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
  } finally {
    underWay = false;
  }
  return null;
}

/** @param {string} id @param {string} [step] */
export const path = (id, step = "") => `/api/v1/notices/${encodeURIComponent(id)}${step ? `/${step}` : ""}`;
