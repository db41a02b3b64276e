/** One notice: what stands, what is being prepared, what is wrong with it, who is told, and its versions. */
import { plantNow } from "../core/clock.js";
import { asRead } from "../core/as_read.js";
import { el } from "../core/dom.js";
import { dateTime, instant, number } from "../core/format.js";
import { fireDuties, standing } from "./fire.js";
import { sure } from "./sure.js";
import { may, page } from "../core/page.js";
import { waterOf, whom } from "../core/whom.js";
import { known, local, t } from "../core/words.js";
import { actions } from "./acts.js";
import { hubScope } from "./hub_scope.js";
import { callersOutside } from "./outside.js";
import { preview } from "./preview.js";
import { path, send } from "./send.js";
import { who } from "../core/who.js";
import { texts } from "./texts.js";

/** @param {any} one @param {(how: "edit"|"update") => void} write @param {(told?: any) => void} changed @param {(why: string) => void} lost */
export function drawNotice(one, write, changed, lost) {
  const { notice, check, versions, fire, outside, renderings } = one;
  const now = notice.pending ?? notice;
  return [
    el("h2", {}, local(now.title)),
    badges(notice),
    numbers(notice, now, fire),
    ...actions(notice, changed, write, lost),
    hubScope(check, notice, changed, lost),
    ...callersOutside(outside, notice, changed),
    now.hydrants || fire?.items.length ? hydrants(notice, now, fire, changed) : "",
    check && notice.allowed.length ? boxes(notice, check, changed, lost) : "",
    ...(notice.pending
      ? [el("h3", {}, t("notices.pending", { n: notice.pending.version })), texts(notice.pending, notice)]
      : [el("h3", {}, t(notice.state === "published" ? (notice.status === "actual" ? "notices.standing" : "notices.standing_untold") : `notice.${notice.state}`)), texts(notice)]),
    renderings ? preview(renderings, notice.id, Boolean(check)) : "",
    facts(notice, now),
    versions.length ? history(versions) : "",
  ];
}

/** @param {any} notice */
function badges(notice) {
  const badge = (/** @type {string} */ text, kind = "") => el("span", { class: `badge ${kind}` }, text);
  const waits = ["draft", "approved"].includes(notice.state);
  return el("p", { class: "badges" },
    notice.status !== "actual" && badge(t(`notice.status.${notice.status}`), "exercise"),
    badge(t(`notice.${notice.state}`), waits ? "draft" : ""),
    notice.pending && badge(`${t("notices.version", { n: notice.pending.version })} · ${t(`notice.${notice.pending.state}`)}`, "draft"),
    badge(kindWord(notice.pending ?? notice)),
    badge(`${notice.id} · ${t("notices.version", { n: notice.version })}`),
    notice.late_reason && badge(t("notices.late"), "loud"),
    notice.review_due && badge(t("notices.review", { time: dateTime(instant(notice.review_due)) }), "loud"),
    notice.incident && el("a", { class: "badge", href: `/desk?view=incidents&id=${encodeURIComponent(notice.incident)}` }, notice.incident));
}

/** By what people have at the tap: nobody is off for a repair under pressure. @param {any} now */
const kindWord = (now) => t([`notice.kind.${now.kind}.${now.supply}`, `notice.kind.${now.kind}`].find(known) ?? now.kind);

/** @param {string} name @param {string|Node} value @param {boolean} [late] */
const figure = (name, value, late = false) => el("div", { class: late ? "late" : null }, el("dt", {}, t(name)), el("dd", {}, value));

/** @param {any} notice @param {any} now @param {any} fire */
function numbers(notice, now, fire) {
  const over = ["restored", "withdrawn"].includes(notice.state) || ["restored", "cancelled"].includes(now.change);
  const next = instant(now.next_update);
  const missed = notice.state === "published" && !notice.pending && Number.isFinite(next) && next < plantNow();
  const due = notice.pending ? t("notices.next_promised") : Number.isFinite(next) ? dateTime(next) : "–";
  return el("dl", { class: "numbers" },
    notice.pending ? figure("notices.figures_of", t("notices.version", { n: notice.pending.version })) : "",
    figure("notices.accounts", whom({ ...now, incident: notice.incident }) || number(now.accounts_affected + now.accounts_weak)),
    figure("notices.starts", dateTime(instant(now.starts))),
    over ? "" : figure("notices.back", back(now), Boolean(now.overdue)),
    over || notice.kind === "planned_outage" ? "" : figure("notices.next", missed ? t("notices.next_late", { time: due }) : due, missed),
    toldBy(notice),
    now.hydrants ? hydrantFigure(now, fire) : "");
}

