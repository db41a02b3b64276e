/** What stands around the caller: who, the repair's steps, instruments, neighbours, contacts. */
import { plantNow } from "../core/clock.js";
import { el, svg } from "../core/dom.js";
import { dateTime, figure, hourMinute, instant, number, unitOf } from "../core/format.js";
import { drawSpark, spark } from "../core/spark.js";
import { known, lang, local, t } from "../core/words.js";
import { told } from "./ages.js";

const SHOWN = ["pressure", "free_chlorine", "total_chlorine", "turbidity", "ph"];
const MILESTONES = ["received", "dispatched", "repair", "done", "called_back", "appraised"];

/** @param {any} card @param {() => void} bind */
export function caller(card, bind) {
  const a = card.account;
  const c = card.caller;
  if (!a && !c) return null;
  const number = c?.kind === "withheld" ? t("card.withheld") : c && !c.bound && c.number ? t("card.new_number", { number: c.number }) : a?.tel_masked;
  const badges = [
    a && a.segment !== "general" && t(`segment.${a.segment}`),
    a?.language === "en" && t("card.english"),
    a?.at_night && t("card.night"),
  ].filter(Boolean);
  return el("section", { class: "caller" },
    el("h2", {}, a ? a.label : t("card.who"), ...badges.map((b) => el("span", { class: "segment" }, b))),
    a && el("p", { class: "where" }, a.address),
    el("dl", { class: "facts" },
      ...pair(t("hotline.tel"), number),
      ...(a ? [...pair(t("zone"), local(a.zone_name)), ...pair(t("hotline.account"), `${a.id} · ${a.meter}`),
        ...pair(t("hotline.supply"), `${t(a.secondary_supply ? "hotline.secondary" : "hotline.direct", { n: a.storey })}`), ...pair(t("hotline.supply_now"), reached(card))] : [])),
    c && a && c.bindable && !c.bound && el("button", { type: "button", onclick: bind }, t("card.bind")),
    c && c.kind === "privacy" && el("p", { class: "quiet" }, t("card.masked_number")));
}

/** What notices say of the account, and which kind of notice that is. @param {any} card */
function reached(card) {
  const { supply, published } = card.account.supplied;
  const own = card.standing.find((/** @type {any} */ s) => s.notice === card.account.supplied.notice);
  if (published && supply !== "unaffected") return supplied(supply, own?.sure);
  const drafted = card.standing.find((/** @type {any} */ s) => s.notice_state !== "published" && s.supply !== "unaffected");
  if (drafted) return t(drafted.notice_state === "approved" ? "card.approved" : "card.drafted", { supply: supplied(drafted.supply, drafted.sure) });
  const ahead = card.standing.find((/** @type {any} */ s) => s.supply !== "unaffected" && instant(s.starts) > plantNow());
  if (ahead) return t("card.ahead", { supply: supplied(ahead.supply), time: dateTime(instant(ahead.starts)) });
  if (card.verdict === "street_named") return t("card.street_named");
  if (card.verdict === "work_again") return t("card.work_again");
  return t(["restored", "lifted", "called_off"].includes(card.verdict) ? "card.over" : "affected.unaffected");
}

/** As sure as the sentence that is read out. @param {string} supply @param {boolean} [sure] */
const supplied = (supply, sure) => (sure && supply === "no_water" ? t("affected.off") : supply === "quality" ? t("card.by_quality") : known(`affected.${supply}`) ? t(`affected.${supply}`) : supply);

/** @param {any} card */
export function steps(card) {
  return card.orders.map((/** @type {any} */ o) => {
    const again = o.steps.findLastIndex((/** @type {any} */ [name]) => name === "again") + 1;
    const reached = new Map(o.steps.slice(again));
    return el("section", { class: "steps" },
      el("h2", {}, t("card.steps"), " ", el("span", { class: "quiet" }, o.id), el("span", { class: "confidence" }, t(`order.${o.state}`)), o.crew_name && el("span", { class: "quiet" }, " ", local(o.crew_name))),
      el("ol", { class: "stages" }, ...o.steps.slice(0, again).map((/** @type {any} */ [name, ns]) =>
        el("li", { class: "past" }, t(name === "again" ? "progress.again" : `milestone.${name}`), el("span", { class: "quiet" }, hourMinute(ns / 1e6)))), ...MILESTONES.map((m) =>
        el("li", { class: m === o.milestone ? "now" : reached.has(m) ? "past" : "" }, t(`milestone.${m}`), el("span", { class: "quiet" }, reached.has(m) ? hourMinute(Number(reached.get(m)) / 1e6) : "")))),
      o.notes.length ? el("ul", { class: "told", "aria-label": t("card.field_says") }, ...o.notes.map((/** @type {any} */ n) =>
        el("li", {}, el("span", { class: "quiet" }, t("card.field_says"), " ", hourMinute(instant(n.done))), " ", local(n.text)))) : null);
  });
}

/** @param {any} s */
export function standing(s) {
  const again = s.reason === "work_again";
  return el("section", { class: "standing" },
    el("h2", {}, local(s.title), el("span", { class: "confidence" }, t(again ? "card.work_again" : `notice.${s.notice_state}`))),
    el("dl", { class: "facts" },
      ...(s.notice_state === "published" ? pair(t("card.stage"), stage(s)) : []),
      ...(again ? [] : pair(t("hotline.supply_now"), supplied(s.supply, s.sure))),
      ...pair(t("hotline.behind"), [s.incident, ...s.work_orders, s.notice].filter(Boolean).join(" › "))));
}

/** How far the repair has come, as citizens are shown it. @param {any} s */
function stage(s) {
  const last = s.progress.at(-1);
  return last ? `${t(`progress.${last.stage}`)} ${hourMinute(instant(last.at))}` : "";
}

