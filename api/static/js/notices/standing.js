/** Who did what stands, and when. */
import { dateTime, instant } from "../core/format.js";
import { who } from "../core/who.js";
import { t } from "../core/words.js";

/** The latest of what was done to a notice, in one line. @param {any} notice */
export function whoDid(notice) {
  const now = notice.pending ?? notice;
  const done = [
    [t(`notice.${now.state}`), now.approved_by, now.approved],
    [t(`notice.${notice.state}`), notice.published_by, notice.published],
    [t("notice.draft"), now.author, now.drafted],
  ].filter(([, by, at]) => by && at).sort((a, b) => String(b[2]).localeCompare(String(a[2])));
  const [what, by, at] = done[0] ?? [t(`notice.${notice.state}`), "", ""];
  return t("notices.stands_now", { what, who: who(by), time: at ? dateTime(instant(at)) : "" });
}
