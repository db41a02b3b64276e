/** The network as blocks: works, mains, zones, from left to right as the water goes, each with its state. */
import { plantNow } from "../core/clock.js";
import { byId, el, keyed, setAttr, setText } from "../core/dom.js";
import { PRESSURE, age, number, withUnit } from "../core/format.js";
import { parameter } from "../core/page.js";
import { store } from "../core/store.js";
import { local, t } from "../core/words.js";
import { inflowNow, shortName } from "../core/zones.js";
import { heldOf, inflowHeld } from "./held.js";
import { unit } from "./scale.js";
import { drawSign } from "./sign.js";
import { percent } from "./zones.js";

/** As wide, and the wall shows map and schematic both. */
const ULTRA_WIDE = "(min-aspect-ratio: 3 / 1)";
/** How high a block is, text sizes: of all its lines, without the last, and of its name alone. */
const STEPS = [{ name: "", high: 4.3 }, { name: "tight", high: 3.1 }, { name: "tight tighter", high: 2 }];
const TURNS = { map: "blocks", blocks: "map", both: "map" };

/** @typedef {import("./layers.js").Block} Block */
/** @typedef {{says: string, old: boolean, more: string}} Said */

const wide = () => matchMedia(ULTRA_WIDE).matches;

/** @returns {"map"|"blocks"|"both"} */
export function view() {
  const asked = parameter("view");
  return asked === "map" || asked === "blocks" ? asked : wide() ? "both" : "map";
}

/** The address says which; without a word in it, the screen's shape. */
export function turnView() {
  const address = new URL(location.href);
  address.searchParams.set("view", TURNS[view()]);
  history.replaceState(history.state, "", address);
}

/** Its flow, now or as it was last. @param {{inflow: string[], outflow: string[]}} of @param {(tag: any) => number|null} now @param {string} more @returns {Said} */
function flow(of, now, more) {
  const read = inflowNow(of, store.tags, now);
  const old = read === null ? inflowHeld(of, store.tags, plantNow()) : null;
  const says = of.inflow.length ? `${number(read ?? old?.value)} m³/h${old ? ` · ${age(old.age)}` : ""}` : "";
  return { says, old: Boolean(old), more };
}

/** What stands in its tanks. @param {any} zone @param {any[]} tags @param {(tag: any) => number|null} now @returns {Said} */
function tanks(zone, tags, now) {
  const levels = tags.filter((tag) => tag.zone === zone.id && tag.quantity === "level");
  const said = levels.map((tag) => {
    const old = now(tag) === null ? heldOf(tag, plantNow()) : null;
    return { old, text: `${local(tag.name)} ${withUnit(now(tag) ?? old?.value, tag)}${old ? ` · ${age(old.age)}` : ""}` };
  });
  return { says: said.map(({ text }) => text).join("\n"), old: said.some(({ old }) => old), more: "" };
}

/** @param {any} zone @param {any} row its row among the zones, if it has one @param {any[]} tags @param {(tag: any) => number|null} now @returns {Said} */
function saidOf(zone, row, tags, now) {
  if (row) {
    const more = [row.delta === null ? "" : percent(row.delta), row.pressure === null ? "" : withUnit(row.pressure, PRESSURE)];
    return flow(zone, now, more.filter(Boolean).join(" · "));
  }
  if (zone.kind === "plant") {
    const pumps = tags.filter((tag) => tag.zone === zone.id && tag.role === "pump");
    const on = pumps.filter((tag) => now(tag) === 1).length;
    return flow({ inflow: zone.outflow, outflow: [] }, now, pumps.length ? `${t("wall.role_pump")} ${on}/${pumps.length}` : "");
  }
  return tanks(zone, tags, now);
}

