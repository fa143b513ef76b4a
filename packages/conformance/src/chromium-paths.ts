/** Where Debian puts its Chromium; first the one without a window, which takes less time for each page. */
export const chromiumPaths: readonly string[] = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"];
