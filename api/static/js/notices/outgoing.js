/** What goes out if it is said now: each text that differs, as the provider sends it, and to how many. */
import { el } from "../core/dom.js";
import { number } from "../core/format.js";
import { known, local, t } from "../core/words.js";

/** Everybody behind the accounts is looked at. */
export const DEADLINE_MS = 60_000;
/** @typedef {"zh"|"en"} Lang */

/** How many accounts and messages, and what does not go now. @param {any} messages null: none are sent @param {boolean} [went] it is published */
export function summed(messages, went = false) {
  if (!messages) return t("outgoing.none");
  const said = [t(went ? "outgoing.went" : "outgoing.sum", { accounts: number(messages.accounts), people: number(messages.people) })];
  if (messages.exercise) said.push(t("outgoing.exercise"));
  if (messages.night) said.push(t("outgoing.night", { n: number(messages.night) }));
  if (messages.nobody) said.push(t("outgoing.nobody", { n: number(messages.nobody) }));
  return said.join(" · ");
}

/** Of readers of one language. @param {any} messages @param {Lang} lang */
export const outgoing = (messages, lang) => messages.sent.map((/** @type {any} */ one) => sent(one, lang));

/** @param {string} channel */
const named = (channel) => (known(`customer_channel.${channel}`) ? t(`customer_channel.${channel}`) : channel);

/** @param {any} one @param {Lang} lang */
function sent(one, lang) {
  const made = one[lang];
  const head = el("p", { class: "sent-to" }, el("b", {}, one.of.map(what).join(t("outgoing.and"))), ` · ${named(one.channel)} · `,
    el("b", {}, t("outgoing.people", { n: number(one.people[lang]) })), one.places > 1 ? ` · ${t("outgoing.places", { n: number(one.places) })}` : "");
  if (made.why) return el("section", { class: "sent" }, head, el("p", { class: "bad" }, local(made.why)));
  if (one.address !== "email") return el("section", { class: "sent" }, head, ...bubble(made, lang));
  return el("section", { class: "sent" }, head, el("details", {}, el("summary", {}, t("outgoing.letter")), ...bubble(made, lang)));
}

/** To everybody alike, by one channel. @param {string} channel @param {any} made @param {Lang} lang */
export const arrives = (channel, made, lang) => [el("section", { class: "sent" }, el("p", { class: "sent-to" }, el("b", {}, named(channel))), ...bubble(made, lang))];

/** As it arrives, and what it takes. @param {any} made @param {Lang} lang */
function bubble(made, lang) {
  const lines = made.text.split("\n").map((/** @type {string} */ line, /** @type {number} */ i) => (i ? el("p", {}, line) : line));
  const more = [
    made.lang === lang ? "" : t(`preview.no_template_${lang}`),
    made.template ? t("outgoing.template", { id: made.template }) : "",
    made.parts ? t("outgoing.parts", { chars: number([...made.text].length), parts: number(made.parts) }) : "",
  ].filter(Boolean).join(" · ");
  return [el("blockquote", { class: "bubble" }, ...lines), more ? el("p", { class: "quiet" }, more) : ""];
}

/** @param {{told: string, supply: string}} of */
function what(of) {
  if (!["first", "update", "restored"].includes(of.told)) return t(of.told === "released" ? "because.released" : `told_of.${of.told}`);
  const supply = known(`deliveries.supply.${of.supply}`) ? t(`deliveries.supply.${of.supply}`) : of.supply;
  return t("outgoing.of", { told: t(`told_of.${of.told}`), supply });
}
