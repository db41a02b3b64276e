/** Callers from outside the footprint, and those inside who are worse off than it says: how many, from which streets, and one press that tells of them (HL-12). */
import { el } from "../core/dom.js";
import { number } from "../core/format.js";
import { may } from "../core/page.js";
import { local, t } from "../core/words.js";
import { path, send } from "./send.js";

/** @param {any} outside @param {any} notice @param {() => void} changed */
export function callersOutside(outside, notice, changed) {
  const worse = outside?.worse;
  return [
    outside?.callers ? box("outside", t("outside.callers", { n: number(outside.callers) }), outside.streets, notice, changed, "outside.add",
      outside.unplaced ? t("outside.unplaced", { n: number(outside.unplaced) }) : "") : "",
    worse?.callers ? box("worse", t("worse.callers", { n: number(worse.callers) }), worse.streets, notice, changed, worse.proposes === "streets_off" ? "worse.add" : null,
      t(`worse.${worse.proposes}`)) : "",
  ];
}

/** @param {string} id @param {string} said @param {any[]} streets @param {any} notice @param {() => void} changed @param {string | null} act @param {string} more */
function box(id, said, streets, notice, changed, act, more) {
  const add = () => void send("POST", path(notice.id, "enlarge"), { streets: streets.map((one) => one.id) }).then((done) => done && changed());
  const named = streets.map((one) => t("outside.street", { name: local(one.name), n: number(one.callers) })).join(t("fire.comma"));
  return el("section", { class: "box outside", id },
    el("p", {}, el("b", {}, said), named && t("fire.colon"), named, more ? el("span", { class: "quiet" }, " ", more) : ""),
    act && streets.length && may("draft_notice") && el("p", { class: "actions" },
      el("button", { type: "button", class: "strong", "data-act": `enlarge-${id}`, onclick: add }, t(act)),
      el("span", { class: "quiet" }, t(notice.state === "published" && !notice.pending ? "outside.next_version" : "outside.approve_again"))));
}
