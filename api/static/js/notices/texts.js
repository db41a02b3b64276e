/** What the public reads, in both languages, and what a new version changes in it. */
import { el } from "../core/dom.js";
import { t } from "../core/words.js";

const LANGUAGES = /** @type {const} */ (["zh", "en"]);

/** Paragraphs of `now`, those that `before` has not marked; what is gone where it stood.
 * @param {string} before @param {string} now */
function compared(before, now) {
  const old = before.split("\n");
  const said = [];
  let fresh = /** @type {string[]} */ ([]);
  let at = 0;
  for (const line of [...now.split("\n"), null]) {
    const end = line === null ? old.length : old.indexOf(line, at);
    if (line !== null && end < 0) {
      fresh.push(line);
      continue;
    }
    said.push(...old.slice(at, end).map((gone) => el("del", {}, gone)), ...fresh.map((one) => el("ins", {}, one)));
    if (line !== null) said.push(line);
    fresh = [];
    at = end + 1;
  }
  return said.map((one) => el("p", {}, one));
}

/** @param {any} notice @param {any} [before] what stands, to compare with */
export function texts(notice, before = null) {
  return el("div", { class: "texts" }, ...LANGUAGES.map((in_) => {
    const old = before ?? notice;
    return el("article", { lang: in_ === "zh" ? "zh-CN" : "en" },
      el("p", { class: "quiet" }, t(`notices.${in_}`)),
      ...compared(old.title[in_], notice.title[in_]).map((line) => el("h4", {}, ...line.childNodes)),
      ...compared(old.body[in_], notice.body[in_]),
      ...compared(old.advice[in_], notice.advice[in_]));
  }));
}
