/** OPC UA StatusCode (IEC 62541-4, 7.39) as a uint32: class in the two top bits, reason below. */
import { known, t } from "./words.js";

/** @param {number} code @returns {"good"|"uncertain"|"bad"} */
export const classOf = (code) => /** @type {const} */ (["good", "uncertain", "bad", "bad"])[(code >>> 30) & 3];

/** @param {number} code */
export const isGood = (code) => code >>> 30 === 0;

/** @param {number} code */
export const isBad = (code) => code >>> 31 === 1;

/** The reason in words: "超时 / time-out"; an unknown code as its hexadecimal form. @param {number} code */
export function reason(code) {
  const base = ((code >>> 16) << 16) >>> 0;
  const key = `quality.${base.toString(16).padStart(8, "0")}`;
  return known(key) ? t(key) : `${t(`quality.${classOf(code)}`)} 0x${(code >>> 0).toString(16)}`;
}
