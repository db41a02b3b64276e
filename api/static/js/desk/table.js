/**
 * A list of records that holds still: while the pointer is over it, known rows are updated where they
 * stand, new ones wait behind a chip and gone ones fade. Rows are links, so each has an address.
 */
import { el, keyed, redraw, setAttr, setText } from "../core/dom.js";
import { t } from "../core/words.js";

/**
 * @template T
 * @typedef {object} Columns
 * @property {string} name of the table, for those who cannot see it
 * @property {{id: string, label: string}[]} heads
 * @property {(item: T) => string} key
 * @property {(item: T) => string} rowClass
 * @property {(item: T) => (Node|string)[]} cells one for each head; the first link makes the row's
 * @property {string} empty
 */

/** @template T */
export class Table {
  /** @param {Columns<T>} columns */
  constructor(columns) {
    this.columns = columns;
    this.body = el("tbody");
    this.chip = el("button", { type: "button", class: "chip", hidden: true, onclick: () => this.release() });
    this.nothing = el("p", { class: "empty quiet", hidden: true }, columns.empty);
    const heads = columns.heads.map((head) => el("th", { scope: "col", class: head.id }, head.label));
    this.node = el(
      "div",
      { class: "list" },
      this.chip,
      el("table", {}, el("caption", { class: "visually-hidden" }, columns.name), el("thead", {}, el("tr", {}, ...heads)), this.body),
      this.nothing,
    );
    /** @type {T[]} */
    this.items = [];
    /** @type {T[]} shown now */
    this.shown = [];
    this.held = false;
    /** While somebody is asked about its rows: until it is released. */
    this.still = false;
    this.selected = "";
    /** Where the selected row stood when it went; -1 while it stands, or when it never did. */
    this.gap = -1;
    this.body.addEventListener("pointerenter", () => { this.held = true; });
    this.node.addEventListener("pointerleave", () => { if (this.still) this.held = false; else this.release(); });
  }

  /** @param {T[]} items in the order wanted @param {string} selected */
  show(items, selected) {
    const { key } = this.columns;
    const stood = this.shown.findIndex((item) => key(item) === selected);
    if (stood >= 0 || selected !== this.selected) this.gap = stood;
    this.items = items;
    this.selected = selected;
    const fresh = new Map(items.map((item) => [key(item), item]));
    const standing = this.shown.map((item) => fresh.get(key(item)) ?? item);
    const held = this.held || this.still;
    const waiting = held ? items.filter((item) => !this.shown.some((s) => key(s) === key(item))).length : 0;
    this.draw(held ? standing : items, fresh);
    if (this.has(selected)) this.gap = -1;
    this.chip.hidden = waiting === 0;
    setText(this.chip, t("desk.new_rows", { n: waiting }));
  }

  release() {
    this.held = this.still = false;
    this.show(this.items, this.selected);
  }

  /** @param {T[]} items @param {Map<string, T>} fresh */
  draw(items, fresh) {
    this.shown = items;
    this.nothing.hidden = items.length > 0;
    const { key, rowClass, cells } = this.columns;
    keyed(this.body, items, key, () => el("tr"), (row, item) => {
      const gone = !fresh.has(key(item));
      setAttr(row, "class", `${rowClass(item)}${gone ? " gone" : ""}${key(item) === this.selected ? " selected" : ""}`);
      const held = row.contains(document.activeElement) && document.activeElement?.tagName;
      const seq = /** @type {any} */ (item).seq;
      const drawn = redraw(row, ...cells(item).map((cell, i) => el("td", { class: this.columns.heads[i].id, "data-seq": i ? null : seq }, cell)));
      if (held && drawn) /** @type {HTMLElement|null} */ (row.querySelector(held) ?? row.querySelector("a"))?.focus();
    });
  }

  /** The next or previous row's key, from the selected one or, when that is gone, from its place. @param {1|-1} by */
  neighbour(by) {
    const keys = this.shown.map(this.columns.key);
    const at = keys.indexOf(this.selected);
    if (at < 0 && this.gap < 0) return (by > 0 ? keys[0] : keys.at(-1)) ?? "";
    const next = at < 0 ? (by > 0 ? this.gap : this.gap - 1) : at + by;
    return keys[Math.max(0, Math.min(keys.length - 1, next))] ?? "";
  }

  /** @param {string} key */
  has(key) {
    return this.shown.some((item) => this.columns.key(item) === key);
  }

  focusSelected() {
    const row = [...this.body.children].find((node) => node.getAttribute("data-key") === this.selected);
    row?.querySelector("a")?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: "nearest" });
  }
}
