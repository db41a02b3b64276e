/** Counts by priority, how long ago the hub was heard, and the clock. */
import { ASIDE_WHY, counts } from "../core/alarms.js";
import { plantNow, plantSpeed } from "../core/clock.js";
import { byId, el, keyed, setText } from "../core/dom.js";
import { age, clockTime, dateOf } from "../core/format.js";
import { mark } from "../core/priority.js";
import { t } from "../core/words.js";

/** @param {any[]} alarms */
export function drawCounts(alarms) {
  const by = counts(alarms);
  keyed(
    byId("counts"),
    [1, 2, 3, 4].map((p) => ({ p, ...by[p] })),
    ({ p, standing }) => `${p}${standing ? "" : "-"}`,
    ({ p, standing }) =>
      el("li", { class: standing ? "count" : "count quiet" }, standing ? mark(p) : ghost(p), el("b"), el("span", { class: "visually-hidden" })),
    (node, { p, standing, unanswered, returned }) => {
      setText(node.children[1], String(standing));
      setText(node.children[2], t("wall.count", { priority: p, standing, unanswered, returned }));
    },
  );
  setText(byId("aside"), aside(alarms));
}

/** How many are over but not answered, and how many nobody hears of. @param {any[]} alarms */
export const aside = (alarms) => Object.entries(ASIDE_WHY)
  .map(([why, is]) => ({ why, n: alarms.filter(is).length }))
  .filter(({ n }) => n)
  .map(({ why, n }) => t(`wall.aside_${why}`, { n }))
  .join(" · ");

/** A priority nobody is in: outline only. @param {number} priority */
function ghost(priority) {
  const shape = mark(priority);
  shape.setAttribute("class", "mark none");
  return shape;
}

export function drawClock() {
  const now = plantNow();
  if (now <= 0) return;
  setText(byId("time"), clockTime(now));
  setText(byId("date"), plantSpeed() === 1 ? dateOf(now) : `${dateOf(now)} ×${plantSpeed()}`);
}

/** @param {boolean} live @param {number} ageMs */
export function drawAge(live, ageMs) {
  const text = plantNow() ? t("wall.link", { age: age(ageMs / 1000) }) : t("wall.connecting");
  setText(byId("age"), text);
  byId("age").classList.toggle("stale", !live);
}
