/** Works, tanks and instruments on the map: grey while normal. */

/** @typedef {(name: string) => string} Token */

/** A water works or reservoir: a filled square with a wave.
 * @param {CanvasRenderingContext2D} g @param {number} x @param {number} y @param {number} s @param {Token} token */
export function works(g, x, y, s, token) {
  g.fillStyle = token("--map-ground");
  g.strokeStyle = token("--map-water");
  g.lineWidth = Math.max(1.5, s / 9);
  g.beginPath();
  g.rect(x - s / 2, y - s / 2, s, s);
  g.fill();
  g.stroke();
  g.beginPath();
  for (const dy of [-s / 8, s / 6]) {
    g.moveTo(x - s * 0.3, y + dy);
    g.bezierCurveTo(x - s * 0.12, y + dy - s * 0.22, x + s * 0.12, y + dy + s * 0.22, x + s * 0.3, y + dy);
  }
  g.stroke();
}

/** A tank; `share` is how full it is, null when not known.
 * @param {CanvasRenderingContext2D} g @param {number} x @param {number} y @param {number} s
 * @param {number|null} share @param {Token} token */
export function tank(g, x, y, s, share, token) {
  const w = s * 0.8;
  const h = s;
  g.fillStyle = token("--map-ground");
  g.fillRect(x - w / 2, y - h / 2, w, h);
  if (share !== null) {
    const full = h * Math.max(0, Math.min(1, share));
    g.fillStyle = token("--map-water");
    g.fillRect(x - w / 2, y + h / 2 - full, w, full);
  }
  g.strokeStyle = token("--map-water");
  g.lineWidth = Math.max(1.5, s / 9);
  g.strokeRect(x - w / 2, y - h / 2, w, h);
}

/** An instrument: a small disc; a dashed ring, hollow, when its value is late or not to be trusted,
 * or it never had one.
 * @param {CanvasRenderingContext2D} g @param {number} x @param {number} y @param {number} r
 * @param {boolean} trusted @param {Token} token */
export function sensor(g, x, y, r, trusted, token) {
  g.beginPath();
  g.arc(x, y, r, 0, Math.PI * 2);
  g.fillStyle = token(trusted ? "--map-sensor" : "--map-ground");
  g.fill();
  g.strokeStyle = token(trusted ? "--map-sensor" : "--bad");
  g.lineWidth = Math.max(1.2, r / 2.6);
  g.setLineDash(trusted ? [] : [r * 0.7, r * 0.6]);
  g.stroke();
  g.setLineDash([]);
}

/** An instrument to be stamped wherever there is one like it: thousands cost no more than their stamps.
 * @param {number} r @param {boolean} trusted @param {Token} token @param {number} ratio device pixels a CSS pixel */
export function sensorStamp(r, trusted, token, ratio) {
  const side = Math.ceil((r * 3 + 2) * ratio);
  const stamp = new OffscreenCanvas(side, side);
  const g = /** @type {any} */ (stamp.getContext("2d"));
  g.scale(ratio, ratio);
  sensor(g, side / ratio / 2, side / ratio / 2, r, trusted, token);
  const image = stamp.transferToImageBitmap();
  const px = (/** @type {number} */ v) => Math.round(v * ratio - side / 2) / ratio;
  return (/** @type {CanvasRenderingContext2D} */ on, /** @type {number} */ x, /** @type {number} */ y) => on.drawImage(image, px(x), px(y), side / ratio, side / ratio);
}

/** A valve: two triangles on their points, filled when it stands shut.
 * @param {CanvasRenderingContext2D} g @param {number} x @param {number} y @param {number} s
 * @param {boolean} shut @param {Token} token */
export function valve(g, x, y, s, shut, token) {
  g.beginPath();
  g.moveTo(x - s / 2, y - s / 3);
  g.lineTo(x + s / 2, y + s / 3);
  g.lineTo(x + s / 2, y - s / 3);
  g.lineTo(x - s / 2, y + s / 3);
  g.closePath();
  g.lineJoin = "round";
  g.strokeStyle = token("--map-ground");
  g.lineWidth = s / 3;
  g.stroke();
  g.fillStyle = token(shut ? "--text" : "--map-ground");
  g.fill();
  g.strokeStyle = token("--text");
  g.lineWidth = Math.max(2, s / 9);
  g.stroke();
}

/** A work order: a clipboard, neither of a priority's shapes nor of its colours.
 * @param {CanvasRenderingContext2D} g @param {number} x @param {number} y @param {number} s @param {Token} token */
export function orderSign(g, x, y, s, token) {
  const [w, h] = [s * 0.78, s];
  g.fillStyle = token("--raised");
  g.strokeStyle = token("--text");
  g.lineWidth = Math.max(1.5, s / 11);
  g.beginPath();
  g.rect(x - w / 2, y - h / 2, w, h);
  g.fill();
  g.stroke();
  g.beginPath();
  for (const dy of [-0.12, 0.1, 0.32]) {
    g.moveTo(x - w * 0.28, y + h * dy);
    g.lineTo(x + w * 0.28, y + h * dy);
  }
  g.stroke();
  g.fillStyle = token("--text");
  g.fillRect(x - w * 0.22, y - h * 0.6, w * 0.44, h * 0.2);
}
