import type { Theme } from "vitepress";
import DefaultTheme from "vitepress/theme-without-fonts";
import Landing from "./landing.vue";
import Wide from "./wide.vue";
import "./style.css";

export default {
  extends: DefaultTheme,
  enhanceApp: ({ app }) => {
    app.component("Landing", Landing);
    app.component("Wide", Wide);
  },
} satisfies Theme;
