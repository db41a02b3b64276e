/** The field in which an instant is typed. */
import { plantNow } from "../core/clock.js";
import { byId } from "../core/dom.js";
import { textOf, whenOf } from "./when.js";

const MIN = 60e3;
const field = () => /** @type {HTMLInputElement} */ (byId("when"));

/** @param {(at: number) => void} chosen ms */
export const installField = (chosen) => field().addEventListener("change", () => {
  const at = whenOf(field().value);
  if (Number.isFinite(at)) chosen(at);
});

/** To the minute; while somebody types it stays. @param {number} at ms */
export function drawField(at) {
  if (document.activeElement !== field()) field().value = textOf(Math.floor(at / MIN) * MIN);
  field().max = textOf(Math.floor(plantNow() / MIN) * MIN);
}
