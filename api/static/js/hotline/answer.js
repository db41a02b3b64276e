/** The first glance: what is the matter, when water is back, what to say, and three buttons. */
import { el } from "../core/dom.js";
import { hourMinute, instant } from "../core/format.js";
import { lang, local, t } from "../core/words.js";
import { told } from "./ages.js";

/** @param {any} card @param {{key: string, label: string, run: (() => void)|null}[]} buttons */
export function answer(card, buttons) {
  const name = card.verdict ?? (card.n_matches ? "which" : "nobody");
  const title = name === "nobody" && card.caller?.kind === "withheld" ? "withheld" : name;
  const other = lang === "zh" ? "en" : "zh";
  return el(
    "section",
    { class: `verdict ${name}`, "aria-label": t("hotline.say"), tabindex: "-1", id: "verdict" },
    el("h2", {}, t(`verdict.${title}`), card.confidence !== "none" && el("span", { class: "confidence" }, t(`confidence.${card.confidence}`)),
      card.data_age_s !== null && told(el("span", { class: "quiet as-of" }), instant(card.as_of), (old) => t("hotline.as_of", { time: hourMinute(instant(card.as_of)), age: old }))),
    card.back && back(card.back),
    el("p", { class: "say", lang: lang === "zh" ? "zh-CN" : "en" }, local(card.words)),
    el("p", { class: "other quiet", lang: other === "zh" ? "zh-CN" : "en" }, card.words[other]),
    buttons.length ? el("p", { class: "acts" }, ...buttons.map((b, i) =>
      el("button", { type: "button", class: i ? "" : "strong", "data-act": b.key, "aria-disabled": b.run ? null : "true", onclick: b.run ?? (() => {}) }, el("kbd", { "aria-hidden": "true" }, String(i + 1)), b.label))) : null,
  );
}

/** @param {any} b */
function back(b) {
  const when = ["estimate", "planned", "restored", "called_off", "no_estimate"].includes(b.when) ? local(b.words) : t(`back.${b.when}`);
  return el("p", { class: `back ${b.when}` },
    el("span", { class: "quiet" }, b.when === "planned" ? t("back.planned") : t(`back.${b.when === "estimate" ? "estimate" : "title"}.${b.of}`)), " ", el("b", { id: "back" }, when), b.next_words && el("span", { class: "next" }, local(b.next_words)));
}
