/** What somebody does is said in a line: while it is sent, once the hub has written it down, and why it did not. */
import { byId, setText } from "./dom.js";
import { failure, post } from "./http.js";
import { t } from "./words.js";

/** @param {string} text @param {boolean} [bad] */
export function say(text, bad = false) {
  byId("message").className = bad ? "message bad" : "message";
  setText(byId("message"), text);
}

/** Whether it is done; what is shown afterwards is what the hub has. @param {string} path @param {object} body
 * @param {string} done the word for it @param {() => Promise<void>} then draws what stands */
export async function act(path, body, done, then) {
  say(t("desk.sending"));
  try {
    await post(path, body);
    say(t(done));
    return true;
  } catch (error) {
    say(failure(error), true);
    return false;
  } finally {
    await then();
  }
}
