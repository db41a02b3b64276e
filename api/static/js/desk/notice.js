/** A notice in both languages, as citizens will read it, and who may approve or publish it. */
import { asRead } from "../core/as_read.js";
import { el } from "../core/dom.js";
import { dateTime, instant, number } from "../core/format.js";
import { may } from "../core/page.js";
import { store } from "../core/store.js";
import { whomFact } from "../core/whom.js";
import { listed, local, t } from "../core/words.js";
import { fact } from "./alarms.js";
import { button, command, confirmed } from "./commands.js";
import { address } from "./route.js";

/** The commands of the contract, by the permission each needs. */
const COMMANDS = /** @type {Record<string, string>} */ ({
  approve: "approve_notice", publish: "publish_notice", neutral: "issue_neutral", restore: "publish_notice", withdraw: "publish_notice",
});
const FOLLOWS = /** @type {Record<string, string[]>} */ ({
  draft: ["approve", "neutral", "withdraw"], approved: ["publish", "withdraw"], published: ["restore", "withdraw"],
});

/** @param {any} notice @param {() => void} redraw */
export function noticeBlock(notice, redraw) {
  const eta = notice.eta_latest
    ? `${dateTime(instant(notice.eta_earliest ?? notice.eta_latest))} – ${dateTime(instant(notice.eta_latest))}`
    : "";
  return [
    el("h3", {}, t("notice"), " ", el("a", { href: address("notices", notice.id) }, notice.id), " · ",
      el("b", {}, t(`notice.${notice.state}`)), notice.version > 1 ? ` v${notice.version}` : "", " · ",
      el("a", { href: `/notices?id=${notice.id}` }, t("desk.whole_notice"))),
    el("div", { class: "drafts" }, text(notice, "zh"), text(notice, "en")),
    el(
      "dl",
      { class: "facts" },
      ...fact(...whomFact(notice)),
      ...fact(t("desk.eta"), eta),
      ...fact(t("desk.streets"), streets(notice)),
      ...(notice.approved ? fact(t("desk.approved"), `${notice.approved_by ?? ""} ${dateTime(instant(notice.approved))}`) : []),
      ...(notice.published ? fact(t("desk.published"), `${notice.published_by ?? ""} ${dateTime(instant(notice.published))}`) : []),
    ),
    actions(notice, redraw),
  ];
}

/** @param {any} notice @param {"zh"|"en"} in_ */
const text = (notice, in_) =>
  el("article", { lang: in_ === "zh" ? "zh-CN" : "en" }, el("h4", {}, notice.title[in_]), el("p", {}, notice.body[in_]), el("p", { class: "quiet" }, notice.advice[in_]));

/** @param {any} notice @param {() => void} redraw */
function actions(notice, redraw) {
  const can = (FOLLOWS[notice.state] ?? []).filter((name) => may(COMMANDS[name]));
  if (!can.length) return "";
  const send = (/** @type {string} */ name) => () =>
    void command(`${name}:${notice.id}`, `/api/v1/notices/${encodeURIComponent(notice.id)}/${name}`, asRead(notice), redraw);
  const control = (/** @type {string} */ name) => {
    const key = `${name}:${notice.id}`;
    if (name === "approve") return button(key, t("desk.approve"), send(name), { strong: true });
    // How it is known that it is over is asked on the notice's own page.
    if (name === "restore") return el("a", { href: `/notices?id=${notice.id}`, "data-command": key }, t("desk.restore"));
    return confirmed(key, t(`desk.${name}`), t(`desk.${name}_sure`), send(name), name === "publish", notice.seq);
  };
  return el("p", { class: "actions" }, ...can.map(control));
}

/** A street is one item: where water is off, then where it is weak. @param {any} notice */
function streets(notice) {
  const lines = /** @type {Record<string, string>} */ ({});
  for (const s of notice.streets) {
    const before = lines[s.street];
    const numbers = s.numbers ?? (before ? "…" : "");
    lines[s.street] = `${before ?? local(s.name)}${numbers && ` ${numbers}`}${s.weak ? ` (${t("affected.low_pressure")})` : ""}`;
  }
  return listed(Object.values(lines));
}
