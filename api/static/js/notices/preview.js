/** What people will receive: short message, telephone, press, page and the sheet for the door, in both languages. */
import { el, setText } from "../core/dom.js";
import { number } from "../core/format.js";
import { failure, get } from "../core/http.js";
import { t } from "../core/words.js";
import { arrives, DEADLINE_MS, outgoing, summed } from "./outgoing.js";
import { path } from "./send.js";

const LANGUAGES = /** @type {const} */ (["zh", "en"]);
const LONGEST_S = 25;
/** Which one is looked at, kept while the page stands. */
let chosen = "sms";

/** @param {any} said answer of /renderings @param {string} id @param {boolean} asked who is sent what, or was, is asked for: not by all who read it */
export function preview(said, id, asked) {
  /** Undefined until it is known; null: no channel is configured. @type {any} */
  let messages = asked ? undefined : null;
  let went = false;
  const kinds = /** @type {[string, (lang: "zh"|"en") => any[]][]} */ ([
    ["sms", (lang) => (messages === null ? message(said, lang) : sent(lang))],
    ["ivr", (lang) => spoken(said.ivr[lang])],
    ["press", (lang) => lines(said.press[lang])],
    ["web", (lang) => lines(said.web[lang])],
    ["poster", (lang) => [el("a", { href: `${path(id, "poster")}?lang=${lang}`, target: "_blank", rel: "noopener", class: "button" }, t("preview.open_poster"))]],
  ]);
  const body = el("div", { class: "texts" });
  const sum = el("p", { class: "sum" });
  const tabs = el("p", { class: "tabs actions", role: "group", "aria-label": t("preview.title") }, ...kinds.map(([name]) =>
    el("button", { type: "button", "data-preview": name, onclick: () => show(name) }, t(`preview.${name}`))));

  /** @param {"zh"|"en"} lang */
  function sent(lang) {
    if (!messages) return [el("p", { class: "quiet" }, t("outgoing.reading"))];
    return messages.sent.length ? outgoing(messages, lang) : [el("p", {}, t(went ? "outgoing.none_went" : "outgoing.nothing"))];
  }

  /** @param {string} name */
  function show(name) {
    chosen = name;
    for (const tab of tabs.querySelectorAll("button")) tab.setAttribute("aria-pressed", String(tab.dataset.preview === name));
    const draw = kinds.find(([one]) => one === name)?.[1] ?? (() => []);
    body.replaceChildren(...LANGUAGES.map((lang) => el("article", { lang: lang === "zh" ? "zh-CN" : "en" }, el("p", { class: "quiet" }, t(`notices.${lang}`)), ...draw(lang))));
  }

  show(chosen);
  if (asked) void get(path(id, "messages"), DEADLINE_MS).then((answer) => {
    ({ messages, went } = answer);
    setText(sum, summed(messages, went));
    show(chosen);
  }).catch((error) => setText(sum, failure(error)));
  return el("section", { id: "preview" }, el("h3", {}, t("preview.title")), sum, tabs, body);
}

/** @param {string} text */
const lines = (text) => text.split("\n").map((line) => el("p", {}, line));

/** @param {any} said @param {"zh"|"en"} lang */
function message(said, lang) {
  const sms = said.sms[lang];
  const own = said.channels.filter((/** @type {any} */ one) => one.address === "phone" || one.address === "wechat");
  const sent = own.map((/** @type {any} */ one) => channel(one, lang));
  if (own.some((/** @type {any} */ one) => one.address === "phone" && one[lang])) return sent.flat();
  return [
    ...(sms.text === null
      ? [el("p", { class: "bad" }, t("preview.too_long"))]
      : [el("blockquote", { class: "bubble" }, sms.text),
        el("p", { class: sms.parts > 2 ? "soft" : "quiet" }, t("preview.counted", { n: number(sms.units), room: number(sms.room), parts: number(sms.parts), chars: number([...sms.text].length) }))]),
    ...sent.flat(),
  ];
}

/** What a channel of the utility's own makes of it: its registered template as it arrives. @param {any} one @param {"zh"|"en"} lang */
function channel(one, lang) {
  const made = one[lang];
  if (one.why || !made) return [el("p", { class: one.why ? "bad" : "quiet" }, el("b", {}, one.id), " ", one.why ?? one.text[lang])];
  return arrives(one.id, made, lang);
}

/** @param {any} ivr */
const spoken = (ivr) => [
  el("blockquote", { class: "bubble" }, ivr.text),
  el("p", { class: ivr.seconds > LONGEST_S ? "bad" : "quiet" }, t("preview.seconds", { n: number(ivr.seconds), most: LONGEST_S })),
];
