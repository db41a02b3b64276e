/** Callers from outside the footprint: how many, from which streets, and one press that takes them in (HL-12). */
import { el } from "../core/dom.js";
import { number } from "../core/format.js";
import { may } from "../core/page.js";
import { local, t } from "../core/words.js";
import { path, send } from "./send.js";

/** @param {any} outside @param {any} notice @param {() => void} changed */
export function callersOutside(outside, notice, changed) {
  if (!outside?.callers) return "";
  const add = () => void send("POST", path(notice.id, "enlarge"), { streets: outside.streets.map((/** @type {any} */ one) => one.id) }).then((done) => done && changed());
  const named = outside.streets.map((/** @type {any} */ one) => t("outside.street", { name: local(one.name), n: number(one.callers) })).join(t("fire.comma"));
  return el("section", { class: "box outside", id: "outside" },
    el("p", {}, el("b", {}, t("outside.callers", { n: number(outside.callers) })), named && t("fire.colon"), named,
      outside.unplaced ? el("span", { class: "quiet" }, " ", t("outside.unplaced", { n: number(outside.unplaced) })) : ""),
    outside.streets.length && may("draft_notice") && el("p", { class: "actions" },
      el("button", { type: "button", class: "strong", "data-act": "enlarge", onclick: add }, t("outside.add")),
      el("span", { class: "quiet" }, t(notice.state === "published" && !notice.pending ? "outside.next_version" : "outside.approve_again"))));
}