/** @param {Block} block @param {any[]} names @param {boolean} told where its water comes from: not from all of the layer before */
const make = ({ zone, from }, names, told) => el("li", { class: "block" },
  el("p", { class: "name" }, el("span", { class: "sign" }), el("b", {}, shortName(zone, names)), told && el("span", { class: "from quiet" }, `← ${from.map((one) => shortName(one, names)).join(t("flood.and"))}`)),
  el("p", { class: "says" }), el("p", { class: "more quiet" }));

/** @param {HTMLElement} node @param {Said} said @param {number|null} priority @param {number|null} muted */
function update(node, { says, old, more }, priority, muted) {
  setAttr(node, "class", `block${priority ? ` abnormal p${priority}` : muted ? " withheld" : ""}`);
  drawSign(/** @type {HTMLElement} */ (node.children[0].children[0]), priority);
  setText(node.children[1], says);
  node.children[1].classList.toggle("stale", old);
  setText(node.children[2], more);
}

/** @param {Block[]} layer @param {number} most rows @returns {Block[][]} */
function columnsOf(layer, most) {
  const each = Math.ceil(layer.length / Math.ceil(layer.length / most));
  return Array.from({ length: Math.ceil(layer.length / each) }, (_, k) => layer.slice(k * each, (k + 1) * each));
}

/** @param {HTMLElement} box @param {Block[][]} layers @param {number} most rows
 * @param {(block: Block, told: boolean) => HTMLElement} made @param {(node: HTMLElement, block: Block) => void} drawn */
function lay(box, layers, most, made, drawn) {
  keyed(box, layers.map((layer, i) => ({ layer, i })), ({ i }) => String(i), () => el("div", { class: "layer" }), (node, { layer, i }) => {
    node.classList.toggle("apart", i > 0 && layer.every(({ from }) => !from.length));
    const before = layers[i - 1]?.length ?? 0;
    keyed(node, columnsOf(layer, most).map((column, k) => ({ column, k })), ({ k }) => String(k), () => el("ol", { class: "column" }), (list, { column }) =>
      keyed(list, column, ({ zone }) => zone.id, (block) => made(block, block.from.length > 0 && block.from.length < before), drawn));
  });
}

/** A block is out of its box, or a line of it out of the block. @param {HTMLElement} box */
function full(box) {
  const all = box.getBoundingClientRect();
  const out = [...box.querySelectorAll(".block")].map((one) => one.getBoundingClientRect());
  return out.some(({ top, bottom, right }) => top < all.top || bottom > all.bottom || right > all.right) || [...box.querySelectorAll("p")].some((one) => one.scrollWidth > one.clientWidth);
}

let step = 0;
let fitted = "";

/** Lines for which there is no room go from all blocks alike.
 * @param {Block[][]} layers @param {any[]} names @param {any[]} rows of zones @param {any[]} tags
 * @param {{zones: Map<string, number>, muted: Map<string, number>}} priorities @param {(tag: any) => number|null} now */
export function drawBlocks(layers, names, rows, tags, { zones, muted }, now) {
  const shown = view();
  document.body.dataset.view = shown;
  const box = byId("blocks");
  box.hidden = shown === "map";
  byId("map").hidden = shown === "blocks";
  if (box.hidden) return;
  const byZone = new Map(rows.map((row) => [row.zone.id, row]));
  const drawn = (/** @type {HTMLElement} */ node, /** @type {Block} */ { zone }) =>
    update(node, saidOf(zone, byZone.get(zone.id), tags, now), zones.get(zone.id) ?? null, muted.get(zone.id) ?? null);
  const put = () => {
    box.className = `blocks ${STEPS[step].name}`;
    lay(box, layers, Math.max(1, Math.floor(box.clientHeight / (STEPS[step].high * unit()))), (block, told) => make(block, names, told), drawn);
  };
  put();
  const key = `${box.clientWidth} ${box.clientHeight} ${unit()} ${box.textContent?.length}`;
  if (key === fitted) return;
  fitted = key;
  for (step = 0; put(), full(box) && step < STEPS.length - 1;) step += 1;
}
