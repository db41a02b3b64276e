/** One line while operators are told more than they can take in: how much, since when, where most of it is. */
import { deskOf, floodWords, largest } from "../control/floods.js";
import { byId, el, redraw } from "../core/dom.js";
import { number } from "../core/format.js";
import { store } from "../core/store.js";
import { t } from "../core/words.js";
import { fit } from "./fit.js";

const ZONES = 3;

/** @param {(id: string) => string} zoneName */
export function drawFlood(zoneName) {
  const flood = largest();
  const line = byId("flood");
  line.hidden = !flood;
  if (!flood) return;
  const most = flood.zones.slice(0, ZONES).map((/** @type {any} */ one) => `${zoneName(one.zone)} ${number(one.n)}`);
  redraw(
    line,
    el("strong", {}, t("flood.title")),
    deskOf(flood) && el("span", { class: "desk-name" }, deskOf(flood)),
    el("span", { class: "much" }, floodWords(flood)),
    most.length > 0 && el("span", { class: "most" }, t("flood.most", { zones: most.join(t("flood.and")) })),
    el("span", { class: "hushed" }, t("flood.hushed")),
    store.floods.length > 1 && el("span", { class: "more" }, t("wall.more", { n: store.floods.length - 1 })),
  );
  fit(line, [".hushed", ".most"].map((part) => line.querySelector(part)));
}
