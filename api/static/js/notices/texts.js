/** What the public reads, in both languages, and what a new version changes in it. */
import { el } from "../core/dom.js";
import { t } from "../core/words.js";

const LANGUAGES = /** @type {const} */ (["zh", "en"]);

/** Paragraphs of `now`, those that `before` has not marked; then what is gone.
 * @param {string} before @param {string} now */
function compared(before, now) {
  const old = before.split("\n");
  const fresh = now.split("\n");
  return [
    ...fresh.map((line) => el("p", {}, old.includes(line) ? line : el("ins", {}, line))),
    ...old.filter((line) => !fresh.includes(line)).map((line) => el("p", {}, el("del", {}, line))),
  ];
}

/** @param {any} notice @param {any} [before] what stands, to compare with */
export function texts(notice, before = null) {
  return el("div", { class: "texts" }, ...LANGUAGES.map((in_) => {
    const old = before ?? notice;
    return el("article", { lang: in_ === "zh" ? "zh-CN" : "en" },
      el("p", { class: "quiet" }, t(`notices.${in_}`)),
      el("h4", {}, before && old.title[in_] !== notice.title[in_] ? el("ins", {}, notice.title[in_]) : notice.title[in_]),
      ...compared(old.body[in_], notice.body[in_]),
      ...compared(old.advice[in_], notice.advice[in_]));
  }));
}
