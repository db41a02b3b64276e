/** Photos from the phone's camera: looked at before they are kept, made smaller where they are too large. */
import { el } from "../core/dom.js";
import { t } from "../core/words.js";
import { enqueue } from "./queue.js";

const MOST_BYTES = 10 * 1024 * 1024;
const SMALLER_SIDE = 3072;
const QUALITY = 0.85;
const THUMB = 96;
const HEIC = ["heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"];

/** @param {ArrayBuffer} content @returns {"image/jpeg"|"image/webp"|"heic"|null} */
export function kindOf(content) {
  const head = new Uint8Array(content.slice(0, 12));
  const text = String.fromCharCode(...head);
  if (head[0] === 0xff && head[1] === 0xd8) return "image/jpeg";
  if (text.startsWith("RIFF") && text.slice(8) === "WEBP") return "image/webp";
  return text.slice(4, 8) === "ftyp" && HEIC.includes(text.slice(8)) ? "heic" : null;
}

/** On the phone's disk, to be sent; or the words why not. @param {File} file @param {string} order @param {string} stage
 * @returns {Promise<string>} what to tell, "" for nothing */
export async function keepPhoto(file, order, stage) {
  let content = await file.arrayBuffer();
  let kind = kindOf(content);
  if (kind === "heic") return t("crew.heic");
  if (kind === null) return t("crew.no_photo");
  let told = "";
  if (content.byteLength > MOST_BYTES) {
    try {
      content = await smaller(content);
    } catch {
      return t("crew.no_photo");
    }
    kind = "image/jpeg";
    told = t("crew.made_smaller");
  }
  await enqueue({ order, what: "photo", body: { stage }, content, type: kind });
  return told;
}

/** The same picture in fewer pixels; what the camera wrote is lost with it. @param {ArrayBuffer} content */
async function smaller(content) {
  const picture = await createImageBitmap(new Blob([content]));
  const scale = Math.min(1, SMALLER_SIDE / Math.max(picture.width, picture.height));
  const canvas = new OffscreenCanvas(Math.round(picture.width * scale), Math.round(picture.height * scale));
  canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return (await canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY })).arrayBuffer();
}

/** A photo that is still on the phone. @param {import("./box.js").Act} act */
export function thumb(act) {
  const canvas = /** @type {HTMLCanvasElement} */ (el("canvas", { width: THUMB, height: THUMB, role: "img", "aria-label": t("crew.waiting_photo") }));
  void createImageBitmap(new Blob([act.content ?? new ArrayBuffer(0)])).then((picture) => {
    const side = Math.min(picture.width, picture.height);
    const [x, y] = [(picture.width - side) / 2, (picture.height - side) / 2];
    canvas.getContext("2d")?.drawImage(picture, x, y, side, side, 0, 0, THUMB, THUMB);
    picture.close();
  }).catch(() => undefined);
  return canvas;
}
