export { default as Playground } from "./view/playground.vue";
