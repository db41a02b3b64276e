/** What people will receive: short message, telephone, press, page and the sheet for the door, in both languages. */
import { el } from "../core/dom.js";
import { number } from "../core/format.js";
import { t } from "../core/words.js";
import { path } from "./send.js";

const LANGUAGES = /** @type {const} */ (["zh", "en"]);
const LONGEST_S = 25;
/** Which one is looked at, kept while the page stands. */
let chosen = "sms";

/** @param {any} said answer of /renderings @param {string} id */
export function preview(said, id) {
  const kinds = /** @type {[string, (lang: "zh"|"en") => any[]][]} */ ([
    ["sms", (lang) => message(said, lang)],
    ["ivr", (lang) => spoken(said.ivr[lang])],
    ["press", (lang) => lines(said.press[lang])],
    ["web", (lang) => lines(said.web[lang])],
    ["poster", (lang) => [el("a", { href: `${path(id, "poster")}?lang=${lang}`, target: "_blank", rel: "noopener", class: "button" }, t("preview.open_poster"))]],
  ]);
  const body = el("div", { class: "texts" });
  const tabs = el("p", { class: "tabs actions", role: "group", "aria-label": t("preview.title") }, ...kinds.map(([name]) =>
    el("button", { type: "button", "data-preview": name, onclick: () => show(name) }, t(`preview.${name}`))));

  /** @param {string} name */
  function show(name) {
    chosen = name;
    for (const tab of tabs.querySelectorAll("button")) tab.setAttribute("aria-pressed", String(tab.dataset.preview === name));
    const draw = kinds.find(([one]) => one === name)?.[1] ?? (() => []);
    body.replaceChildren(...LANGUAGES.map((lang) => el("article", { lang: lang === "zh" ? "zh-CN" : "en" }, el("p", { class: "quiet" }, t(`notices.${lang}`)), ...draw(lang))));
  }

  show(chosen);
  return el("section", { id: "preview" }, el("h3", {}, t("preview.title")), tabs, body);
}

/** @param {string} text */
const lines = (text) => text.split("\n").map((line) => el("p", {}, line));

/** @param {any} said @param {"zh"|"en"} lang */
function message(said, lang) {
  const sms = said.sms[lang];
  const own = said.channels.filter((/** @type {any} */ one) => one.address === "phone" || one.address === "wechat");
  return [
    ...(sms.text === null
      ? [el("p", { class: "bad" }, t("preview.too_long"))]
      : [el("blockquote", { class: "bubble" }, sms.text),
        el("p", { class: sms.parts > 2 ? "soft" : "quiet" }, t("preview.counted", { n: number(sms.units), room: number(sms.room), parts: number(sms.parts), chars: number([...sms.text].length) }))]),
    ...own.map((/** @type {any} */ one) => channel(one, lang)),
  ];
}

/** What a channel of the utility's own makes of it, where that is something else. @param {any} one @param {"zh"|"en"} lang */
function channel(one, lang) {
  const made = one[lang];
  return el("p", { class: one.why ? "bad" : "quiet" }, el("b", {}, one.id), " ",
    one.why ?? (made ? `${made.lang === lang ? "" : `${t(`preview.no_template_${lang}`)} `}${t("preview.template", { id: made.template })} ${Object.entries(made.variables).map(([name, value]) => `${name}=${value}`).join("  ")}` : one.text[lang]));
}

/** @param {any} ivr */
const spoken = (ivr) => [
  el("blockquote", { class: "bubble" }, ivr.text),
  el("p", { class: ivr.seconds > LONGEST_S ? "bad" : "quiet" }, t("preview.seconds", { n: number(ivr.seconds), most: LONGEST_S })),
];
