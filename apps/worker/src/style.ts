/** How the page looks, in light and in the dark. */
export const style = `
:root { color-scheme: light dark; --ground: #f6f4ef; --card: #fff; --ink: #22201c; --faint: #6a655b; --accent: #b3261e; --good: #1c6b3c; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #191816; --card: #24221f; --ink: #f1eee7; --faint: #b0a99b; --accent: #ff8a7a; --good: #7fd6a1; }
}
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: start center; padding: 6vh 1rem;
  background: var(--ground); color: var(--ink); font: 1.0625rem/1.5 system-ui, sans-serif; }
main { width: min(26rem, 100%); padding: 2rem; background: var(--card); border-radius: 1rem; box-shadow: 0 1px 3px #0002, 0 12px 32px #0001; }
h1 { margin: 0; font-size: 1.25rem; letter-spacing: .02em; }
h2 { margin: 2rem 0 .5rem; font-size: 1rem; }
.left { margin: .75rem 0 .5rem; color: var(--faint); }
.left strong { font-size: 3.5rem; line-height: 1; color: var(--ink); font-variant-numeric: tabular-nums; }
progress { display: block; width: 100%; height: .5rem; accent-color: var(--accent); }
button { width: 100%; margin-top: 1.25rem; padding: .8rem 1rem; border: 0; border-radius: .6rem; background: var(--accent); color: var(--card);
  font: inherit; font-weight: 600; cursor: pointer; }
button:hover { filter: brightness(1.08); }
button:focus-visible, a:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px; }
button:disabled { background: var(--faint); cursor: default; filter: none; }
.good, .bad { margin: 1rem 0 0; padding: .6rem .8rem; border-left: 4px solid; border-radius: .3rem; }
.good { color: var(--good); }
.bad { color: var(--accent); }
ol { margin: 0; padding: 0; list-style: none; }
li { display: flex; justify-content: space-between; gap: 1rem; padding: .35rem 0; border-top: 1px solid #8883; font-variant-numeric: tabular-nums; }
time { color: var(--faint); font-size: .9375rem; }
a { color: inherit; }
`;
