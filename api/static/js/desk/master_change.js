/** A change of the master alarm database with its difference in view: one that waits, or one that was made. */
import { el } from "../core/dom.js";
import { dateTime, instant } from "../core/format.js";
import { may, page } from "../core/page.js";
import { local, t } from "../core/words.js";
import { who as person } from "../core/who.js";
import { confirmed, reasonInput } from "./commands.js";
import { label } from "./master_row.js";

/** The row it is of, or how many. @param {any} one */
export const subjectOf = (one) => (one.changed_rows === 1 ? rowOf(one.changes[0]) : t("master.rows", { n: one.changed_rows }));
/** @param {any} change */
const rowOf = (change) => local(change?.name) || (change?.row === "*matrix" ? t("master.matrix") : change?.row ?? "");
/** Who, of whom the hub is one. @param {string|null} user */
export const who = (user) => (user === "hub" ? t("master.hub") : person(user));
/** Whose version it is: the first is the files', as nobody proposed it. @param {any} version */
export const persons = (version) => (version.proposal ? `${who(version.by)} / ${who(version.approved_by)}` : t("master.hub"));
/** @param {any} version */
export const reasonOf = (version) => (version.proposal ? version.reason : t("master.first"));

/** @param {any} of what has changes @param {boolean} [oneRow] its row need not be named */
export function diffTable(of, oneRow = false) {
  const columns = ["row", "field", "before", "after"].slice(oneRow ? 1 : 0);
  return el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": t("master.difference") },
    el("table", { class: "difference" },
      el("thead", {}, el("tr", {}, ...columns.map((id) => el("th", { scope: "col" }, t(`master.head_${id}`))))),
      el("tbody", {}, ...of.changes.map((/** @type {any} */ one) => el("tr", { class: one.kind },
        ...(oneRow ? [] : [el("td", {}, rowOf(one))]), el("td", {}, label(one.field)),
        el("td", { class: "lines" }, el("del", {}, one.before)), el("td", { class: "lines" }, el("ins", {}, one.after)))))),
    of.fields > of.changes.length && el("p", { class: "quiet" }, t("master.more", { n: of.fields - of.changes.length })));
}

/** @param {any} one @param {(path: string, body: object) => Promise<void>} send */
export function changePane(one, send) {
  const act = (/** @type {string} */ what) => () => void send(`/api/v1/master/proposals/${encodeURIComponent(one.id)}/${what}`, { seq: one.seq });
  const own = one.by === page.me?.id;
  return [
    el("h2", {}, t("master.change_of", { what: subjectOf(one) })),
    el("p", { class: "stateline" }, `${one.id} · ${dateTime(instant(one.asked))} · ${who(one.by)}`),
    el("p", {}, one.reason ?? ""),
    diffTable(one),
    own && el("p", { class: "quiet" }, t("master.another_person")),
    el("p", { class: "actions" },
      may("decide_master") && !own && confirmed(`approve:${one.id}`, t("desk.approve_proposal"), t("desk.sure"), act("approve"), true, one.seq),
      may("decide_master") && !own && confirmed(`refuse:${one.id}`, t("desk.refuse_proposal"), t("desk.sure"), act("refuse"), false, one.seq),
      may("propose_master") && own && confirmed(`withdraw:${one.id}`, t("desk.withdraw_proposal"), t("desk.sure"), act("withdraw"), false, one.seq)),
  ].filter(Boolean);
}

/** @param {any} whole with its changes @param {any} version @param {number} newest @param {(path: string, body: object) => Promise<void>} send */
export function versionPane(whole, version, newest, send) {
  const why = reasonInput();
  const onsubmit = (/** @type {Event} */ event) => {
    event.preventDefault();
    void send("/api/v1/master/proposals", { version: whole.version, reason: why.value.trim() });
  };
  return [
    el("h2", {}, t("master.version", { n: whole.version })),
    version && el("p", { class: "stateline" }, `${dateTime(instant(version.t))} · ${persons(version)}`),
    version && el("p", {}, reasonOf(version)),
    el("p", { class: "actions" }, el("a", { href: `/api/v1/master/export?version=${whole.version}`, "data-reload": "", download: "" }, t("master.export"))),
    may("propose_master") && whole.version < newest && el("details", { class: "act" }, el("summary", {}, t("master.back_to")),
      el("form", { class: "actions", onsubmit }, why, el("button", { class: "strong" }, t("desk.propose")))),
    diffTable(whole),
  ].filter(Boolean);
}
