/**
 * The whole network in a pane that can be moved: a grey base in a bitmap, drawn anew once it rests, and over it what
 * can be chosen. Drawing happens at most once a frame.
 */
import { atFrame } from "../core/frames.js";
import { onTheme, token } from "../core/theme.js";
import { drawPipes, ground } from "./base.js";
import { drawOverlay } from "./overlay.js";
import { Projection } from "./project.js";

const REST_MS = 140;
const CLOSEST_M = 60;
const LEAST_AROUND_M = 800;
const GRAB_PX = 12;

/** @typedef {{x: number, y: number, w: number}} Camera the middle and what is seen across, in metres */
/** @typedef {import("./overlay.js").Shown} Shown */

export class Plan {
  /**
   * @param {HTMLCanvasElement} canvas @param {import("./network.js").Drawing} net
   * @param {{moved?: (camera: Camera) => void, chosen?: (id: string) => void, point?: (at: {x: number, y: number}) => void}} [hands]
   */
  constructor(canvas, net, hands = {}) {
    this.canvas = canvas;
    this.net = net;
    this.hands = hands;
    this.g = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    /** @type {Camera} */
    this.camera = this.whole();
    /** @type {Shown} */
    this.shown = { layers: new Set(), tags: [], alarmed: new Map(), incidents: [], orders: [], valves: [], shut: new Set(), place: null, measured: null, believed: () => false };
    /** @type {import("./overlay.js").Hit[]} */
    this.hits = [];
    /** @type {{bitmap: OffscreenCanvas, camera: Camera}|null} */
    this.base = null;
    this.redraw = atFrame(() => this.draw());
    this.resting = 0;
    this.aimed = false;
    new ResizeObserver(() => this.rebuild()).observe(canvas);
    onTheme(() => this.rebuild());
    if (hands.chosen) this.listen();
  }

  /** @returns {Camera} */
  whole() {
    const { minX, maxX, minY, maxY } = this.net.extent;
    const shape = this.canvas.clientWidth / Math.max(1, this.canvas.clientHeight);
    return { x: (minX + maxX) / 2, y: (minY + maxY) / 2, w: Math.max(maxX - minX, (maxY - minY) * shape, CLOSEST_M) * 1.08 };
  }

  /** Around points, no closer than makes sense. @param {{x: number, y: number}[]} points @returns {Camera} */
  around(points) {
    const xs = points.map((one) => one.x);
    const ys = points.map((one) => one.y);
    const shape = this.canvas.clientWidth / Math.max(1, this.canvas.clientHeight);
    const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    return { x: (left + right) / 2, y: (low + high) / 2, w: Math.max(right - left, (high - low) * shape, LEAST_AROUND_M) * 1.35 };
  }

  /** @param {Partial<Shown>} change */
  show(change) {
    const layers = this.shown.layers;
    Object.assign(this.shown, change);
    if (change.layers && [...change.layers].join() !== [...layers].join()) this.base = null;
    this.redraw();
  }

  /** @param {Camera} camera */
  look(camera) {
    this.camera = { ...camera, w: Math.min(Math.max(camera.w, CLOSEST_M), this.whole().w * 2) };
    this.redraw();
  }

  rebuild() {
    this.base = null;
    this.redraw();
  }

  /** @param {Camera} [camera] */
  projection(camera = this.camera) {
    const { clientWidth: w, clientHeight: h } = this.canvas;
    const half = (camera.w / w) * h / 2;
    const extent = { minX: camera.x - camera.w / 2, maxX: camera.x + camera.w / 2, minY: camera.y - half, maxY: camera.y + half };
    return new Projection(extent, { x: 0, y: 0, w, h });
  }

  /** @param {number} px @param {number} py of the pane @returns {{x: number, y: number}} metres */
  metres(px, py) {
    const p = this.projection();
    return { x: (px - p.left) / p.scale, y: (p.top - py) / p.scale };
  }

