/** Who is called back (回访): whom, about what, and what they said. */
import { el } from "../core/dom.js";
import { dateTime, instant } from "../core/format.js";
import { crewName, may } from "../core/page.js";
import { local, t } from "../core/words.js";
import { who } from "../core/who.js";
import { twice } from "./armed.js";
import { table } from "./lists.js";
import { board, toCall } from "./state.js";

/** @typedef {import("./lists.js").Act} Act */

/** What was put down last, for as long as it can be a slip of the hand. */
let last = { path: "", label: "", until: 0 };
const SLIP_MS = 110_000;
/** What is typed and not sent yet, by call-back: the board is drawn anew under it. @type {Map<string, string>} */
const typed = new Map();

/** @param {HTMLElement} box @param {Act} act */
export function drawCallbacks(box, act) {
  const n = board.callbacks.unlisted;
  const list = n ? el("button", { type: "button", onclick: () => void act("/api/v1/callbacks") }, t("board.make_list", { n })) : el("b", {}, t("board.none_unlisted"));
  const notes = board.callbacks.may_call ? t("board.callbacks_note") : t("board.not_now");
  const rows = toCall().map((one) => row(one, act));
  table(box, ["board.day", "board.where", "board.account", "board.said", "board.stand", "board.result"], rows, t("board.no_callbacks"), notes, el("span", {}, list, undo(act)));
}

/** @param {any} one @param {Act} act */
function row(one, act) {
  const path = `/api/v1/callbacks/${encodeURIComponent(one.id)}`;
  const disabled = !board.callbacks.may_call;
  const note = /** @type {HTMLInputElement} */ (el("input", { maxlength: 500, "aria-label": t("board.call_note"), placeholder: t("board.call_note"), oninput: () => typed.set(one.id, note.value) }));
  note.value = typed.get(one.id) ?? "";
  const put = async (/** @type {string} */ what, /** @type {object} */ body, /** @type {boolean} */ slip = true) => {
    const written = note.value.trim();
    if (!(await act(`${path}/calls`, written ? { ...body, note: written } : body))) return;
    typed.delete(one.id);
    last = slip ? { path: `${path}/take-back`, label: t("board.put_down", { who: one.account ?? one.order, what }), until: performance.now() + SLIP_MS } : { ...last, until: 0 };
  };
  const marks = [5, 4, 3, 2, 1].map((mark) =>
    twice(`${one.id} ${mark}`, disabled, mark, () => void put(t("board.mark", { n: mark }), { outcome: "answered", mark }), t("board.mark", { n: mark })));
  const said = (/** @type {string} */ outcome) => t(`callback_outcome.${outcome}`);
  return el("tr", {},
    el("td", {}, board.callbacks.waiting.includes(one) ? el("span", { class: "quiet" }, t("board.not_listed")) : one.day),
    el("td", {}, el("b", {}, local(one.place)), " ", el("span", { class: "quiet" }, one.order)),
    el("td", {}, caller(one)),
    el("td", {}, ...reported(one)),
    el("td", { class: "quiet" }, crewName(one.crew), one.first_owner ? ` · ${t("board.first_owner", { who: who(one.first_owner) })}` : "", one.tried ? ` · ${t("board.tried", { n: one.tried, last: said(one.last) })}` : ""),
    el("td", { class: "acts" }, ...marks,
      twice(`${one.id} unreachable`, disabled, said("unreachable"), () => void put(said("unreachable"), { outcome: "unreachable" })),
      twice(`${one.id} refused`, disabled, said("refused"), () => void put(said("refused"), { outcome: "refused" })),
      note, twice(`${one.id} unresolved`, disabled, said("unresolved"), () => void put("", { outcome: "unresolved" }, false))));
}

/** What was put down when they rang, and what came of it. @param {any} one */
function reported(one) {
  const said = one.said ? [el("b", {}, t(`symptom.${one.said.symptom}`)), " ", one.said.text ?? "", el("span", { class: "quiet" }, ` ${dateTime(instant(one.said.at))}`)] : [];
  const came = one.finding ? [el("br"), t(`outcome.${one.finding.outcome}`), one.finding.reason ? ` · ${one.finding.reason}` : ""] : [];
  return [...said, ...came];
}

/** Where they live, their number, and why it is they. Whoever may see customers is one click from the card. @param {any} one */
function caller(one) {
  const account = one.account && may("customers") ? el("a", { href: `/hotline?account=${encodeURIComponent(one.account)}`, title: t("board.card") }, one.account) : one.account ?? "";
  const tel = board.numbers[one.id];
  return el("span", {}, el("b", {}, one.address ?? ""), " ", account, tel ? el("span", { class: "tel" }, ` ${tel}`) : "", " · ", t(`callback_reason.${one.reason}`));
}

/** @param {Act} act */
function undo(act) {
  if (performance.now() > last.until) return "";
  const back = async () => {
    const was = last;
    last = { ...last, until: 0 };
    if (!(await act(was.path))) last = was;
  };
  return el("span", { class: "slip", id: "slip" }, " ", last.label, " ", el("button", { type: "button", onclick: () => void back() }, t("board.slip")));
}
