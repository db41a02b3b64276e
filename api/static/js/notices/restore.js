/** That water is back: how it is known, then what goes out is read, then it is said by a second press. */
import { el, replace } from "../core/dom.js";
import { failure, get } from "../core/http.js";
import { local, t } from "../core/words.js";
import { deliberate } from "../press/deliberate.js";
import { DEADLINE_MS, outgoing, summed } from "./outgoing.js";
import { path, say } from "./send.js";

/** What a reason given here is the answer to; the rest forbids it. */
const ANSWERED = "recovery_missing";
const LANGUAGES = /** @type {const} */ (["zh", "en"]);

/**
 * @param {any} notice @param {HTMLElement} line where the question stands @param {HTMLElement} below what goes out
 * @param {(body: object, read: any) => Promise<boolean>} go whether it was said
 * @param {() => void} back
 */
export function restoration(notice, line, below, go, back) {
  /** @type {any} */
  let seen = null;
  let reason = "";
  const no = (/** @type {() => void} */ act, /** @type {string} */ word) => el("button", { type: "button", onclick: act }, t(word));
  ask();
  void look();

  function ask() {
    const box = /** @type {HTMLInputElement} */ (el("input", { id: "why", maxlength: 200, size: 34, value: reason }));
    replace(line, el("form", { class: "actions", onsubmit: (/** @type {Event} */ event) => {
      event.preventDefault();
      reason = box.value;
      void asked();
    } }, el("label", { for: "why" }, t(notice.incident ? "notices.why_back" : "notices.why_back_needed"), box), el("button", { class: "strong", "data-act": "restore-read" }, t("notices.read_on")), no(back, "notices.cancel")));
    box.focus();
  }

  /** As it is now: a crew may have shut a valve since it was looked at. */
  async function asked() {
    await look();
    if (!seen) return;
    const why = lacking();
    if (why.length) say(why.join("\n"), true);
    else sure();
  }

  /** What is refused anyway is said before it is asked for. */
  const lacking = () => seen.lacks.filter((/** @type {any} */ one) => one.item !== ANSWERED || !reason.trim()).map((/** @type {any} */ one) => `✕ ${local(one.why)}`);

  async function look() {
    seen = await read(notice, below, "restored");
  }

  function sure() {
    say("");
    const yes = deliberate(el("button", { type: "button", class: "strong", "data-act": "restore-sure", onclick: () => void go(reason ? { reason } : {}, seen.notice).then((done) => done || ask()) }, t("notices.act.publish")));
    replace(line, el("span", {}, t("notices.sure.restore", { sum: summed(seen.messages) })), yes, no(ask, "notices.cancel"));
    yes.focus();
  }
}

/**
 * Shows what goes out if the notice ends now; with the notice as it was before that was asked for. Null when it
 * cannot be read, or is not asked for any more.
 * @param {any} notice @param {HTMLElement} below @param {"restored"|"withdrawn"} over
 */
export async function read(notice, below, over) {
  replace(below, el("section", { id: "outgoing" }, el("p", { class: "quiet" }, t("outgoing.reading"))));
  try {
    const now = await get(path(notice.id), DEADLINE_MS);
    const [said, sent] = await Promise.all(["renderings", "messages"].map((what) => get(`${path(notice.id, what)}?over=${over}`, DEADLINE_MS)));
    if (!below.isConnected || !below.firstChild) return null;
    replace(below, section(said, sent.messages));
    return { notice: now, lacks: said.lacks, messages: sent.messages };
  } catch (error) {
    replace(below);
    say(failure(error), true);
    return null;
  }
}

/** @param {any} said @param {any} messages */
function section(said, messages) {
  const hard = said.lacks.filter((/** @type {any} */ one) => one.item !== ANSWERED);
  return el("section", { id: "outgoing" }, el("h3", {}, t("outgoing.title")),
    ...hard.map((/** @type {any} */ one) => el("p", { class: one.hard ? "hard" : "soft", "data-lack": one.item }, one.hard ? "✕ " : "! ", local(one.why))),
    el("p", {}, summed(messages)),
    el("div", { class: "texts" }, ...LANGUAGES.map((lang) => el("article", { lang: lang === "zh" ? "zh-CN" : "en" },
      el("p", { class: "quiet" }, `${t(`notices.${lang}`)} · ${t("preview.web")}`),
      el("h4", {}, said.headline[lang]), ...said.web[lang].split("\n").map((/** @type {string} */ line) => el("p", {}, line)),
      ...(messages ? outgoing(messages, lang) : [])))));
}
