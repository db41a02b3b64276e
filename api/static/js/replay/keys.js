/** Steps by single keys, never inside a field, and to be turned off in the address: `?keys=off` (WCAG 2.1.4). */
import { parameter } from "../core/page.js";
import { toggleTheme } from "../core/theme.js";
import { step } from "./address.js";

export function installKeys() {
  if (parameter("keys") === "off") return;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || (event.target instanceof Element && event.target.closest("input, select, textarea"))) return;
    if (event.key === "ArrowLeft") step(event.shiftKey ? -10 : -1);
    else if (event.key === "ArrowRight") step(event.shiftKey ? 10 : 1);
    else if (event.key === "[") step(-60);
    else if (event.key === "]") step(60);
    else if (event.key === "n") toggleTheme();
    else return;
    event.preventDefault();
  });
}
