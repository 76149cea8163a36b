/** The id and the group of the account without rights, the ordinary user of tests that run as root. */
export const UNPRIVILEGED = { uid: 65534, gid: 65534 };