/** The past is of whole hours: what was told since this one began is not old. @param {number} ms */
const hourOf = (ms) => Math.floor(ms / 3600e3);

/** @param {any} card */
export function sensors(card) {
  if (!card.sensors.length) return null;
  const asOf = card.sensors.find((/** @type {any} */ s) => s.past_as_of)?.past_as_of;
  const old = asOf && plantNow() - instant(asOf) > 600e3 && hourOf(plantNow()) > hourOf(instant(asOf));
  return el("section", { class: "sensors" },
    el("h2", {}, t("hotline.nearest"), old && el("span", { class: "quiet" }, " ", t("card.past_as_of", { time: hourMinute(instant(asOf)) }))),
    el("table", {}, el("tbody", {}, ...card.sensors.filter((/** @type {any} */ s) => SHOWN.includes(s.quantity)).map((/** @type {any} */ s) => row(s, local(card.account?.zone_name ?? { zh: "", en: "" }))))));
}

/** Its zone is said above: it is left out of its name. @param {any} s @param {string} zone */
function row(s, zone) {
  const low = s.value !== null && s.usual_low !== null && s.value < s.usual_low;
  const high = s.value !== null && s.usual_high !== null && s.value > s.usual_high;
  const usual = s.usual_low === null ? "–" : `${figure(s.usual_low, s)}–${figure(s.usual_high, s)}`;
  const said = s.value === null ? t("hotline.no_value") : s.usual_low === null ? "" : t(low ? "hotline.low" : high ? "hotline.high" : "hotline.usual");
  return el("tr", {},
    el("th", { scope: "row" }, (lang === "zh" ? s.name_zh : s.name_en).replace(zone, "").trim()),
    el("td", { class: "n" }, s.value === null ? el("span", { class: "stale" }, "–") : el("b", {}, figure(s.value, s)), el("span", { class: "unit" }, unitOf(s))),
    el("td", {}, trace(s)),
    el("td", { class: `n usual ${low || high ? "odd" : "quiet"}`, title: t("hotline.head_usual_range") }, said && el("span", {}, said, " "), s.value !== null || !said ? el("span", {}, usual) : null),
    s.at ? told(el("td", { class: "n quiet" }), instant(s.at)) : el("td", { class: "n quiet" }, "–"));
}

/** @param {any} s */
function trace(s) {
  if (s.spark.length < 2) return null;
  const node = spark(t("card.pressure"));
  const band = s.usual_low === null ? null : { low: s.usual_low, high: s.usual_high };
  drawSpark(node, s.spark.map((/** @type {any} */ p) => p[1]), s.spark.map(() => band));
  return node;
}

const REACH_M = 800;
/** @param {any} card */
export function neighbours(card) {
  const n = card.neighbours;
  if (!n) return null;
  const dot = (/** @type {any} */ p) => svg("circle", { cx: clip(p.east_m), cy: clip(-p.north_m), r: p.same ? 5 : 4, class: p.same ? "same" : "" });
  return el("section", { class: "neighbours" },
    el("h2", {}, t("card.neighbours")),
    el("p", {}, n.n ? el("b", {}, t("card.n_calls", { n: n.n, premises: n.premises })) : t("card.no_calls"), " ",
      el("span", { class: "quiet" }, n.symptoms.map((/** @type {any} */ s) => `${t(`symptom.${s[0]}`)} ${s[1]}`).join(" · "))),
    n.near.length ? svg("svg", { class: "near", viewBox: "-50 -50 100 100", role: "img", "aria-label": t("card.n_calls", { n: n.n, premises: n.premises }) },
      svg("circle", { r: 48, class: "ring" }), svg("circle", { r: 24, class: "ring" }), svg("path", { d: "M-5 0H5M0 -5V5", class: "home" }), ...n.near.map(dot)) : null);
}

/** @param {number} metres */
const clip = (metres) => Math.max(-46, Math.min(46, (metres / REACH_M) * 48));

/** @param {any} card */
export function contacts(card) {
  const p = card.past;
  if (!p) return null;
  const line = (/** @type {any} */ c) => el("li", {}, dateTime(instant(c.at)), " ", t(`symptom.${c.symptom}`), " ", el("span", { class: "quiet" }, c.work_order ? `${c.work_order}${c.state ? ` ${t(`order.${c.state}`)}` : ""}` : ""));
  return el("section", { class: "contacts" }, el("h2", {}, t("card.contacts"), p.case && el("span", { class: "segment" }, t("card.case", { id: p.case }))),
    p.contacts.length ? el("ul", {}, ...p.contacts.map(line)) : el("p", { class: "quiet" }, t("card.no_contacts")));
}

/** @param {any} card */
export function script(card) {
  const more = card.script?.say.slice(1) ?? [];
  const internal = card.script?.internal ?? [];
  const ask = card.questions.map((/** @type {any} */ q) => el("li", {}, local(q.words)));
  if (!more.length && !internal.length && !ask.length) return null;
  return el("section", { class: "script" },
    more.length ? el("h2", {}, t("card.script")) : null,
    more.length ? el("ul", {}, ...more.map((/** @type {any} */ line) => el("li", {}, local(line)))) : null,
    ask.length ? el("div", { class: "questions" }, el("h2", {}, t("hotline.questions")), el("ul", {}, ...ask)) : null,
    internal.length ? el("div", { class: "internal" }, el("h2", {}, t("card.internal")), el("ul", {}, ...internal.map((/** @type {any} */ line) => el("li", {}, local(line))))) : null);
}

/** @param {string} name @param {string} value */
export const pair = (name, value) => (value ? [el("dt", {}, name), el("dd", {}, value)] : []);
