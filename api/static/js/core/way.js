/** The way of an order, the same steps in the same order on every page (`response/orders/way.py`). */
import { el } from "./dom.js";
import { hourMinute, instant } from "./format.js";
import { t } from "./words.js";

/** @param {{step: string, at: string|null}[]} way */
export function drawWay(way) {
  const now = way.findLastIndex((one) => one.at);
  return el("ol", { class: "stages way" }, ...way.map((one, i) =>
    el("li", { class: i < now && one.at ? "past" : i === now ? "now" : "", "aria-current": i === now ? "step" : null, "data-way": one.step },
      t(`way.${one.step}`), el("span", { class: "quiet" }, one.at && Number.isFinite(instant(one.at)) ? hourMinute(instant(one.at)) : ""))));
}
