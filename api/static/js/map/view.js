/**
 * The map in a pane: a cached grey base, and over it only what is not normal. Drawing happens at most
 * once a frame, and only when something changed.
 */
import { shortName, trusted } from "../core/zones.js";
import { drawMark } from "../core/priority.js";
import { atFrame } from "../core/frames.js";
import { onTheme, token } from "../core/theme.js";
import { drawBase } from "./base.js";
import { arrange, drawFocus, drawLocator, focusExtent, leader, tint } from "./focus.js";
import { drawLabels, place } from "./labels.js";
import { drawLikely } from "./likely.js";
import { placeOf, shareOf } from "./network.js";
import { extentOf, Projection } from "./project.js";
import { sensorStamp, tank, valve, works } from "./symbols.js";

/**
 * @typedef {object} Scene
 * @property {any[]} tags with `latest`
 * @property {any[]} zones with id, name, kind
 * @property {Map<string, number>} alarmed tag id → its worst priority
 * @property {{incident: any, priority: number|null, titles: string[]}|null} focus priority null: neutral grey
 * @property {boolean} inset draw the focus as an inset, or on the map alone
 * @property {boolean} whole its whole zone, however well its place is known
 * @property {boolean} close the map itself is of the focus, with its valves; where that is in the town, in a corner
 */

/** @param {any} incident @returns {{x: number, y: number, shut: boolean}[]} */
const valvesOf = (incident) => (incident.valves ?? []).filter((/** @type {any} */ one) => one.x !== null);

export class MapView {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {import("./network.js").Drawing} net
   * @param {() => number} unit the text size now, CSS px
   */
  constructor(canvas, net, unit) {
    this.canvas = canvas;
    this.net = net;
    this.unit = unit;
    this.g = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    /** @type {OffscreenCanvas|null} */
    this.base = null;
    this.baseKey = "";
    /** @type {Scene} */
    this.scene = { tags: [], zones: [], alarmed: new Map(), focus: null, inset: true, whole: false, close: false };
    this.redraw = atFrame(() => this.draw());
    this.seen = "";
    new ResizeObserver(() => this.rebuild()).observe(canvas);
    onTheme(() => this.rebuild());
  }

  /** @param {Partial<Scene>} change */
  show(change) {
    Object.assign(this.scene, change);
    const seen = this.said();
    if (seen === this.seen) return;
    this.seen = seen;
    this.redraw();
  }

  /** All that a drawing of the scene shows: a wall is asked to show it anew with every value. */
  said() {
    const { tags, zones, alarmed, focus, inset, close } = this.scene;
    const believed = tags.map((tag) => `${tag.id} ${trusted(tag)}`);
    const tanks = [...this.net.nodes.values()].filter((node) => node.kind === "tank").map((node) => this.share(node.id)?.toFixed(2));
    return JSON.stringify([believed, tanks, zones.map((zone) => zone.id), [...alarmed], focus, inset, close]);
  }

  rebuild() {
    this.base = null;
    this.redraw();
  }

  /** @param {string} weight @param {number} size */
  font(weight, size) {
    return `${weight} ${Math.round(size)}px ${token("--font")}`;
  }

  draw() {
    const { clientWidth: w, clientHeight: h } = this.canvas;
    if (!w || !h) return;
    const ratio = window.devicePixelRatio || 1;
    if (this.canvas.width !== Math.round(w * ratio) || this.canvas.height !== Math.round(h * ratio)) {
      this.canvas.width = Math.round(w * ratio);
      this.canvas.height = Math.round(h * ratio);
      this.base = null;
    }
    const u = this.unit();
    const { p, box, extent } = this.layout(w, h, u);
    const key = `${p.left.toFixed()} ${p.top.toFixed()} ${p.scale.toFixed(5)} ${u}`;
    if (key !== this.baseKey) this.base = null;
    this.baseKey = key;
    this.base ??= this.drawnBase(p, u, ratio);
    const g = this.g;
    g.setTransform(1, 0, 0, 1, 0, 0);
    g.drawImage(this.base, 0, 0);
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.overlay(g, p, { x: 0, y: 0, w, h }, u, box, extent);
  }

  /** Where the map and, with a place to show, the inset go. @param {number} w @param {number} h @param {number} u */
  layout(w, h, u) {
    const room = { x: u * 0.9, y: u * 0.9, w: w - u * 1.8, h: h - u * 1.8 };
    const { focus, inset, close, whole: all } = this.scene;
    const extent = focus && focusExtent(this.net, all ? { zone: focus.incident.zone } : focus.incident);
    if (close && extent) {
      const corners = [{ x: extent.minX, y: extent.minY }, { x: extent.maxX, y: extent.maxY }];
      const whole = extentOf([...corners, ...valvesOf(focus.incident)]);
      return { p: new Projection(whole, room), box: null, extent: whole };
    }
    if (!inset || !extent) return { p: new Projection(this.net.extent, room), box: null, extent };
    const wide = Math.min(w * 0.44, u * 13);
    return { ...arrange(this.net, { x: 0, y: 0, w, h }, room, wide, Math.min(h * 0.5, wide * 0.64), u * 0.35, extent), extent };
  }

