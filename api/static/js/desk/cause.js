/** What an incident is taken for, and by which signs; its alarms in their order, with what each says. */
import { el } from "../core/dom.js";
import { firstOut } from "../control/first_out.js";
import { instant, number } from "../core/format.js";
import { mark } from "../core/priority.js";
import { known, local, t } from "../core/words.js";
import { who } from "../core/who.js";
import { tick } from "./regroup.js";
import { address } from "./route.js";

const COUNT = "signs:";
const MANY = 12;

/** A named reason, and who gave it. @param {string} why */
export function reason(why) {
  const [what, by] = why.split("_by_");
  const words = known(`why.${what}`) ? t(`why.${what}`) : what.replaceAll("_", " ");
  return by ? t("why.by", { what: words, who: who(by) }) : words;
}

const box = el("div");

/** What alarms went by, read once somebody looks. @param {any[]} alarms @param {string[]} [first] of more than a few */
export function explained(alarms, first = []) {
  void import("../explained/main.js").then((one) => one.fill(box, alarms, first));
  return box;
}

/** @param {any} incident */
export function causeBlock(incident) {
  const root = incident.alarms.find((/** @type {any} */ alarm) => alarm.id === incident.root);
  const seen = Object.entries(incident.evidence).filter(([name]) => name.startsWith(COUNT));
  const signs = seen.map(([name, n]) => `${t(`sign.${name.slice(COUNT.length)}`)} × ${n}`).join(" · ");
  return /** @type {HTMLElement[]} */ ([
    el("h3", {}, t("cause.title")),
    el("p", {}, el("b", {}, root ? local(root.name) : t("cause.none")), root && incident.score !== null && el("span", { class: "quiet" }, ` ${t("cause.score", { share: `${Math.round(incident.score * 100)}%` })}`)),
    signs && el("p", { class: "quiet" }, signs),
    incident.evidence.pump_stopped && el("p", { class: "held" }, t("cause.pump")),
    incident.held && el("p", { class: "held" }, t("cause.held")),
    el("p", { class: "first" }, firstOut(incident, incident.alarms)),
  ].filter(Boolean));
}

/** Earliest first, each by how much later than the first; of many the first dozen, the rest behind a fold.
 * @param {any} incident @param {() => void} redraw */
export function membersBlock(incident, redraw) {
  const alarms = new Map(incident.alarms.map((/** @type {any} */ alarm) => [alarm.id, alarm]));
  const members = incident.members.filter((/** @type {any} */ m) => alarms.has(m.alarm))
    .sort((/** @type {any} */ a, /** @type {any} */ b) => instant(a.raised) - instant(b.raised));
  if (!members.length) return [];
  const start = instant(members[0].raised);
  const rows = members.map((/** @type {any} */ member) => row(incident, member, alarms.get(member.alarm), start, redraw));
  const rest = rows.slice(MANY);
  return /** @type {HTMLElement[]} */ ([
    el("h3", {}, t("desk.alarms"), " ", el("span", { class: "quiet" }, String(rows.length))),
    el("ul", { class: "members" }, ...rows.slice(0, MANY)),
    rest.length > 0 && el("details", { class: "act" }, el("summary", {}, t("cause.more", { n: rest.length })), el("ul", { class: "members" }, ...rest)),
  ].filter(Boolean));
}

/** @param {any} incident @param {any} member @param {any} alarm @param {number} start @param {() => void} redraw */
function row(incident, member, alarm, start, redraw) {
  const later = (instant(member.raised) - start) / 1000;
  const first = incident.first_out.includes(alarm.id);
  const marks = [member.sign && t(`sign.${member.sign}`), t(`state.${alarm.state}`), first && t("desk.first_out")].filter(Boolean);
  return el("li", {}, tick(incident, alarm.id, redraw), el("span", { class: "offset" }, `+${number(later, Number.isInteger(later) ? 0 : 1)} s`),
    mark(alarm.priority), " ", el("a", { href: address("alarms", alarm.id) }, local(alarm.name)), " ", el("span", { class: "quiet" }, marks.join(" · ")));
}
