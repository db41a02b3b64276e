/** Instants in addresses and fields: Shanghai time, which is what people read and type. */

const OFFSET_MS = 8 * 3600e3;

/** ms of `2026-11-22T02:40` (Shanghai), or of a whole RFC 3339 time; NaN for neither. @param {string} text */
export function whenOf(text) {
  if (/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$/.test(text)) return Date.parse(`${text}+08:00`);
  return /(Z|[+-]\d{2}:\d{2})$/.test(text) ? Date.parse(text) : NaN;
}

/** The same, to the minute; to the second where it has some. @param {number} ms */
export function textOf(ms) {
  const text = new Date(ms + OFFSET_MS).toISOString();
  return text.slice(0, text.slice(17, 19) === "00" ? 16 : 19);
}
