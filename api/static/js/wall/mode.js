/** What is not the plant's own day is framed in hatching and named: an exercise, a simulated town, another speed. */
import { plantSpeed } from "../core/clock.js";
import { byId, setText } from "../core/dom.js";
import { page } from "../core/page.js";
import { t } from "../core/words.js";

export function drawMode() {
  const speed = plantSpeed();
  const mode = page.mode ?? (speed === 1 ? null : "simulation");
  document.body.classList.toggle("hatched", mode !== null);
  const node = byId("mode");
  node.hidden = mode === null;
  setText(node, mode ? `${t(`wall.mode_${mode}`)}${speed === 1 ? "" : ` ×${speed}`}` : "");
}
