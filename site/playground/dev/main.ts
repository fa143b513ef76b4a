import { createApp } from "vue";
import { Playground } from "../src/index.ts";
import "./page.css";

// As VitePress says which theme it has.
const dark = matchMedia("(prefers-color-scheme: dark)");
const apply = () => document.documentElement.classList.toggle("dark", dark.matches);
dark.addEventListener("change", apply);
apply();

createApp(Playground).mount("#app");
