/** Single keys, never inside a field, and to be turned off in the address: `?keys=off` (WCAG 2.1.4). */
import { byId } from "../core/dom.js";
import { parameter } from "../core/page.js";
import { toggleTheme } from "../core/theme.js";
import { LAYERS, focus, measured, setInstant, setMeasured, toggle } from "./address.js";
import { step } from "./time.js";

const STEP = 0.15;

/** @param {{plan: () => import("./plan.js").Plan, measure: () => void, choose: (id: string) => void, whole: () => void}} hands */
export function installKeys(hands) {
  if (parameter("keys") === "off") return;
  const moves = /** @type {Record<string, [number, number]>} */ ({ ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || (event.target instanceof Element && event.target.closest("input, select, textarea"))) return;
    const onPlan = event.target instanceof Element && (event.target.id === "plan" || event.target === document.body);
    const n = Number(event.key);
    if (onPlan && event.key in moves) hands.plan().pan(...moves[event.key]);
    else if (event.key === "+" || event.key === "=") hands.plan().zoom(0.6);
    else if (event.key === "-") hands.plan().zoom(1.6);
    else if (event.key === "0") hands.whole();
    else if (event.key === ",") step(event.shiftKey ? -60 : -10);
    else if (event.key === ".") step(event.shiftKey ? 60 : 10);
    else if (event.key === "l") setInstant(null);
    else if (event.key === "m") hands.measure();
    else if (event.key === "n") toggleTheme();
    else if (event.key === "/") byId("search").focus();
    else if (event.key === "Escape") {
      if (measured() !== null) setMeasured(null);
      else if (focus()) hands.choose("");
    } else if (n >= 1 && n <= LAYERS.length) toggle(LAYERS[n - 1]);
    else return;
    event.preventDefault();
  });
}
