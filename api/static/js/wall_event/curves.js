/** The three instruments nearest to it: now, the last hours, and what is usual. */
import { plantNow } from "../core/clock.js";
import { byId, el, keyed, setAttr, setText, svg } from "../core/dom.js";
import { age, digitsOf, instant, number, unitOf } from "../core/format.js";
import { lastHours, usualOf } from "../core/history.js";
import { drawSpark, spark } from "../core/spark.js";
import { local, t } from "../core/words.js";
import { placeOf } from "../map/network.js";
import { heldOf } from "../wall/held.js";

const SHOWN = 3;
const HOURS = 6;
const POINTS = 72;
/** As the sparkline's own box. */
const [WIDTH, HEIGHT] = [96, 24];
const USUAL_EVERY_MS = 15 * 60e3;
const OF_WATER = new Set(["free_chlorine", "turbidity", "ph", "conductivity"]);

/** By tag. @type {Map<string, {day: any, usual: import("../core/history.js").Usual|null, asked: number}>} */
const past = new Map();

/** Pressures; of doubtful water what was doubted. The zone's own before a neighbour's.
 * @param {import("../map/network.js").Drawing} net @param {any} incident @param {any[]} tags */
export function nearest(net, incident, tags) {
  const alarmed = new Set(incident.alarms.map((/** @type {any} */ alarm) => alarm.tag));
  const doubted = incident.kind === "water_quality" ? tags.filter((tag) => alarmed.has(tag.id) && OF_WATER.has(tag.quantity)) : [];
  const wanted = new Set(doubted.length ? doubted.map((tag) => tag.quantity) : ["pressure"]);
  const at = incident.location?.candidates?.[0] ?? (doubted[0] && placeOf(net, doubted[0])) ?? net.centre.get(incident.zone);
  if (!at) return [];
  return tags
    .filter((tag) => wanted.has(tag.quantity))
    .map((tag) => ({ tag, place: placeOf(net, tag) }))
    .filter(({ place }) => place)
    .map(({ tag, place }) => ({ tag, other: tag.zone !== incident.zone, far: Math.hypot(/** @type {any} */ (place).x - at.x, /** @type {any} */ (place).y - at.y) }))
    .sort((a, b) => Number(a.other) - Number(b.other) || a.far - b.far)
    .slice(0, SHOWN)
    .map(({ tag }) => tag);
}

/** One after the other, so that a wall never floods its hub. @param {any[]} tags @param {() => void} drawn */
export async function loadCurves(tags, drawn) {
  for (const { id } of tags) {
    const alone = { inflow: [id], outflow: [] };
    const known = past.get(id);
    const day = await lastHours(alone, HOURS, POINTS).catch(() => known?.day ?? null);
    const old = !known?.usual || performance.now() - known.asked > USUAL_EVERY_MS;
    const usual = old ? await usualOf(alone).catch(() => known?.usual ?? null) : known.usual;
    past.set(id, { day, usual, asked: old ? performance.now() : known.asked });
    drawn();
  }
}

/** @param {any} tag */
function make(tag) {
  const line = spark(t("wall_event.curve", { name: local(tag.name) }));
  line.prepend(svg("path", { class: "onset" }));
  const drawn = svg("g");
  drawn.append(...[...line.children].slice(1));
  line.append(drawn);
  return el("figure", { class: "curve" }, el("figcaption", {}, local(tag.name)), el("p", { class: "value" }), el("p", { class: "usual quiet" }), line);
}

/** @param {any[]} tags @param {any} incident @param {(tag: any) => number|null} now */
export function drawCurves(tags, incident, now) {
  const box = byId("curves");
  box.classList.toggle("none", !tags.length);
  keyed(box, tags.length ? tags : [null], (tag) => tag?.id ?? "none", (tag) => (tag ? make(tag) : el("p", { class: "quiet" }, t("wall_event.no_curves"))), (node, tag) => {
    if (!tag) return;
    const [, value, usual, line] = node.children;
    const read = now(tag);
    tell(value, tag, read);
    const known = past.get(tag.id);
    const band = known?.usual?.at(plantNow()) ?? null;
    const digits = digitsOf(tag.quantity);
    setText(usual, band ? t("wall_event.usual", { low: number(band.low, digits), high: number(band.high, digits) }) : t("wall_event.no_usual"));
    node.classList.toggle("outside", band !== null && read !== null && (read < band.low || read > band.high));
    if (known?.day) draw(line, known, read, instant(incident.opened));
  });
}

/** @param {Element} node @param {any} tag @param {number|null} read */
function tell(node, tag, read) {
  const digits = digitsOf(tag.quantity);
  const unit = unitOf(tag.unit);
  const old = read === null ? heldOf(tag, plantNow()) : null;
  const said = read !== null ? `${number(read, digits)} ${unit}` : old ? `${number(old.value, digits)} ${unit} · ${age(old.age)}` : t("wall_event.no_value");
  setText(node, said.trim());
  node.classList.toggle("stale", read === null);
}

/** The newest point is what is read now. @param {Element} line @param {{day: any, usual: any}} known @param {number|null} read @param {number} onset */
function draw(line, { day, usual }, read, onset) {
  const { from, step, values } = day;
  const shown = read === null ? values : [...values.slice(0, -1), read];
  const band = values.map((/** @type {any} */ _, /** @type {number} */ i) => usual?.at(from + (i + 0.5) * step) ?? null);
  drawSpark(line.children[1], shown, band);
  const at = (onset - from) / step / (values.length - 1);
  setAttr(line.children[0], "d", at >= 0 && at <= 1 ? `M${(at * WIDTH).toFixed(2)} 0V${HEIGHT}` : "");
}