  draw() {
    const { clientWidth: w, clientHeight: h } = this.canvas;
    if (!w || !h) return;
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [Math.round(w * ratio), Math.round(h * ratio)];
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
      this.base = null;
    }
    const p = this.projection();
    if (!this.base) this.base = this.drawnBase(p, ratio);
    const g = this.g;
    g.setTransform(1, 0, 0, 1, 0, 0);
    g.fillStyle = token("--map-ground");
    g.fillRect(0, 0, width, height);
    const was = this.projection(this.base.camera);
    const by = p.scale / was.scale;
    g.drawImage(this.base.bitmap, (p.left - was.left * by) * ratio, (p.top - was.top * by) * ratio, width * by, height * by);
    if (JSON.stringify(this.base.camera) !== JSON.stringify(this.camera)) this.rest();
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.hits = drawOverlay(g, p, this.net, { x: 0, y: 0, w, h }, this.shown, token);
    if (this.aimed) this.crosshair(w / 2, h / 2);
  }

  rest() {
    clearTimeout(this.resting);
    this.resting = window.setTimeout(() => this.rebuild(), REST_MS);
  }

  /** @param {Projection} p @param {number} ratio */
  drawnBase(p, ratio) {
    const bitmap = new OffscreenCanvas(this.canvas.width, this.canvas.height);
    const g = /** @type {any} */ (bitmap.getContext("2d"));
    g.scale(ratio, ratio);
    g.fillStyle = token("--map-ground");
    g.fillRect(0, 0, this.canvas.clientWidth, this.canvas.clientHeight);
    const { layers } = this.shown;
    if (layers.has("zones")) for (const zone of this.net.zones) ground(g, p, this.net, zone, token("--map-zone"));
    if (layers.has("pipes")) drawPipes(g, p, this.net, token, 22);
    return { bitmap, camera: { ...this.camera } };
  }

  /** @param {number} x @param {number} y */
  crosshair(x, y) {
    const g = this.g;
    g.strokeStyle = token("--focus");
    g.lineWidth = 2;
    g.beginPath();
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      g.moveTo(x + dx * 5, y + dy * 5);
      g.lineTo(x + dx * 16, y + dy * 16);
    }
    g.stroke();
  }

  /** What is there, the nearest mark, else the pipe, or "". @param {number} px @param {number} py */
  hit(px, py) {
    let best = { id: "", far: GRAB_PX };
    for (const one of this.hits) {
      const far = Math.hypot(one.x - px, one.y - py) - one.r;
      if (far < best.far) best = { id: one.id, far };
    }
    return best.id || this.pipeAt(px, py);
  }

  /** @param {number} px @param {number} py */
  pipeAt(px, py) {
    if (!this.shown.layers.has("pipes")) return "";
    const { x, y } = this.metres(px, py);
    let best = { id: "", far: GRAB_PX / this.projection().scale };
    for (const { id, points } of this.net.links) {
      for (let i = 2; i < points.length; i += 2) {
        const [ax, ay, bx, by] = [points[i - 2], points[i - 1], points[i], points[i + 1]];
        const long = (bx - ax) ** 2 + (by - ay) ** 2 || 1;
        const part = Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / long));
        const far = Math.hypot(x - ax - part * (bx - ax), y - ay - part * (by - ay));
        if (far < best.far) best = { id, far };
      }
    }
    return best.id;
  }

  /** @param {number} factor below 1: closer @param {number} px @param {number} py what stays where it is */
  zoom(factor, px = this.canvas.clientWidth / 2, py = this.canvas.clientHeight / 2) {
    const before = this.metres(px, py);
    this.look({ ...this.camera, w: this.camera.w * factor });
    const after = this.metres(px, py);
    this.look({ ...this.camera, x: this.camera.x + before.x - after.x, y: this.camera.y + before.y - after.y });
    this.hands.moved?.(this.camera);
  }

  /** By parts of what is seen. @param {number} dx @param {number} dy */
  pan(dx, dy) {
    this.look({ ...this.camera, x: this.camera.x + dx * this.camera.w, y: this.camera.y + dy * this.camera.w });
    this.hands.moved?.(this.camera);
  }

  /** Choose, or mark, what is at a point of the pane. @param {number} px @param {number} py */
  press(px, py) {
    if (this.shown.measured) this.hands.point?.(this.metres(px, py));
    else this.hands.chosen?.(this.hit(px, py));
  }

  listen() {
    const { canvas } = this;
    /** @type {{x: number, y: number, camera: Camera, moved: boolean}|null} */
    let held = null;
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      held = { x: event.offsetX, y: event.offsetY, camera: { ...this.camera }, moved: false };
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!held) return;
      const [dx, dy] = [event.offsetX - held.x, event.offsetY - held.y];
      held.moved ||= Math.hypot(dx, dy) > 4;
      const scale = this.projection().scale;
      if (held.moved) this.look({ ...this.camera, x: held.camera.x - dx / scale, y: held.camera.y + dy / scale });
    });
    canvas.addEventListener("pointerup", (event) => {
      if (held?.moved) this.hands.moved?.(this.camera);
      else if (held) this.press(event.offsetX, event.offsetY);
      held = null;
    });
    canvas.addEventListener("pointercancel", () => { held = null; });
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoom(1.0015 ** event.deltaY, event.offsetX, event.offsetY);
    }, { passive: false });
    const aim = (/** @type {boolean} */ on) => { this.aimed = on; this.redraw(); };
    canvas.addEventListener("focus", () => aim(canvas.matches(":focus-visible")));
    canvas.addEventListener("blur", () => aim(false));
    canvas.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        this.press(canvas.clientWidth / 2, canvas.clientHeight / 2);
      }
    });
  }
}
