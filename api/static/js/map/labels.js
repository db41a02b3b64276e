/** Labels that never overlap: each takes the first free place by its anchor, or is left out; what is named
 * elsewhere misleads more than what is not named. */

/** @typedef {import("./project.js").Box} Box */
/** @typedef {{text: string, x: number, y: number, rank: number, reach: number}} Wish rank: lower goes first */
/** @typedef {Wish & {box: Box, moved: boolean}} Placed */

/** @param {Box} a @param {Box} b */
const meet = (a, b) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

/** Directions tried in turn, as parts of the half-sizes. */
const AROUND = [[0, 0], [0, -1], [0, 1], [1, 0], [-1, 0], [1, -1], [-1, -1], [1, 1], [-1, 1]];

/**
 * @param {Wish[]} wishes
 * @param {(text: string) => number} width
 * @param {number} height
 * @param {Box} within
 * @param {Box[]} [taken] places that no label may cover
 * @returns {Placed[]}
 */
export function place(wishes, width, height, within, taken = []) {
  const used = [...taken];
  const placed = [];
  for (const wish of [...wishes].sort((a, b) => a.rank - b.rank)) {
    if (taken.some((box) => box.w > height * 4 && meet(box, { x: wish.x, y: wish.y, w: 1, h: 1 }))) continue;
    const w = width(wish.text) + height * 0.5;
    const found = candidates(wish, w, height).find(
      (box) => inside(box, within) && !used.some((other) => meet(box, other)),
    );
    if (!found) continue;
    used.push(found);
    const far = Math.hypot(found.x + w / 2 - wish.x, found.y + height / 2 - wish.y);
    placed.push({ ...wish, box: found, moved: far > height * 2.2 });
  }
  return placed;
}

/** @param {Wish} wish @param {number} w @param {number} h @returns {Box[]} */
function candidates(wish, w, h) {
  const boxes = [];
  for (const ring of [0, 1, 1.6]) {
    for (const [dx, dy] of ring === 0 ? [[0, 0]] : AROUND.slice(1)) {
      const x = wish.x + dx * (w / 2 + wish.reach) * ring * 0.8;
      const y = wish.y + dy * (h / 2 + wish.reach) * ring;
      boxes.push({ x: x - w / 2, y: y - h / 2, w, h });
    }
  }
  return boxes;
}

/** @param {Box} box @param {Box} within */
const inside = (box, within) =>
  box.x >= within.x && box.y >= within.y && box.x + box.w <= within.x + within.w && box.y + box.h <= within.y + within.h;

/**
 * @param {CanvasRenderingContext2D} g
 * @param {Placed[]} labels
 * @param {string} colour @param {string} halo @param {string} font @param {number} u
 */
export function drawLabels(g, labels, colour, halo, font, u) {
  g.font = font;
  g.textAlign = "center";
  g.textBaseline = "middle";
  g.lineJoin = "round";
  for (const label of labels) {
    const x = label.box.x + label.box.w / 2;
    const y = label.box.y + label.box.h / 2;
    if (label.moved) {
      g.strokeStyle = colour;
      g.globalAlpha = 0.6;
      g.lineWidth = Math.max(1, u / 24);
      g.beginPath();
      g.moveTo(label.x, label.y);
      g.lineTo(x, y);
      g.stroke();
      g.globalAlpha = 1;
    }
    g.strokeStyle = halo;
    g.lineWidth = u * 0.28;
    g.strokeText(label.text, x, y);
    g.fillStyle = colour;
    g.fillText(label.text, x, y);
  }
}
