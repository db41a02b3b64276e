/** What may follow, for whoever looks: a dangerous step asks once more, a restoration asks how it is known. */
import { deliberate } from "../press/deliberate.js";
import { asRead } from "../core/as_read.js";
import { el, replace } from "../core/dom.js";
import { dateTime } from "../core/format.js";
import { may, page } from "../core/page.js";
import { t } from "../core/words.js";
import { begunAt } from "./kept.js";
import { read, restoration } from "./restore.js";
import { path, say, send } from "./send.js";

const NEEDS = /** @type {Record<string, string>} */ ({
  approve: "approve_notice", publish: "publish_notice", issue_neutral: "issue_neutral", edit: "draft_notice",
  update: "draft_notice", drop: "draft_notice", restore: "publish_notice", withdraw: "publish_notice",
});
const STEPS = /** @type {Record<string, string>} */ ({ issue_neutral: "neutral" });
const STRONG = new Set(["approve", "publish"]);
const ASKED = new Set(["publish", "issue_neutral", "withdraw", "drop"]);
const OF_QUALITY = new Set(["water_quality", "discoloured", "boil", "do_not_drink", "do_not_use"]);
const BY_LAB = new Set(["water_quality", "boil", "do_not_drink", "do_not_use"]);

/**
 * @param {any} notice @param {(told: any) => void} changed
 * @param {(how: "edit"|"update") => void} write
 * @param {(why: string) => void} lost others were quicker
 */
export function actions(notice, changed, write, lost) {
  const now = notice.pending ?? notice;
  const mine = now.author === page.me?.id && now.state === "draft";
  const within = page.me?.grants?.approve_notice !== "quality" || OF_QUALITY.has(notice.kind);
  const first = OF_QUALITY.has(notice.kind) && now.state === "approved" && now.approved_by === page.me?.id;
  const closed = BY_LAB.has(notice.kind) && (page.me?.grants?.approve_notice !== "quality" || Boolean(notice.pending?.restored_why));
  const can = notice.allowed.filter((/** @type {string} */ name) =>
    may(NEEDS[name]) && (within || NEEDS[name] === "draft_notice") && !(mine && name === "approve") && !(first && name === "publish") && !(closed && name === "restore"));
  const line = el("div", { class: "actions" });
  const below = el("div");
  draw();
  return [
    OF_QUALITY.has(notice.kind) && notice.allowed.length ? el("p", { class: "quiet" }, t("notices.two")) : "",
    mine ? el("p", { class: "quiet" }, t("notices.another")) : "",
    notice.state === "published" && notice.status === "actual" && BY_LAB.has(notice.kind) ? el("p", { class: "quiet", id: "lifted-only" }, t("notices.lifted_only")) : "",
    first ? el("p", { class: "quiet", id: "second" }, t("notices.second")) : "",
    begunAt(notice) ? el("p", { class: "soft", id: "begun" }, t("notices.form.begun", { time: dateTime(begunAt(notice) ?? 0) })) : "",
    line,
    below,
  ];

  function draw() {
    replace(below);
    replace(line, ...can.map((/** @type {string} */ name) => one(name)),
      can.length ? "" : el("span", { class: "quiet" }, notice.allowed.length ? t("notices.not_yours") : ""));
  }

  /** @param {string} name */
  function one(name) {
    const label = name !== "restore" ? name : BY_LAB.has(notice.kind) ? "lift" : notice.supply === "low" ? "normal" : name;
    return el("button", { type: "button", class: STRONG.has(name) ? "strong" : null, "data-act": name, onclick: () => pressed(name) }, t(`notices.act.${label}`));
  }

  /** @param {string} name */
  function pressed(name) {
    if (name === "edit" || name === "update") write(name);
    else if (name === "restore") BY_LAB.has(notice.kind) ? propose() : restoration(notice, line, below, (body, read) => go(name, body, read), draw);
    else if (ASKED.has(name)) sure(name);
    else void go(name);
  }

  /** @param {string} name @param {object} [body] @param {any} [read] the notice as its reader has it before them */
  async function go(name, body = {}, read = notice) {
    const told = await send("POST", path(notice.id, STEPS[name] ?? name), { ...body, ...asRead(read) }, lost);
    if (told) changed(told);
    return told !== null;
  }

  /** @param {string} name */
  function sure(name) {
    say("");
    const told = notice.state === "published";
    const untold = notice.status !== "actual" || (page.mode === "exercise" && !notice.pending);
    const question = name === "withdraw" && !told ? "unread" : untold && ["publish", "issue_neutral"].includes(name) ? "untold" : name;
    if (name === "withdraw" && told) return takeBack();
    const yes = deliberate(el("button", { type: "button", class: "strong", "data-act": `${name}-sure`, onclick: () => void go(name).then(draw) }, t(`notices.act.${name}`)));
    replace(line, el("span", {}, t(`notices.sure.${question}`)), yes, cancel());
    yes.focus();
  }

  /** What was published: the record says why. */
  function takeBack() {
    const why = box();
    const yes = deliberate(el("button", { class: "strong", "data-act": "withdraw-sure" }, t("notices.act.withdraw")));
    replace(line, el("form", { class: "actions", onsubmit: (/** @type {Event} */ event) => {
      event.preventDefault();
      if (why.value.trim()) return void go("withdraw", { reason: why.value });
      say(t("notices.why_withdrawn"), true);
      why.focus();
    } }, el("span", {}, t("notices.sure.withdraw")), el("label", { for: "why" }, t("notices.why_withdrawn"), why), yes, cancel()));
    why.focus();
    void read(notice, below, "withdrawn");
  }

  /** The all-clear is proposed; the second person reads what goes out. */
  function propose() {
    const lab = box();
    const form = el("form", { class: "actions", onsubmit: (/** @type {Event} */ event) => {
      event.preventDefault();
      void go("restore", { lab: lab.value });
    } }, el("label", { for: "why" }, t("notices.lab"), lab), deliberate(el("button", { class: "strong" }, t("notices.send"))), cancel());
    replace(line, form);
    lab.focus();
  }

  function box() {
    return /** @type {HTMLInputElement} */ (el("input", { id: "why", maxlength: 200, size: 34 }));
  }

  function cancel() {
    return el("button", { type: "button", onclick: draw }, t("notices.cancel"));
  }

}
