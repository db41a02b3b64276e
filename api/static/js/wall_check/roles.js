/** Every text role of the wall: how large it must be, and an example of it in the wall's own style. */
import { el } from "../core/dom.js";
import { mark } from "../core/priority.js";

/** Minutes of arc (ISO 9241-303): 20 for what is read first, 16 for the rest; 0 for what its shape and colour say too. */
export const PRIMARY = 20;
export const SECONDARY = 16;

/** Elements within one another, "tag.class tag". @param {string} path @returns {[HTMLElement, HTMLElement]} outermost, innermost */
function nested(path) {
  const nodes = path.split(" ").map((part) => {
    const [tag, ...classes] = part.split(".");
    return el(tag, { class: classes.join(" ") || null });
  });
  nodes.reduce((outer, inner) => {
    outer.append(inner);
    return inner;
  });
  return [nodes[0], nodes[nodes.length - 1]];
}

/** @typedef {{role: string, least: number, path: string, mark?: number}} Role mark: a priority's, whose number is measured */
/** @type {Role[]} */
export const ROLES = [
  { role: "clock", least: PRIMARY, path: "p.clock b" },
  { role: "banner", least: PRIMARY, path: "section.banner strong.what" },
  { role: "count", least: PRIMARY, path: "ul.counts li.count b" },
  { role: "kpi", least: PRIMARY, path: "dl.kpis div.kpi dd b" },
  { role: "stopped", least: PRIMARY, path: "div.not-live-box p strong" },
  { role: "header", least: SECONDARY, path: "header.top p.age" },
  { role: "trouble", least: SECONDARY, path: "ul.troubles li.p2" },
  { role: "flood", least: SECONDARY, path: "p.flood span" },
  { role: "zone", least: SECONDARY, path: "section.zones table tbody tr th" },
  { role: "value", least: SECONDARY, path: "section.zones table tbody tr td.pressure" },
  { role: "zone_head", least: SECONDARY, path: "section.zones table thead tr th" },
  { role: "works", least: SECONDARY, path: "section.works table tbody tr td.value" },
  { role: "works_head", least: SECONDARY, path: "section.works table thead tr th" },
  { role: "incident", least: SECONDARY, path: "ul.incidents li.incident p.head strong" },
  { role: "chain", least: SECONDARY, path: "ul.incidents li.incident ol.chain li b" },
  { role: "kpi_name", least: SECONDARY, path: "dl.kpis div.kpi dt" },
  { role: "kpi_note", least: SECONDARY, path: "dl.kpis div.kpi dd.note" },
  { role: "map", least: SECONDARY, path: "p" },
  { role: "mark", least: 0, path: "ul.counts li.count", mark: 1 },
];

/** Font size of a role as it is drawn, CSS px. @param {Element} box where it is tried out @param {Role} role */
export function sizeOf(box, role) {
  const [outer, inner] = nested(role.path);
  const shape = role.mark ? mark(role.mark) : null;
  if (shape) inner.append(shape);
  box.append(outer);
  const px = shape ? (shape.getBoundingClientRect().width * 13) / 20 : parseFloat(getComputedStyle(inner).fontSize);
  outer.remove();
  return px;
}