  /** @param {Projection} p @param {number} u @param {number} ratio */
  drawnBase(p, u, ratio) {
    const bitmap = new OffscreenCanvas(this.canvas.width, this.canvas.height);
    const g = /** @type {any} */ (bitmap.getContext("2d"));
    g.scale(ratio, ratio);
    g.fillStyle = token("--map-ground");
    g.fillRect(0, 0, bitmap.width, bitmap.height);
    drawBase(g, p, this.net, this.net.zones, token, u);
    return bitmap;
  }

  /** @param {CanvasRenderingContext2D} g @param {Projection} p @param {import("./project.js").Box} pane @param {number} u
   * @param {import("./project.js").Box|null} box @param {import("./project.js").Extent|null} extent */
  overlay(g, p, pane, u, box, extent) {
    const { focus, inset, close } = this.scene;
    const colour = focus ? token(focus.priority ? `--p${focus.priority}` : "--muted") : "";
    if (focus?.priority && focus.incident.zone) tint(g, p, this.net, focus.incident.zone, colour);
    this.works(g, p, u);
    this.instruments(g, p, u * 0.17);
    if (focus && !inset && focus.incident.location) {
      const { candidates } = focus.incident.location;
      const size = close ? u : u * 0.8;
      drawLikely(g, p, this.net, candidates, colour, token("--map-ground"), this.font("700", size), size);
    }
    if (focus && close) for (const one of valvesOf(focus.incident)) valve(g, p.x(one.x), p.y(one.y), u * 0.8, one.shut, token);
    this.marks(g, p, u, pane);
    if (box && extent) leader(g, p, box, extent, colour, u);
    this.labels(g, p, pane, u, box);
    if (focus && close && extent) drawLocator(g, this.net, pane, p, extent, [...(focus.incident.location?.candidates ?? []), ...valvesOf(focus.incident)], token, u);
    if (focus && box && extent) {
      drawFocus(g, this.net, box, focus.incident, extent, {
        colour,
        fill: focus.priority !== null,
        titles: focus.titles,
        zones: this.net.zones,
        font: this.font("600", u),
        bold: this.font("700", u),
        u,
        marks: (inner, q, size, within) => this.marks(inner, q, size, within),
      }, token);
    }
  }

  /** @param {CanvasRenderingContext2D} g @param {Projection} p @param {number} u */
  works(g, p, u) {
    for (const node of this.net.nodes.values()) {
      if (node.kind === "reservoir") works(g, p.x(node.x), p.y(node.y), u * 0.95, token);
      if (node.kind === "tank") tank(g, p.x(node.x), p.y(node.y), u * 0.85, this.share(node.id), token);
    }
  }

  /** @param {string} node of a tank */
  share(node) {
    return shareOf(node, this.scene.tags, trusted);
  }

  /** @param {CanvasRenderingContext2D} g @param {Projection} p @param {number} r */
  instruments(g, p, r) {
    const [believed, doubted] = [true, false].map((how) => sensorStamp(r, how, token, window.devicePixelRatio || 1));
    for (const tag of this.scene.tags) {
      const at = this.net.nodes.get(tag.node)?.kind === "tank" ? null : placeOf(this.net, tag);
      if (at) (trusted(tag) ? believed : doubted)(g, p.x(at.x), p.y(at.y));
    }
  }

  /** Marks of alarmed instruments, the worst on top. Those that would lie on one another share one.
   * @param {CanvasRenderingContext2D} g @param {Projection} p @param {number} u
   * @param {import("./project.js").Box} within */
  marks(g, p, u, within) {
    const drawn = /** @type {{x: number, y: number}[]} */ ([]);
    const abnormal = this.scene.tags.filter((tag) => this.scene.alarmed.has(tag.id));
    const by = (/** @type {any} */ tag) => this.scene.alarmed.get(tag.id) ?? 4;
    for (const tag of abnormal.sort((a, b) => by(a) - by(b))) {
      const metres = placeOf(this.net, tag);
      if (!metres) continue;
      const at = { x: p.x(metres.x), y: p.y(metres.y) };
      const outside = at.x < within.x || at.y < within.y || at.x > within.x + within.w || at.y > within.y + within.h;
      if (outside || drawn.some((other) => Math.hypot(other.x - at.x, other.y - at.y) < u * 0.75)) continue;
      drawn.push(at);
      drawMark(g, by(tag), at.x, at.y, u * 0.85, token);
    }
    this.drawn = drawn;
  }

  /** @param {CanvasRenderingContext2D} g @param {Projection} p @param {import("./project.js").Box} pane
   * @param {number} u @param {import("./project.js").Box|null} inset */
  labels(g, p, pane, u, inset) {
    const font = this.font("500", u);
    g.font = font;
    const focusZone = this.scene.focus?.incident.zone;
    const wishes = this.scene.zones
      .filter((zone) => this.net.centre.has(zone.id) && zone.kind === "dma")
      .map((zone) => {
        const centre = /** @type {{x: number, y: number}} */ (this.net.centre.get(zone.id));
        return { text: shortName(zone, this.scene.zones), x: p.x(centre.x), y: p.y(centre.y), rank: zone.id === focusZone ? 0 : 1, reach: u * 0.1 };
      });
    const taken = (this.drawn ?? []).map(({ x, y }) => ({ x: x - u * 0.5, y: y - u * 0.5, w: u, h: u }));
    if (inset) taken.push(inset);
    const placed = place(wishes, (text) => g.measureText(text).width, u * 1.15, pane, taken);
    drawLabels(g, placed, token("--map-label"), token("--map-zone"), font, u);
  }
}
