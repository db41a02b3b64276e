/** Who is on call, who is being called, and who was told what, when, and why or why not. */
import { plantNow } from "../core/clock.js";
import { el, redraw } from "../core/dom.js";
import { dateTime, day, instant } from "../core/format.js";
import { get } from "../core/http.js";
import { mark } from "../core/priority.js";
import { on, store } from "../core/store.js";
import { local, t } from "../core/words.js";
import { advice } from "./commands.js";
import { address } from "./route.js";

/** Of those that are over, so many. */
const ENDED = 5;
const HEADS = ["time", "about", "to", "result", "why"];
const node = el("div", { class: "calls" });
/** @type {any} */
let rota = null;
let asked = "";
let stale = true;
for (const kind of ["call", "notification"]) on(kind, () => { stale = true; });

/** @param {HTMLElement} place */
export function drawCalls(place) {
  if (place.lastChild !== node) place.append(node);
  const minute = String(Math.floor(plantNow() / 60e3));
  if (minute !== asked && plantNow()) {
    asked = minute;
    void load();
  }
  if (!stale) return;
  stale = false;
  redraw(node, ...page());
}

async function load() {
  try {
    rota = await get("/api/v1/on-call");
  } catch (error) {
    rota = { refused: advice(/** @type {Error} */ (error)) };
  }
  redraw(node, ...page());
}

const page = () => [
  el("h2", {}, t("calls.on_call")), ...onCall(),
  el("h2", {}, t("calls.now")), ...now(),
  el("h2", {}, t("calls.log")), ...log(),
];

function onCall() {
  if (!rota) return [el("p", { class: "quiet" }, t("desk.loading"))];
  if (rota.refused) return [el("p", { class: "bad" }, rota.refused)];
  if (!rota.configured) return [el("p", { class: "bad" }, t("calls.not_configured"))];
  return [
    el("dl", { class: "facts" }, ...rota.positions.flatMap((/** @type {any} */ position) => [
      el("dt", {}, local(position.name)),
      el("dd", {}, ...(position.on_call.length ? position.on_call.flatMap(contact) : [el("b", { class: "bad" }, t("calls.none_on_call"))])),
    ])),
    rota.gaps.length
      ? el("ul", { class: "members" }, ...rota.gaps.map((/** @type {any} */ gap) => el("li", { class: "bad" }, t("calls.gap", {
          time: dateTime(instant(gap.since)), position: [nameOf(gap.position), local(gap.contact_name)].filter(Boolean).join(" · "), why: t(`why.${gap.why}`) }))))
      : el("p", { class: "quiet" }, t("calls.covered")),
  ];
}

/** @param {string} id */
const nameOf = (id) => local(rota.positions.find((/** @type {any} */ known) => known.id === id)?.name) || id;

/** @param {any} one */
const contact = (one) => [el("b", {}, local(one.name)), ...one.ways.flatMap((/** @type {any} */ way) => [
  el("br"), `${local(way.channel_name)}${t("calls.colon")}`, way.proven_until
    ? el("span", { class: "quiet" }, t("calls.proven_until", { day: day(instant(way.proven_until)) }))
    : el("span", { class: "bad" }, t("calls.unproven"))])];

function now() {
  const calling = store.calls.filter((call) => call.state === "calling");
  const ended = store.calls.filter((call) => call.state !== "calling").slice(0, ENDED);
  return [
    !calling.length && el("p", { class: "quiet" }, t("calls.nobody_called")),
    el("ul", { class: "members" }, ...[...calling, ...ended].map((call) => el("li", { class: call.state === "calling" ? "" : "quiet" },
      mark(call.priority), " ", about(call), ` · ${t(`call.${call.state}`)}${t("calls.colon")}${t(`why.${call.why}`)} · `,
      t("calls.count", { n: call.alarms, round: call.round + 1, time: dateTime(instant(call.began)) })))),
  ].filter(Boolean);
}

/** The incident or the alarm it is about. @param {any} one */
function about(one) {
  const incident = one.incident ?? (String(one.call).startsWith("INC-") ? one.call : null);
  const name = local(one.lead_name) || one.lead;
  if (incident) return el("a", { href: address("incidents", incident) }, name ? `${name} · ${incident}` : incident);
  return one.lead ? el("a", { href: address("alarms", one.lead) }, name) : null;
}

function log() {
  if (!store.notifications.length) return [el("p", { class: "quiet" }, t("calls.no_log"))];
  return [el("div", { class: "wide" }, el("table", {},
    el("thead", {}, el("tr", {}, ...HEADS.map((head) => el("th", { scope: "col" }, t(`calls.head_${head}`))))),
    el("tbody", {}, ...store.notifications.map(row))))];
}

/** Whom, how it went and why. @param {any} note */
const whom = (note) => [local(note.position_name), local(note.contact_name) || note.contact, local(note.channel_name) || note.channel].filter(Boolean).join(" · ");

/** Who was told of an incident, for its record. @param {string} id */
export function toldBlock(id) {
  const notes = store.notifications.filter((note) => note.call === id);
  if (!notes.length) return [];
  return [el("h3", {}, t("calls.log")), el("ul", { class: "members" }, ...notes.map((note) => el("li", {}, dateTime(instant(note.at)), " ",
    toldWords(note))))];
}

/** That somebody was told, in a line. @param {any} note */
const toldWords = (note) => [t(`message.${note.kind}`), whom(note), t(`told.${note.outcome}`), t(`why.${note.reason}`)].filter(Boolean).join(" · ");

const WRITTEN = /^(?<kind>\S+) (?<position>\S+) (?<contact>\S+) (?<channel>\S+): (?<outcome>\S+) (?<reason>\S+)$/;

/** The same of what the alarms' journal has of it, which is ids. @param {string} text */
export function toldInWords(text) {
  const ids = WRITTEN.exec(text)?.groups;
  if (!ids) return text;
  const named = store.notifications.find((note) => note.contact === ids.contact && note.channel === ids.channel && (note.position ?? "-") === ids.position);
  return toldWords({ ...named, ...ids });
}

/** A receipt is for who asks for it; what a provider said to a refusal is told at once. @param {any} note */
function receipt(note) {
  if (!note.detail) return [];
  if (note.outcome !== "delivered") return [el("p", { class: "quiet detail" }, note.detail)];
  return [el("details", { class: "receipt" }, el("summary", { class: "quiet" }, t("calls.receipt")), el("p", { class: "quiet detail" }, note.detail))];
}

/** @param {any} note */
const row = (note) => el("tr", { class: note.outcome === "delivered" ? "" : "missed" },
  el("td", {}, dateTime(instant(note.at))),
  el("td", {}, t(`message.${note.kind}`), ...(note.lead ? [" · ", about(note)] : [])),
  el("td", {}, whom(note) || "–"),
  el("td", {}, t(`told.${note.outcome}`), note.took_ms ? ` ${t("calls.took", { ms: note.took_ms })}` : "",
    ...receipt(note)),
  el("td", {}, t(`why.${note.reason}`)));
