/** The code by which the caller follows their report: sent to their mobile, since nobody takes 28 characters down by ear. */
import { el, replace, setText } from "../core/dom.js";
import { failure, get, passing, post } from "../core/http.js";
import { known, lang, local, t } from "../core/words.js";

const LOOK_MS = 1000;
/** Nothing more comes of these by itself. */
const OVER = ["sent", "delivered", "read", "failed", "no_address", "exercise"];
const AGAIN = ["failed", "no_address"];

/** Into #form. @param {any} kept a report as it was put down @param {() => void} close */
export function showCode(kept, close) {
  const place = /** @type {HTMLElement} */ (document.getElementById("form"));
  const { tracking, message } = kept;
  const said = el("p", { id: "code-said", role: "status" });
  const send = /** @type {HTMLButtonElement} */ (el("button", { type: "button", class: "strong", id: "send-code" }));
  send.addEventListener("click", () => void sending(`/api/v1/hotline/reports/${kept.report.id}/message`, message.number, send, said));
  replace(place, el("div", { class: "report", id: "tracking" }, el("h2", {}, t("track.title")),
    message.refused ? el("p", { id: "code-refused" }, t("track.refused", { why: local(message.refused) })) : el("p", {}, send),
    said,
    el("p", { class: "say" }, el("code", {}, tracking.code)),
    el("p", {}, el("a", { href: tracking[lang], target: "_blank", rel: "noreferrer noopener" }, tracking[lang])),
    el("p", { class: "quiet" }, t("track.how")),
    el("p", {}, el("button", { type: "button", onclick: close }, t("form.close")))));
  place.hidden = false;
  tell(message, message.number, send, said);
}

/** What came of it, until nothing more does. @param {string} path @param {string} number @param {HTMLButtonElement} send @param {HTMLElement} said */
async function sending(path, number, send, said) {
  send.disabled = true;
  try {
    let now = await post(path);
    for (tell(now, number, send, said); send.isConnected && !OVER.includes(now.state); tell(now, number, send, said)) {
      await new Promise((go) => setTimeout(go, LOOK_MS));
      now = await get(path).catch((error) => (passing(error) ? now : Promise.reject(error)));
    }
  } catch (error) {
    setText(said, t("track.failed", { why: failure(error) }));
    send.disabled = false;
  }
}

/** @param {any} now @param {string} number @param {HTMLButtonElement} send @param {HTMLElement} said */
function tell(now, number, send, said) {
  const again = AGAIN.includes(now.state);
  setText(send, t(again ? "track.again" : "track.send", { number }));
  send.disabled = now.state !== null && !again;
  const why = now.reason && again ? ` · ${known(`why.${now.reason}`) ? t(`why.${now.reason}`) : now.reason}` : "";
  if (now.state) setText(said, `${t("track.state", { number, state: t(`letter.${now.state}`) })}${why}`);
}
