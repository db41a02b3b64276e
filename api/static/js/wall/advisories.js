/** One line while people are told of doubtful water: what to do, where, how many, since when. Worst first. */
import { plantNow } from "../core/clock.js";
import { byId, el, redraw, setText } from "../core/dom.js";
import { age, timeOfDay, instant, number } from "../core/format.js";
import { need } from "../core/http.js";
import { t } from "../core/words.js";
import { fit } from "./fit.js";

/** Advice about health before water that is only being looked into. */
const GRAVEST = ["do_not_use", "do_not_drink", "boil", "discoloured", "water_quality"];
const HEALTH = new Set(GRAVEST.slice(0, 3));

/** @type {any[]} */
let standing = [];
let asked = 0;

/** Ask what is in force; until it is answered, what was known stands. */
export async function loadAdvisories() {
  asked += 1;
  const mine = asked;
  const { items } = await need("/api/v1/advisories");
  if (mine !== asked) return;
  standing = items.sort(
    (/** @type {any} */ a, /** @type {any} */ b) =>
      GRAVEST.indexOf(a.kind) - GRAVEST.indexOf(b.kind) || b.accounts_affected - a.accounts_affected,
  );
}

/** @param {(id: string) => string} zoneName */
export function drawAdvisories(zoneName) {
  const line = byId("advisory");
  const first = standing[0];
  line.hidden = !first;
  if (!first) return;
  write(line, first, standing.length - 1, zoneName);
  const since = instant(first.published);
  setText(line.querySelector("time"), `${timeOfDay(since)} · ${age((plantNow() - since) / 1000)}`);
  fit(line, ["time", ".where"].map((part) => line.querySelector(part)));
}

/** @param {HTMLElement} line @param {any} first @param {number} more @param {(id: string) => string} zoneName */
function write(line, first, more, zoneName) {
  line.className = `advisory ${HEALTH.has(first.kind) ? "p1" : "p3"}`;
  const zones = first.zones.map(zoneName).join(t("flood.and"));
  redraw(
    line,
    el("strong", {}, t(`notice.kind.${first.kind}`)),
    el("span", { class: "where" }, zones),
    el("span", { class: "many" }, t("wall.accounts", { n: number(first.accounts_affected) })),
    el("time", {}),
    more > 0 && el("span", { class: "more" }, t("wall.more", { n: more })),
  );
}
