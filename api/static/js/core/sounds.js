/** Chinese names as people type them: in pinyin, by initials, mixed, in every reading that a character has. */

/** What is typed, without case and spaces. @param {string} text */
export const bare = (text) => text.normalize("NFKC").toLowerCase().replace(/\s+/g, "");

/** Whether it begins so: each character whole or by its initial, in any of its readings. @param {string[][]} readings @param {string} asked */
export function sounds(readings, asked) {
  let ends = new Set([0]);
  for (const said of readings) {
    const next = new Set();
    for (const at of ends) {
      const rest = asked.slice(at);
      for (const one of said) {
        if (one.startsWith(rest)) return true;
        if (rest.startsWith(one)) next.add(at + one.length);
        if (rest.startsWith(one[0])) next.add(at + 1);
      }
    }
    ends = next;
  }
  return ends.has(asked.length);
}

/** From any of its characters on. @param {string[][]} readings @param {string} asked */
export const soundsWithin = (readings, asked) => readings.some((_, from) => sounds(readings.slice(from), asked));