/** @param {any} now @param {any} fire null: not for this role */
function hydrantFigure(now, fire) {
  const last = fire?.items.find((/** @type {any} */ one) => one.state !== "dropped" && one.matter === "lost");
  if (last && (now.fire_told || last.state === "open")) return figure("notices.fire", standing(last), last.state === "open" && !last.told);
  if (now.fire_told) return figure("notices.fire", t("notices.fire_done", { n: now.hydrants, time: dateTime(instant(now.fire_told)) }));
  return figure("notices.fire", t(last?.state === "done" ? "notices.fire_changed" : "notices.fire_due", { n: now.hydrants }), true);
}

/** Of acute doubtful water: until when the public has to be told (ON-12). @param {any} notice */
function toldBy(notice) {
  const clock = notice.told_by;
  if (!clock) return "";
  const due = instant(clock.due);
  if (clock.stopped) return figure("notices.told_by", t(instant(clock.stopped) <= due ? "notices.told_kept" : "notices.told_missed"), instant(clock.stopped) > due);
  const late = due < plantNow();
  return figure("notices.told_by", t(late ? "notices.told_late" : "notices.told_left", { time: dateTime(due), span: hours(due - plantNow()) }), late || (due - plantNow()) * 2 < due - instant(clock.start));
}

/** @param {number} ms */
const hours = (ms) => t("board.hours", { h: Math.floor(ms / 3600e3), min: String(Math.floor(ms / 60e3) % 60).padStart(2, "0") });


/** @param {any} now */
function back(now) {
  if (now.overdue) return t("notices.overdue");
  if (!now.eta_latest) return t("notices.no_estimate");
  const first = instant(now.eta_earliest ?? now.eta_latest);
  const last = instant(now.eta_latest);
  return first === last ? dateTime(last) : `${dateTime(first)} – ${dateTime(last)}`;
}

/** Of whom a version calls without water, as far as that is known now. */
const OFF = { off: "no_water", may_be_off: "may_be_off", weak: "low_pressure", back: "was_off" };

/** @param {any} notice @param {any} check @param {() => void} changed @param {(why: string) => void} lost */
function boxes(notice, check, changed, lost) {
  const prepared = notice.state !== "published" || notice.pending;
  const now = notice.pending ?? notice;
  const water = waterOf(notice.incident);
  const reason = (/** @type {string} */ name) => {
    const told = name === "behind_shut_valves" && water && water !== "off" ? "behind_opened_valves" : name;
    return known(`notices.reason.${told}`) ? t(`notices.reason.${told}`) : told;
  };
  const at = (/** @type {string} */ supply) => {
    if (supply !== "no_water") return t(`notices.supply.${supply}`);
    return t(now.supply === "intermittent" ? "notices.tap.intermittent" : `notices.supply.${OFF[water ?? "off"]}`);
  };
  return el("div", { class: "boxes" },
    prepared && el("section", { class: "box", id: "checks" }, el("h3", {}, t("notices.checks")),
      check.lacks.length
        ? el("ul", {}, ...check.lacks.map((/** @type {any} */ lack) => el("li", { "data-lack": lack.item },
          el("span", { class: lack.hard ? "hard" : "soft" }, lack.hard ? "✕ " : "! ", t(lack.hard ? "notices.hard" : "notices.soft")), " ", local(lack.why))))
        : el("p", {}, "✓ ", t("notices.fit"))),
    prepared && el("section", { class: "box", id: "difference" }, el("h3", {}, t("notices.difference")),
      el("ul", {}, ...Object.entries(check.difference).filter(([, n]) => Number(n) > 0)
        .map(([name, n]) => el("li", {}, t(`notices.difference.${name}`, { n: number(Number(n)) }))))),
    el("section", { class: "box" }, el("h3", {}, t("notices.reached")),
      el("ul", {}, ...check.reached.map((/** @type {any} */ part) => el("li", {},
        el("b", {}, number(part.accounts)), " ", at(part.supply), " · ", reason(part.reason))))),
    check.overlaps.length ? el("section", { class: "box" }, el("h3", {}, t("notices.overlaps")),
      el("ul", {}, ...check.overlaps.map((/** @type {any} */ other) => el("li", {},
        el("a", { href: `?id=${encodeURIComponent(other.notice)}` }, t("notices.overlap", { id: other.notice, n: number(other.shared) })), " ",
        ["draft", "approved"].includes(notice.state) && may("publish_notice") && el("button", { type: "button", onclick: () => {
          void send("POST", path(notice.id, "merge"), { into: other.notice, ...asRead(notice) }, lost).then((done) => done && changed());
        } }, t("notices.act.merge")))))) : "");
}

