/** Promises to callers that are not kept: they were to hear that water is back (HL-14). */
import { el, redraw } from "../core/dom.js";
import { dateTime, instant, number } from "../core/format.js";
import { t } from "../core/words.js";

/** @param {HTMLElement} box @param {{letters: any[], incidents: any[]}|null} owed */
export function drawPromises(box, owed) {
  const n = owed ? owed.letters.length + owed.incidents.length : 0;
  box.hidden = n === 0;
  if (!owed || n === 0) return;
  redraw(box,
    el("h2", {}, t("deliveries.promises")),
    el("ul", {},
      ...owed.incidents.map((one) => el("li", {},
        el("a", { href: `/desk?view=incidents&id=${encodeURIComponent(one.incident)}`, "data-reload": true }, one.incident),
        one.back ? ` · ${t("deliveries.promise_back", { time: dateTime(instant(one.back)) })}` : "",
        ` · ${t("deliveries.promise_waiting", { n: number(one.callers) })}`)),
      ...owed.letters.map((one) => el("li", {},
        `${one.account} · ${one.notice} · ${t("deliveries.promise_until", { time: dateTime(instant(one.promised)) })} · ${t(`letter.${one.state}`)}`))));
}
