/** What the field shows and says: photos, and notes both ways. */
import { el } from "../core/dom.js";
import { dateTime, day, hourMinute, instant, number } from "../core/format.js";
import { onBrowser } from "../core/kept.js";
import { may } from "../core/page.js";
import { local, t } from "../core/words.js";
import { field, form, said } from "./act.js";

const DIGITS = 5;

/** That a phone named a time that cannot be: both are shown. @param {any} one */
export const clockOff = (one) => one.claimed ? el("b", { class: "late" }, " · ", t("orders.clock_off", { time: `${day(instant(one.claimed))} ${hourMinute(instant(one.claimed))}` })) : false;

/** @param {any[]} shots */
export const photos = (shots) => (shots.length ? [el("ul", { class: "shots" }, ...shots.map(photo))] : [el("p", { class: "quiet" }, t("orders.no_photos"))]);

/** @param {any} one */
function photo(one) {
  const path = `/api/v1/photos/${encodeURIComponent(one.id)}`;
  const where = one.lat !== null && `${number(one.lat, DIGITS)}, ${number(one.lon, DIGITS)}`;
  return el("li", {},
    el("a", { href: path, target: "_blank", rel: "noopener" }, el("img", { src: path, loading: "lazy", width: 150, height: 112, alt: t(`crew.photo_${one.stage}`) })),
    el("b", {}, t(`crew.photo_${one.stage}`)), " ", dateTime(instant(one.taken ?? one.done)), clockOff(one),
    where && el("span", { class: "quiet" }, ` ${where}`),
    may("move_work_order") && el("a", { class: "quiet", href: `${path}/original`, title: one.sha256 }, t("orders.original")));
}

/** What is being written to the field, by order. @type {import("../core/kept.js").Kept<string>} */
const begun = onBrowser();

/** What is written is kept, so that it stands in the next drawing as in this one: nothing waits for it. @param {string} of */
function noteField(of) {
  const input = /** @type {HTMLInputElement} */ (el("input", {
    name: "text", maxlength: 2000, required: true, value: begun.of(of) ?? "",
    oninput: () => {
      input.defaultValue = input.value;
      if (input.value) begun.keep(of, input.value);
      else begun.drop(of);
    },
  }));
  return input;
}

/** @param {any} order @param {any[]} written @param {() => void} changed */
export function notes(order, written, changed) {
  const of = `note:${order.id}`;
  const sent = () => {
    begun.drop(of);
    changed();
  };
  const path = `/api/v1/work-orders/${encodeURIComponent(order.id)}/notes/${crypto.randomUUID()}`;
  return [
    el("ul", { class: "log", id: "notes" }, ...written.map((note) => el("li", { class: note.side },
      el("span", { class: "quiet" }, dateTime(instant(note.done))), el("span", {}, el("b", {}, t(`side.${note.side}`)), " ", local(note.text), clockOff(note))))),
    may("note_work_order") && form(path, (f) => ({ text: said(f).text ?? "" }), sent, t("crew.send_note"),
      [field(t("orders.to_the_field"), noteField(of), true)], true),
  ];
}
