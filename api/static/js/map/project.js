/** From plan metres (y northward) to canvas pixels, keeping the shape. */

/** @typedef {{x: number, y: number, w: number, h: number}} Box */
/** @typedef {{minX: number, minY: number, maxX: number, maxY: number}} Extent */

/** @param {Iterable<{x: number, y: number}>} points @returns {Extent} */
export function extentOf(points) {
  const extent = { minX: Infinity, minY: Infinity, maxX: -Infinity, maxY: -Infinity };
  for (const { x, y } of points) {
    extent.minX = Math.min(extent.minX, x);
    extent.maxX = Math.max(extent.maxX, x);
    extent.minY = Math.min(extent.minY, y);
    extent.maxY = Math.max(extent.maxY, y);
  }
  return extent;
}

export class Projection {
  /** @param {Extent} extent in metres @param {Box} box in pixels
   * @param {number} [alignX] 0 to the left edge .. 1 to the right @param {number} [alignY] likewise, downward */
  constructor(extent, box, alignX = 0.5, alignY = 0.5) {
    const width = Math.max(extent.maxX - extent.minX, 1);
    const height = Math.max(extent.maxY - extent.minY, 1);
    /** Pixels a metre. */
    this.scale = Math.min(box.w / width, box.h / height);
    this.left = box.x + (box.w - width * this.scale) * alignX - extent.minX * this.scale;
    this.top = box.y + (box.h - height * this.scale) * alignY + extent.maxY * this.scale;
  }

  /** @param {number} metres */
  x(metres) {
    return this.left + metres * this.scale;
  }

  /** @param {number} metres */
  y(metres) {
    return this.top - metres * this.scale;
  }
}
