/** A line of a shift's log: what it is and where it leads, how it stands, what happened, what is due. */
import { el } from "../core/dom.js";
import { dateTime, instant, timeOf } from "../core/format.js";
import { crewName } from "../core/page.js";
import { mark } from "../core/priority.js";
import { who } from "../core/who.js";
import { known, local, t } from "../core/words.js";

/** @param {string} at @param {Record<string, string>} [more] */
const desk = (at, more = {}) => `/desk?${new URLSearchParams({ view: at, ...more })}`;
const TABS = /** @type {Record<string, string>} */ ({ SHLVD: "shelved", DSUPR: "suppressed", OOSRV: "out" });

/** Where the record of a line is. @type {Record<string, (line: any) => string|null>} */
const LEADS = {
  alarm: (line) => desk("alarms", { ...(TABS[line.state] ? { tab: TABS[line.state] } : {}), id: line.id }),
  proposal: (line) => (line.state === "instrument_fault" ? "/publishing" : line.state === "master_change" ? desk("master") : desk("alarms", { id: line.id })),
  incident: (line) => desk("incidents", { id: line.id }),
  order: (line) => `/orders?${new URLSearchParams({ id: line.id })}`,
  dispatch: (line) => `/dispatch?${new URLSearchParams({ id: line.id })}`,
  notice: (line) => `/notices?${new URLSearchParams({ id: line.id })}`,
  fire_service: (line) => `/notices?${new URLSearchParams({ id: line.id })}`,
  duty: (line) => (line.id.startsWith("INC") ? LEADS.incident(line) : LEADS.notice(line)),
  callbacks: () => "/board?view=callbacks",
  maintenance: () => desk("collection"),
  activity: (line) => desk("alarms", { tab: "activities", id: line.id }),
  annotation: (line) => `/trends?${new URLSearchParams({ pens: line.state })}`,
  note: () => null,
};

/** What a line is called. @param {any} line */
function titleOf(line) {
  if (line.matter === "duty") return t("handover.duty", { segment: t(`segment.${line.state}`), about: t(`duty_about.${line.awaits}`) });
  if (line.matter === "fire_service") return t("handover.fire", { n: line.n });
  if (line.matter === "callbacks") return t("handover.callbacks", { n: line.n });
  if (line.matter === "proposal") return t(`handover.proposal.${line.state}`);
  if (line.matter === "activity") return [t(`activity.kind.${line.awaits}`), local(line.title)].filter(Boolean).join(" · ");
  if (line.matter === "note") return who(line.by);
  return local(line.title);
}

/** @type {Record<string, (line: any) => string>} */
const STATES = {
  alarm: (line) => t(`state.${line.state}`),
  incident: (line) => t(`incident.${line.state}`),
  order: (line) => t(`order.${line.state}`),
  dispatch: (line) => t(`dispatch.${line.state}`),
  notice: (line) => t(`notice.${line.state}`),
  activity: (line) => t(`activity.state.${line.state}`),
  maintenance: () => t("handover.maintenance"),
  proposal: () => t("handover.to_decide"),
  duty: (line) => (line.n ? t("handover.tried", { n: line.n }) : t("duty_state.open")),
  fire_service: () => t("duty_state.open"),
};

/** @param {any} line @param {string} what */
function happened(line, what) {
  const lost = line.section === "sources" && known(`handover.source.${what}`);
  const keys = [lost ? `handover.source.${what}` : "", `handover.said.${what}`, `${line.matter}.${what}`];
  return t(keys.find((key) => key && known(key)) ?? `handover.said.${what}`);
}

/** @param {any} line @param {any} said */
function saidOf(line, said) {
  const by = who(said.by);
  const often = said.n > 1 ? t("handover.often", { n: said.n }) : "";
  return el("li", {}, el("time", { datetime: said.at }, timeOf(instant(said.at))), ` ${happened(line, said.what)}${often}`,
    by && el("span", { class: "quiet" }, ` ${by}`));
}

/** Due, or until when. @param {any} line */
function whenOf(line) {
  if (line.until) return el("span", {}, t("handover.until", { time: dateTime(instant(line.until)) }));
  if (!line.due) return line.overdue ? el("b", { class: "late" }, t("handover.overdue")) : null;
  const what = line.matter === "order" ? t(`clock.${line.awaits}`) : line.matter === "notice" ? t(`handover.due.${line.awaits}`) : "";
  const text = t("handover.due", { what, time: timeOf(instant(line.due)) }).trim();
  return line.overdue ? el("b", { class: "late" }, `${text} · ${t("handover.overdue")}`) : el("span", {}, text);
}

/** @param {any} line */
export function lineOf(line) {
  const to = LEADS[line.matter](line);
  const title = titleOf(line);
  const place = [local(line.zone_name), line.crew ? crewName(line.crew) : ""].filter(Boolean).join(" · ");
  const since = line.since && (line.open || line.matter === "note" || line.matter === "annotation");
  const state = STATES[line.matter]?.(line) ?? "";
  return [
    el("p", { class: "what" },
      line.priority ? el("span", { class: "p" }, mark(line.priority)) : null,
      to ? el("a", { href: to }, title) : el("b", {}, title),
      line.priority ? el("span", { class: "quiet" }, t(`handover.${line.matter}_priority`, { n: line.priority })) : null,
      place && el("span", { class: "quiet" }, place),
      ["incident", "order", "dispatch", "notice"].includes(line.matter) && el("span", { class: "id quiet" }, line.id)),
    el("p", { class: "how" },
      state && el(line.open ? "b" : "span", {}, state),
      since && el("span", { class: "quiet" }, t(line.matter === "activity" ? "handover.from" : line.open ? "incident.since" : "handover.at", { time: timeOf(instant(line.since)) })),
      whenOf(line)),
    line.said.length ? el("ul", { class: "said" }, ...line.said.map((/** @type {any} */ one) => saidOf(line, one))) : el("span"),
    (line.text || (line.by && line.matter !== "note")) && el("p", { class: "text" },
      line.text, line.by && line.matter !== "note" && el("span", { class: "quiet" }, ` — ${who(line.by)}`)),
  ];
}
