/** What has changed of a draft under the eyes of whoever reads it. */
import { asRead } from "../core/as_read.js";
import { number } from "../core/format.js";
import { page } from "../core/page.js";
import { t } from "../core/words.js";

const WAITS = ["draft", "approved"];
const READ = ["title", "body", "advice", "streets", "institutions", "accounts_affected", "accounts_weak"];

/** In a line; "" where there is nothing to read again: it says the same, or its reader wrote it.
 * @param {any} was the notice as it was drawn before @param {any} notice */
export function changed(was, notice) {
  if (was?.id !== notice.id) return "";
  const [before, now] = [was, notice].map((one) => one.pending ?? one);
  const said = (/** @type {any} */ one) => JSON.stringify(READ.map((name) => one[name]));
  const waiting = WAITS.includes(before.state) && WAITS.includes(now.state);
  if (!waiting || now.author === page.me?.id || said(before) === said(now)) return "";
  const [a, b] = [was, notice].map((one) => asRead(one));
  return t(a.accounts === b.accounts ? "notices.changed" : "notices.changed_accounts", { was: number(a.accounts), now: number(b.accounts) });
}
