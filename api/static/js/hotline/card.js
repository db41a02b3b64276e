/** The card: first what to say, then to whom, then what stands behind it. */
import { plantNow } from "../core/clock.js";
import { el } from "../core/dom.js";
import { age, dateTime, digitsOf, hourMinute, instant, number, unitOf } from "../core/format.js";
import { known, lang, local, t } from "../core/words.js";

/** @param {any} card @param {(account: string) => void} choose */
export function drawCard(card, choose) {
  return [
    verdict(card),
    card.matches.length ? matches(card, choose) : null,
    ...card.standing.map(standing),
    card.account && caller(card.account),
    card.questions.length ? questions(card.questions) : null,
    card.sensors.length ? sensors(card) : null,
  ].filter(Boolean);
}

/** @param {any} card */
function verdict(card) {
  const name = card.verdict ?? (card.n_matches ? "which" : "nobody");
  const other = lang === "zh" ? "en" : "zh";
  return el(
    "section",
    { class: `verdict ${name}`, "aria-label": t("hotline.say"), tabindex: "-1", id: "verdict" },
    el("h2", {}, t(`verdict.${name}`), card.confidence !== "none" && el("span", { class: "confidence" }, t(`confidence.${card.confidence}`))),
    el("p", { class: "say", lang: lang === "zh" ? "zh-CN" : "en" }, local(card.words)),
    el("p", { class: "other quiet", lang: other === "zh" ? "zh-CN" : "en" }, card.words[other]),
    card.data_age_s !== null && el("p", { class: "quiet" }, t("hotline.as_of", { time: hourMinute(instant(card.as_of)), age: age(card.data_age_s) })),
  );
}

/** @param {any} card @param {(account: string) => void} choose */
function matches(card, choose) {
  const row = (/** @type {any} */ match, /** @type {number} */ i) =>
    el("li", {}, el("button", { type: "button", "data-account": match.account, onclick: () => choose(match.account) }, i < 9 && el("kbd", { "aria-hidden": "true" }, String(i + 1)), ` ${match.address} · ${match.label}`));
  return el("section", { class: "matches" }, el("h2", {}, t("hotline.which", { n: card.n_matches })), el("ul", {}, ...card.matches.map(row)));
}

/** @param {any} account */
function caller(account) {
  const special = account.segment !== "general";
  return el(
    "section",
    { class: "caller" },
    el("h2", {}, account.label, special && el("span", { class: "segment" }, t(`segment.${account.segment}`))),
    el(
      "dl",
      { class: "facts" },
      ...pair(t("hotline.address"), account.address),
      ...pair(t("zone"), local(account.zone_name)),
      ...pair(t("hotline.tel"), account.tel_masked),
      ...pair(t("hotline.account"), account.id),
      ...pair(t("hotline.supply"), account.secondary_supply ? t("hotline.secondary", { n: account.storey }) : t("hotline.direct", { n: account.storey })),
    ),
  );
}

const STAGES = ["reported", "located", "isolated", "repairing", "refilling", "restored"];

/** @param {any} s */
function standing(s) {
  const reached = new Map(s.progress.map((/** @type {any} */ p) => (Array.isArray(p) ? p : [p.stage, p.at])));
  const eta = s.eta_latest ? `${dateTime(instant(s.eta_earliest ?? s.eta_latest))} – ${dateTime(instant(s.eta_latest))}` : t("hotline.no_eta");
  return el(
    "section",
    { class: "standing" },
    el("h2", {}, local(s.title), el("span", { class: "confidence" }, t(`notice.${s.notice_state}`))),
    el("ol", { class: "stages" }, ...STAGES.map((stage) =>
      el("li", { class: reached.has(stage) ? "past" : "" }, t(`progress.${stage}`), el("span", { class: "quiet" }, reached.has(stage) ? time(reached.get(stage)) : "")))),
    el(
      "dl",
      { class: "facts" },
      ...pair(t("desk.eta"), s.notice_state === "published" ? eta : t("hotline.not_published")),
      ...pair(t("hotline.next_update"), s.next_update ? dateTime(instant(s.next_update)) : ""),
      ...pair(t("hotline.supply_now"), known(`affected.${s.supply}`) ? t(`affected.${s.supply}`) : s.supply),
      ...pair(t("hotline.behind"), [s.incident, ...s.work_orders, s.notice].filter(Boolean).join(" › ")),
    ),
  );
}

/** @param {any} at an RFC 3339 time, or ns */
const time = (at) => hourMinute(typeof at === "number" ? at / 1e6 : instant(at));

/** @param {any} card */
function sensors(card) {
  const row = (/** @type {any} */ s) => {
    const digits = digitsOf(s.quantity);
    const low = s.value !== null && s.usual_low !== null && s.value < s.usual_low;
    const high = s.value !== null && s.usual_high !== null && s.value > s.usual_high;
    const usual = s.usual_low === null ? "–" : `${number(s.usual_low, digits)} – ${number(s.usual_high, digits)}`;
    return el(
      "tr",
      {},
      el("th", { scope: "row" }, lang === "zh" ? s.name_zh : s.name_en),
      el("td", { class: "n" }, s.value === null ? el("span", { class: "stale" }, t("hotline.no_value")) : el("b", {}, number(s.value, digits)), el("span", { class: "unit" }, unitOf(s.unit))),
      el("td", { class: "n quiet" }, usual),
      el("td", { class: low || high ? "odd" : "quiet" }, s.value === null || s.usual_low === null ? "" : t(low ? "hotline.low" : high ? "hotline.high" : "hotline.usual")),
      el("td", { class: "n quiet" }, s.at ? age((plantNow() - instant(s.at)) / 1000) : "–"),
    );
  };
  const heads = ["sensor", "now", "usual_range", "verdict", "age"].map((id) => el("th", { scope: "col" }, t(`hotline.head_${id}`)));
  return el("section", { class: "sensors" }, el("h2", {}, t("hotline.nearest")), el("table", {}, el("thead", {}, el("tr", {}, ...heads)), el("tbody", {}, ...card.sensors.map(row))));
}

/** @param {any[]} list */
const questions = (list) =>
  el("section", { class: "questions" }, el("h2", {}, t("hotline.questions")), el("ul", {}, ...list.map((q) => el("li", {}, local(q.words)))));

/** @param {string} name @param {string} value */
const pair = (name, value) => (value ? [el("dt", {}, name), el("dd", {}, value)] : []);
