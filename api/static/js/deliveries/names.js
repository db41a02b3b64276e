/** A channel to customers by its name. */
import { known, t } from "../core/words.js";

/** @param {string} id */
export const channelName = (id) => (known(`customer_channel.${id}`) ? t(`customer_channel.${id}`) : id);
