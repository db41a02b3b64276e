/** What scope the hub reckons where a person wrote another: said beside it, and taken by one press (ON-08). */
import { el } from "../core/dom.js";
import { number } from "../core/format.js";
import { may } from "../core/page.js";
import { waterOf, whom } from "../core/whom.js";
import { t } from "../core/words.js";
import { path, send } from "./send.js";

/** @param {any} check @param {any} notice @param {() => void} changed @param {(why: string) => void} lost others were quicker */
export function hubScope(check, notice, changed, lost) {
  const one = check?.hub_scope;
  if (!one) return "";
  const prepared = notice.pending || notice.state !== "published";
  const now = notice.pending ?? notice;
  const scope = { hub: true };
  const take = () => void (prepared ? send("PUT", path(notice.id), { seq: now.seq, scope }, lost) : send("POST", path(notice.id, "updates"), { scope }, lost)).then((done) => done && changed());
  const reckoned = whom({ accounts_affected: one.accounts_affected, accounts_weak: one.accounts_weak, supply: one.supply }, waterOf(notice.incident));
  return el("section", { class: "box outside", id: "hub-scope" },
    el("p", {}, el("b", {}, t("scope.reckoned", { whom: reckoned || number(one.accounts_affected + one.accounts_weak) })), " ",
      el("span", { class: "quiet" }, t(one.told ? "scope.told" : "scope.draft", { first: number(one.first), released: number(one.released) }))),
    may("draft_notice") && notice.allowed.includes(prepared ? "edit" : "update") && el("p", { class: "actions" },
      el("button", { type: "button", "data-act": "hub-scope", onclick: take }, t("scope.take")),
      el("span", { class: "quiet" }, t(prepared ? "outside.approve_again" : "outside.next_version"))));
}
