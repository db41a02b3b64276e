/** Photos before, during and after: three buttons that open the camera, and what there is. */
import { byId, el, setText } from "../core/dom.js";
import { hourMinute, instant } from "../core/format.js";
import { t } from "../core/words.js";
import { keepPhoto, thumb } from "./camera.js";

const STAGES = ["before", "during", "after"];

/** @param {string} order @param {string} stage */
function camera(order, stage) {
  const input = /** @type {HTMLInputElement} */ (el("input", {
    type: "file", accept: "image/jpeg,image/webp", capture: "environment", class: "visually-hidden", id: `photo-${stage}`,
    onchange: async () => {
      setText(byId("message"), "");
      const told = [];
      for (const file of input.files ?? []) told.push(await keepPhoto(file, order, stage));
      input.value = "";
      if (told.some(Boolean)) setText(byId("message"), told.filter(Boolean).join(" "));
    },
  }));
  return el("label", { class: "shoot" }, input, el("span", {}, t(`crew.photo_${stage}`)));
}

/** @param {any} order */
export function drawPhotos(order) {
  const waiting = order.waiting.filter((/** @type {any} */ act) => act.what === "photo");
  return el("section", { "aria-label": t("crew.photos") },
    el("h3", {}, t("crew.photos")),
    el("div", { class: "shoots" }, ...STAGES.map((stage) => camera(order.id, stage))),
    el("ul", { class: "photos", id: "photos" },
      ...order.photos.map((/** @type {any} */ photo) => el("li", {},
        el("a", { href: `/api/v1/photos/${encodeURIComponent(photo.id)}`, target: "_blank", rel: "noopener" },
          el("img", { src: `/api/v1/photos/${encodeURIComponent(photo.id)}`, loading: "lazy", width: 96, height: 96, alt: t(`crew.photo_${photo.stage}`) })),
        el("span", {}, t(`crew.photo_${photo.stage}`), " ", hourMinute(instant(photo.taken ?? photo.done))))),
      ...waiting.map((/** @type {any} */ act) => el("li", { class: "waiting" }, thumb(act),
        el("span", {}, t(`crew.photo_${act.body.stage}`), " ", el("span", { class: "tag" }, t("crew.to_send")))))));
}
