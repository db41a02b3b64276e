/** Can it be read from where people stand? Every text role in pixels, millimetres and minutes of arc. */
import { byId, el, keyed, replace, setAttr, setText } from "../core/dom.js";
import { number } from "../core/format.js";
import { t } from "../core/words.js";
import { applyScale, screen } from "../wall/scale.js";
import { ROLES, sizeOf } from "./roles.js";

/** Type is set in whole pixels. */
const HALF_PX = 0.5;

function measured() {
  const { minutes, mm } = screen();
  const box = byId("tried");
  return ROLES.map((role) => {
    const px = sizeOf(box, role);
    return { ...role, px, mm: mm(px), minutes: minutes(px), failed: minutes(px + HALF_PX) < role.least };
  });
}

function draw() {
  applyScale();
  const { distance, inches, lines } = screen();
  const rows = measured();
  const failed = rows.filter((row) => row.failed);
  document.body.dataset.failed = String(failed.length);
  const dropped = Number(document.documentElement.dataset.drop);
  setText(byId("setting"), t("wall_check.setting", { d: distance, inches, w: innerWidth, h: innerHeight, lines: Math.floor(lines) }));
  setText(byId("dropped"), dropped ? t(`wall_check.drop_${dropped}`) : t("wall_check.drop_0"));
  const names = failed.map(({ role }) => t(`wall_check.role_${role}`)).join(t("flood.and"));
  setText(byId("verdict"), failed.length ? t("wall_check.failed", { roles: names }) : t("wall_check.passed", { n: rows.length }));
  byId("verdict").classList.toggle("failed", failed.length > 0);
  keyed(byId("roles"), rows, ({ role }) => role, () => el("tr"), (node, row) => {
    setAttr(node, "class", row.failed ? "failed" : null);
    const least = row.least ? `${row.least}′` : t("wall_check.symbol");
    const cells = [number(row.px, 1), number(row.mm, 1), `${number(row.minutes, 1)}′`, least, row.least ? t(row.failed ? "wall_check.too_small" : "wall_check.ok") : "–"];
    replace(node, el("th", { scope: "row" }, t(`wall_check.role_${row.role}`)), ...cells.map((text) => el("td", {}, text)));
  });
}

draw();
window.addEventListener("resize", draw);
document.body.dataset.ready = "true";
