/** How many alarms were new within ten minutes, beside the target: at the foot of the alarms. */
import { el, replace } from "../core/dom.js";
import { get } from "../core/http.js";
import { local, t } from "../core/words.js";
import { advice } from "./commands.js";

const EVERY_MS = 15e3;
const node = el("p", { class: "rate" });
let asked = -EVERY_MS;

/** @param {boolean} shown */
export function drawRate(shown) {
  if (!node.isConnected) document.querySelector("footer")?.prepend(node);
  node.hidden = !shown;
  if (!shown || document.hidden || performance.now() - asked < EVERY_MS) return;
  asked = performance.now();
  void load();
}

async function load() {
  try {
    const { items, target, flood } = await get("/api/v1/alarm-rate");
    replace(node, t("rate.new", { target, flood }), ...items.map((/** @type {any} */ one) => el("b", { class: one.annunciated > flood ? "bad" : "" },
      items.length > 1 ? `${local(one.name)} ` : "", one.annunciated > flood ? t("rate.flood", { n: flood }) : String(one.annunciated))));
  } catch (error) {
    replace(node, el("span", { class: "bad" }, advice(/** @type {Error} */ (error))));
  }
}
