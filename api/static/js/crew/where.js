/** Where to dig: the likely pipes, a sketch of the mains around, and the way there in the phone's own map. It
 * is drawn from what came with the order, so that it is there without a network. */
import { el, svg } from "../core/dom.js";
import { number } from "../core/format.js";
import { listed, local, t } from "../core/words.js";
import { showValve } from "./valves.js";

const W = 328;
const H = 232;
/** A finger's breadth, and where else a valve is drawn whose place another has. */
const TOUCH = 28;
const BESIDE = [[0, 0], [0, 40], [0, -40], [44, 0], [-44, 0], [44, 36], [-44, 36], [44, -36], [-44, -36]];
const STEPS_M = [20, 50, 100, 200, 500];

/** @param {any} order */
export function drawWhere(order) {
  const where = order.where;
  if (!where) return null;
  return el("section", { class: "where", id: "where", "aria-label": t("crew.where") },
    el("h3", {}, t("crew.where")),
    where.begin && el("p", { class: "begin" }, t("crew.begin", { place: named(where.begin), m: number(where.begin_m), n: number(where.begin.share * 100) })),
    where.begin && where.likely.length > 1 && el("p", { class: "quiet by-pipe" }, t("crew.by_pipe")),
    where.likely.length ? el("ol", { class: "likely" }, ...where.likely.map(pipe)) : el("p", { class: "quiet" }, t("crew.no_pipe")),
    where.radius_m ? el("p", { class: "quiet" }, t("crew.within", { n: number(where.radius_m) })) : null,
    where.reach_m ? sketch(where) : null,
    el("a", { class: "wide map", id: "map-link", href: geo(order) }, t("crew.open_map")));
}

/** @param {any} one @param {number} i */
function pipe(one, i) {
  const share = one.share === null ? "" : t("crew.share", { n: number(one.share * 100) });
  return el("li", { class: `p${i + 1}` }, el("b", {}, named(one)), " ", share && el("span", {}, share), " ",
    one.away_m ? el("span", { class: "quiet" }, t("crew.away", { n: number(one.away_m) })) : "");
}

/** @param {any} one */
const named = (one) => [local(one.street), `DN${one.diameter_mm}`].filter(Boolean).join(" ");

/** The phone's own map takes a place, or looks the address up. @param {any} order */
function geo(order) {
  const { lat, lon } = order.where;
  const name = encodeURIComponent(local(order.place));
  return lat === null ? `geo:0,0?q=${name}` : `geo:${lat},${lon}?q=${lat},${lon}(${name})`;
}

/** North is up. @param {any} where */
function sketch(where) {
  const scale = H / (2 * where.reach_m);
  const at = (/** @type {number} */ x, /** @type {number} */ y) => [W / 2 + x * scale, H / 2 - y * scale];
  const points = (/** @type {number[][]} */ line) => line.map(([x, y]) => at(x, y).map((v) => v.toFixed(1)).join(",")).join(" ");
  const shown = where.valves.filter((/** @type {any} */ one) => one.x !== null);
  const places = spread(shown.map((/** @type {any} */ one) => at(one.x, one.y)));
  const bar = STEPS_M.findLast((m) => m * scale < W / 3) ?? STEPS_M[0];
  const said = t("crew.sketch_said", { valves: listed(shown.filter((/** @type {any} */ v) => v.to_shut).map((/** @type {any} */ v) => v.valve)) || "–" });
  return svg("svg", { class: "sketch", viewBox: `0 0 ${W} ${H}`, role: "group", "aria-label": said },
    ...where.mains.map((/** @type {any} */ one) => svg("polyline", { class: one.likely ? `likely p${one.likely}` : "main", points: points(one.line) })),
    svg("circle", { class: "spot", cx: W / 2, cy: H / 2, r: 7 }),
    ...places.map(({ x, y, from }) => svg("line", { x1: from[0], y1: from[1], x2: x, y2: y })),
    ...shown.map((/** @type {any} */ one, /** @type {number} */ i) => valve(one, places[i])),
    svg("path", { class: "bar", d: `M10 ${H - 10}h${(bar * scale).toFixed(1)}` }),
    svg("text", { x: 10, y: H - 16 }, `${bar} m`),
    svg("path", { class: "north", d: `M${W - 14} 22v-14m-4 5l4 -5l4 5` }), svg("text", { x: W - 14, y: 36, class: "n" }, t("crew.north")));
}

/** @typedef {{x: number, y: number, from: number[], crowded: boolean}} Place */

/** Each where it is, or beside it where another is drawn there already, and not upon the spot. @param {number[][]} found @returns {Place[]} */
function spread(found) {
  const near = (/** @type {number[]} */ a, /** @type {number[]} */ b) => Math.abs(a[0] - b[0]) < TOUCH && Math.abs(a[1] - b[1]) < TOUCH;
  /** @type {number[][]} */ const taken = [];
  for (const [x, y] of found) {
    const free = BESIDE.map(([dx, dy]) => [x + dx, y + dy]).find((one, i) => !(i && near(one, [W / 2, H / 2])) &&
      one[0] >= TOUCH && one[0] <= W - TOUCH && one[1] >= TOUCH && one[1] <= H - TOUCH && !taken.some((other) => near(one, other)));
    taken.push(free ?? [x, y]);
  }
  return found.map((from, i) => ({ x: taken[i][0], y: taken[i][1], from, crowded: found.some((other, j) => j !== i && near(from, other)) }));
}

/** @param {any} one @param {Place} place */
function valve(one, { x, y, crowded }) {
  const name = [one.valve, local(one.street), one.diameter_mm && `DN${one.diameter_mm}`].filter(Boolean).join(" ");
  const show = () => showValve(one.valve);
  return svg("g", { class: one.to_shut ? "valve shut" : "valve", "data-at": one.valve, role: "button", tabindex: 0, "aria-label": name, onclick: show,
    onkeydown: (/** @type {KeyboardEvent} */ event) => event.key === "Enter" && show() },
    svg("rect", { x: x - TOUCH / 2, y: y - TOUCH / 2, width: TOUCH, height: TOUCH, fill: "transparent" }),
    svg("path", { d: `M${x - 6} ${y - 5}l12 10v-10l-12 10z` }),
    (one.to_shut || crowded) && svg("text", { x, y: y < 24 ? y + 20 : y - 10, class: "n" }, one.valve));
}
