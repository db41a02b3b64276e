/** What is sent with a decision about a notice: what its reader has before them. @param {any} notice */
export function asRead(notice) {
  const now = notice.pending ?? notice;
  return { seq: now.seq, accounts: now.accounts_affected + now.accounts_weak, institutions: now.institutions.length };
}
