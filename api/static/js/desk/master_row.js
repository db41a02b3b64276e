/** One row of the master alarm database: all of it, what changed it, and a form to propose a change. */
import { el } from "../core/dom.js";
import { dateTime, instant } from "../core/format.js";
import { may } from "../core/page.js";
import { mark } from "../core/priority.js";
import { known, lang, listed, t } from "../core/words.js";
import { reasonInput } from "./commands.js";
import { diffTable, persons, reasonOf } from "./master_change.js";

/** What is proposed here; the rest is changed in the table (export, change, import). */
const FIGURES = ["setpoint", "escalate_at", "deadband", "on_delay_s", "off_delay_s", "window_s", "time_to_respond_min", "shelve_max_min"];
const CHOICES = /** @type {Record<string, string[]>} */ ({ consequence_level: ["public_health", "regulatory", "local", "minor"], latching: ["no", "yes"], ack_required: ["yes", "no"] });
const TEXTS = ["corrective_action_zh", "corrective_action_en", "rationale_zh", "rationale_en"];
const LEVELS = CHOICES.consequence_level;

/** Half-written forms outlive a redraw, and a refusal: by row and version. @type {Map<string, HTMLElement>} */
const forms = new Map();

/** The kind of an alarm in the reader's words. @param {string} type */
export const kind = (type) => told("type", type);

/** A column in the reader's words. @param {string} column */
export function label(column) {
  const language = { zh: "master.zh", en: "master.en" }[column.slice(-2)];
  const base = language && column.at(-3) === "_" ? column.slice(0, -3) : column;
  const word = known(`column.${base}`) ? t(`column.${base}`) : known(`column.${column}`) ? t(`column.${column}`) : base;
  return base === column || !language ? word : `${word} ${t(language)}`;
}

/** A unit behind a figure; a tag's own is left out, as the row stands for many. @param {string} [text] */
export const unit = (text) => (!text || text === "own" ? "" : told("unit", text));

const ROLES = new Set(["owner_role", "approved_by", "rationalised_by"]);

/** What a cell says, in the reader's words where there are some. @param {string} column @param {string} text @returns {string} */
function told(column, text) {
  if (ROLES.has(column)) return listed(text.split(" ").map((role) => (known(`role.${role}`) ? t(`role.${role}`) : role)));
  if (column === "class" && known(`class.${text}`)) return t(`class.${text}`);
  if (column === "quantity") return listed(text.split(" ").map((one) => (known(`value.quantity.${one}`) ? t(`value.quantity.${one}`) : one)));
  return known(`value.${column}.${text}`) ? t(`value.${column}.${text}`) : text;
}

/** @param {any} row @param {(path: string, body: object) => Promise<void>} send */
export function rowPane(row, send) {
  const cells = row.cells ?? {};
  const key = `${row.id}|${row.version}`;
  if (!forms.has(key)) forms.set(key, form(row, send));
  const other = lang === "zh" ? "_en" : "_zh";
  const shown = Object.entries(cells).filter(([column]) => !column.endsWith(other));
  return [
    el("h2", {}, cells.priority && mark(Number(cells.priority)), " ", cells[`name_${lang}`] ?? t("master.matrix")),
    el("p", { class: "stateline" }, `${row.id} · ${t("master.version", { n: row.version ?? "–" })}`),
    el("dl", { class: "facts" }, ...shown.flatMap(([column, text]) => [el("dt", {}, label(column.replace(/_(zh|en)$/, ""))), el("dd", { class: "lines" }, told(column, String(text)))])),
    may("propose_master") && row.cells && forms.get(key),
    el("h3", {}, t("desk.history")),
    ...row.history.map((/** @type {any} */ one) => el("details", { class: "act" },
      el("summary", {}, `${t("master.version", { n: one.n })} · ${dateTime(instant(one.t))} · ${persons(one)} · ${reasonOf(one)}`), diffTable(one, true))),
  ].filter(Boolean);
}

/** @param {any} row @param {(path: string, body: object) => Promise<void>} send */
function form(row, send) {
  const fields = row.id === "*matrix" ? LEVELS : [...FIGURES, ...Object.keys(CHOICES), ...TEXTS];
  const inputs = new Map(fields.map((column) => [column, input(column, row.cells[column] ?? "")]));
  const why = reasonInput();
  const onsubmit = (/** @type {Event} */ event) => {
    event.preventDefault();
    const cells = Object.fromEntries([...inputs].filter(([column, node]) => node.value.trim() !== (row.cells[column] ?? "")).map(([column, node]) => [column, node.value.trim()]));
    void send("/api/v1/master/proposals", { reason: why.value.trim(), rows: { [row.id]: cells } });
  };
  return el("details", { class: "act", "data-act": "propose" }, el("summary", {}, t("master.propose")),
    el("form", { class: "grid-form", onsubmit },
      ...[...inputs].flatMap(([column, node]) => [el("label", { for: node.id }, label(column)), node]),
      why, el("button", { class: "strong" }, t("desk.propose"))));
}

/** @param {string} column @param {string} value @returns {HTMLInputElement|HTMLSelectElement|HTMLTextAreaElement} */
function input(column, value) {
  const id = `master-${column}`;
  const choices = CHOICES[column];
  if (choices && value in Object.fromEntries(choices.map((one) => [one, 1]))) {
    return /** @type {HTMLSelectElement} */ (el("select", { id }, ...choices.map((one) => el("option", { value: one, selected: one === value }, told(column, one)))));
  }
  if (TEXTS.includes(column)) return /** @type {HTMLTextAreaElement} */ (el("textarea", { id, rows: 2, maxlength: 500 }, value));
  return /** @type {HTMLInputElement} */ (el("input", { id, value, inputmode: FIGURES.includes(column) ? "decimal" : "text", maxlength: 40, autocomplete: "off" }));
}
