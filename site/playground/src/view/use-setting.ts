import { onBeforeUnmount, onMounted, type ShallowRef, shallowRef, watch } from "vue";
import { fromHash, toHash } from "../engine/link.ts";
import { play } from "../engine/play.ts";
import type { Recording } from "../engine/recording.ts";
import { scenes } from "../engine/scenes.ts";
import { defaultSetting, type Setting } from "../engine/setting.ts";

/** The setting, which the address of the page carries, and what it comes to. */
export function useSetting(): {
  readonly setting: ShallowRef<Setting>;
  readonly recording: ShallowRef<Recording | undefined>;
} {
  const setting = shallowRef<Setting>(scenes[0]?.setting ?? defaultSetting);
  const recording = shallowRef<Recording>();

  const read = () => {
    const given = fromHash(location.hash);
    if (given && toHash(given) !== toHash(setting.value)) setting.value = given;
  };
  const show = async () => {
    const wanted = setting.value;
    const made = await play(wanted);
    // Another one may have been chosen meanwhile.
    if (setting.value === wanted) recording.value = made;
  };
  onMounted(() => {
    read();
    void show();
    addEventListener("hashchange", read);
    watch(setting, (changed) => {
      history.replaceState(history.state, "", toHash(changed));
      void show();
    });
  });
  onBeforeUnmount(() => removeEventListener("hashchange", read));
  return { setting, recording };
}
