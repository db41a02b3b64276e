/** Fields of the form: words in two languages, times in Shanghai, choices. */
import { byId, el } from "../core/dom.js";
import { t } from "../core/words.js";

const SHANGHAI_MS = 8 * 3600e3;

/** @param {string} name @param {string} label @param {{zh: string, en: string}|null|undefined} words */
export const pair = (name, label, words) => /** @type {const} */ (["zh", "en"]).map((in_) => {
  const box = /** @type {HTMLTextAreaElement} */ (el("textarea", { id: `${name}_${in_}`, maxlength: 2000, lang: in_ === "zh" ? "zh-CN" : "en" }));
  box.value = words?.[in_] ?? "";
  return el("label", {}, `${label} · ${t(`notices.${in_}`)}`, box);
});

/** Both languages, or null when nothing was written. @param {string} name */
export function pairOf(name) {
  const [zh, en] = ["zh", "en"].map((in_) => /** @type {HTMLTextAreaElement} */ (byId(`${name}_${in_}`)).value.trim());
  return zh || en ? { zh, en } : null;
}

/** @param {string} id @param {string[][]} options @param {string} chosen */
export function select(id, options, chosen) {
  return el("select", { id }, ...options.map(([value, label]) => el("option", { value, selected: value === chosen }, label)));
}

/** @param {string} id @param {string} label @param {number} ms @param {string|null} [kind] */
export function time(id, label, ms, kind = null) {
  const text = Number.isFinite(ms) ? new Date(ms + SHANGHAI_MS).toISOString().slice(0, 16) : "";
  return el("label", { class: kind }, label, el("input", { id, type: "datetime-local", value: text }));
}

/** With Shanghai's offset, or null. @param {string} id */
export function timeOf(id) {
  const text = /** @type {HTMLInputElement} */ (byId(id)).value;
  return text ? `${text}:00+08:00` : null;
}