/** The fire service: what it was told; before anything is due, that a person may tell it now.
 * @param {any} notice @param {any} now @param {any} fire @param {() => void} changed */
function hydrants(notice, now, fire, changed) {
  const speak = (/** @type {string} */ answer) => void (answer === "undo" ? send("POST", path(notice.id, "fire-service/undo")) : send("POST", path(notice.id, "fire-service"), { answer })).then((done) => done && changed());
  const open = fire?.items.some((/** @type {any} */ one) => one.state === "open");
  const early = fire && !open && now.hydrants && !now.fire_told && notice.allowed.length;
  const word = fire?.items.length ? "fire.again" : notice.kind === "planned_outage" ? "fire.on_approval" : "fire.not_yet";
  if (!fire) return "";
  return el("section", { class: "box", id: "fire" }, el("h3", {}, t("fire.title")),
    early ? el("p", { class: fire.items.length ? "hard" : "" }, t(word)) : "",
    early && may("tell_fire_service") ? el("p", { class: "actions" }, el("button", { type: "button", "data-act": "fire", onclick: sure(t("fire.sure"), () => speak("reached")) }, t("fire.confirmed"))) : "",
    ...fireDuties(fire, speak));
}

/** @param {any} notice @param {any} now */
function facts(notice, now) {
  const rows = [
    ["notices.author", `${who(now.author)} ${dateTime(instant(now.drafted))}`],
    ["notices.approved_by", now.approved ? `${who(now.approved_by)} ${dateTime(instant(now.approved))}` : ""],
    ["notices.published_by", notice.published ? `${who(notice.published_by)} ${dateTime(instant(notice.published))}` : ""],
    ["notices.withdrawn_why", notice.withdrawn_why],
    ["notices.approval_no", now.approval],
    ["notices.form.reported_to", now.reported ? `${local(now.reported.to)} ${dateTime(instant(now.reported.at))}` : ""],
    ["notices.late", now.late_reason],
    ["notices.envelope", notice.envelope ?? ""],
    ["notices.supply_order", notice.supply_order ?? ""],
  ].filter(([, value]) => value);
  return el("dl", { class: "facts", "data-user": page.me?.id ?? "" }, ...rows.flatMap(([name, value]) => [el("dt", {}, t(name)), el("dd", {}, value)]));
}

/** @param {any[]} versions */
function history(versions) {
  return el("section", { class: "history" }, el("h3", {}, t("notices.history")),
    ...versions.map((one, i) => el("details", { "data-version": one.version },
      el("summary", {}, t("notices.version", { n: one.version }), " · ", t(`notice.change.${one.change}`), " · ", dateTime(instant(one.sent)), " · ",
        Object.entries(one.difference).filter(([, n]) => Number(n) > 0).map(([name, n]) => t(`notices.difference.${name}`, { n: number(Number(n)) })).join(" · "),
        one.references.length ? ` · ${t("notices.refers", { n: one.references.length })}` : ""),
      texts(one.content, versions[i + 1]?.content ?? null))));
}
