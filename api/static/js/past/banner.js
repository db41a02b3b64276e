/** That what is shown is past, in words and over the whole page's edge: nobody is to take it for now. */
import { plantNow } from "../core/clock.js";
import { byId, setText } from "../core/dom.js";
import { age, clockTime, dateOf } from "../core/format.js";
import { t } from "../core/words.js";

/** @param {number|null} at ms; null for now @param {string} doing what keeps it from being shown, "" for nothing */
export function drawPast(at, doing) {
  byId("past").hidden = at === null;
  document.body.classList.toggle("past", at !== null);
  if (at === null) return;
  setText(byId("past-at"), `${dateOf(at)} ${clockTime(at)}`);
  setText(byId("past-ago"), t("past.ago", { age: age((plantNow() - at) / 1000) }));
  setText(byId("past-doing"), doing);
}
