/** What is done with a shift's log: a note, handing over, taking over; and who signed. */
import { act as acted } from "../core/act.js";
import { el, replace } from "../core/dom.js";
import { dateTime, instant } from "../core/format.js";
import { may, page } from "../core/page.js";
import { plantNow } from "../core/clock.js";
import { who } from "../core/who.js";
import { t } from "../core/words.js";
import { deliberate } from "../press/deliberate.js";

const SHOWN = 16;
let sure = "";

/** @param {any} shift */
export function statusOf(shift) {
  if (shift.taken) return t("handover.taken");
  return t(shift.handed ? "handover.waits" : "handover.unsigned");
}

/** @param {string} path @param {object} body @param {string} done @param {() => Promise<void>} then */
const act = (path, body, done, then) => acted(path, body, done, () => {
  sure = "";
  return then();
});

/** Once the words that ask for it could be read. @param {HTMLElement} box @param {any} shift @param {string} what
 * @param {() => void} go @param {() => void} again */
function signing(box, shift, what, go, again) {
  const key = `${what}:${shift.id}`;
  if (sure !== key) {
    const ask = () => {
      sure = key;
      again();
      document.getElementById("sure")?.focus();
    };
    return replace(box, el("button", { type: "button", class: "strong", onclick: ask }, t(`handover.${what}`)));
  }
  const leave = () => {
    sure = "";
    again();
  };
  return replace(box, el("p", {}, t(`handover.sure_${what}`)),
    deliberate(el("button", { type: "button", class: "strong", id: "sure", onclick: go }, t(`handover.${what}_now`))),
    el("button", { type: "button", onclick: leave }, t("handover.not_yet")));
}

/** @param {any} shift @param {() => Promise<void>} then */
function noteForm(shift, then) {
  const text = /** @type {HTMLTextAreaElement} */ (el("textarea", { id: "note", rows: 2, maxlength: 1000, required: true }));
  const send = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (await act(`/api/v1/shifts/${shift.id}/notes`, { text: text.value }, "handover.noted", then)) text.value = "";
  };
  return el("form", { onsubmit: send }, el("label", { for: "note" }, t("handover.note")), text,
    el("button", { type: "submit" }, t("handover.note_add")));
}

/** Which acts there are: what is written meanwhile stays. @param {any} shift */
const kindOf = (shift) => [shift.id, Boolean(shift.handed), Boolean(shift.taken), shift.over, sure, early(shift)].join("|");

/** @param {any} shift */
const early = (shift) => plantNow() < instant(shift.may_hand_over_from);

/** @param {HTMLElement} box @param {any} shift @param {() => Promise<void>} then */
export function actsOf(box, shift, then) {
  const kind = kindOf(shift);
  if (box.dataset.kind === kind) return;
  box.dataset.kind = kind;
  const sign = el("div", { class: "sign" });
  const path = `/api/v1/shifts/${shift.id}`;
  const print = el("button", { type: "button", class: "print", onclick: () => window.print() }, t("handover.print"));
  const mine = shift.handed?.by === page.me?.id;
  const again = () => actsOf(box, shift, then);
  let form = box.querySelector("form");
  if (shift.handed || shift.over || !may("keep_shift_log")) form = null;
  else form ??= /** @type {HTMLFormElement} */ (noteForm(shift, then));
  if (!may("keep_shift_log") || shift.taken || (shift.over && !shift.handed)) sign.hidden = true;
  else if (!shift.handed && early(shift)) replace(sign, el("p", { class: "quiet" }, t("handover.early", { time: dateTime(instant(shift.may_hand_over_from)) })));
  else if (!shift.handed) signing(sign, shift, "hand_over", () => void act(`${path}/hand-over`, {}, "handover.handed", then), again);
  else if (mine) replace(sign, el("p", {}, t("handover.other_signs")), el("a", { class: "as", href: `/sign-in?next=${encodeURIComponent(`/handover?shift=${shift.id}`)}` }, t("handover.sign_in")));
  else signing(sign, shift, "take_over", () => void act(`${path}/take-over`, { sha256: shift.sha256 }, "handover.taken", then), again);
  const focused = document.activeElement?.id === "note";
  replace(box, form, sign, print);
  if (focused) form?.querySelector("textarea")?.focus();
}

/** @param {string} word @param {any} signature */
const signature = (word, signature) =>
  el("p", {}, el("span", { class: "quiet" }, t(word)), " ",
    signature ? el("b", {}, `${who(signature.by)} ${dateTime(instant(signature.at))}`) : el("span", { class: "line" }, t("handover.unsigned_line")));

/** @param {any} shift */
export const signedOf = (shift) => [
  signature("handover.by", shift.handed),
  signature("handover.taken_by", shift.taken),
  shift.sha256 && el("p", { class: "quiet hash", title: shift.sha256 }, t("handover.hash", { hash: shift.sha256.slice(0, SHOWN) })),
];
