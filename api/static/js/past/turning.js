/** The instant that is looked at is asked for: what stood at another goes first, of several questions the last one's
 * answer counts, and one that was not answered is asked again. */
import { failure, passing } from "../core/http.js";
import { AGAIN_MS } from "../core/soon.js";
import { t } from "../core/words.js";
import { instant } from "./instant.js";

export class Turning {
  /** @param {() => number|null} wanted ms; null for now @param {() => void} draw */
  constructor(wanted, draw) {
    this.wanted = wanted;
    this.draw = draw;
    /** What is known of it. @type {import("./instant.js").Instant|null} */
    this.then = null;
    this.wrong = "";
    this.asked = 0;
  }

  /** What keeps it from being shown, "" for nothing. */
  get doing() {
    return this.wrong || (this.then ? "" : t("past.asking"));
  }

  async turn() {
    const at = this.wanted();
    const mine = ++this.asked;
    if (at === this.then?.at) return;
    this.then = null;
    this.wrong = "";
    this.draw();
    if (at === null) return;
    try {
      const answer = await instant(at);
      if (mine !== this.asked) return;
      this.then = answer;
    } catch (error) {
      if (mine !== this.asked) return;
      this.wrong = failure(error);
      if (passing(error)) setTimeout(() => mine === this.asked && void this.turn(), AGAIN_MS);
    }
    this.draw();
  }
}
