/** Not an Error: a signal's reason may be anything. */
export const abortReason: object = { because: "the user closed the page" };
