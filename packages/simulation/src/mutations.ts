import type { BreakingMutation } from "./breaking-mutation.ts";
import { attempts } from "./mutations/attempts.ts";
import { batches } from "./mutations/batches.ts";
import { clocks } from "./mutations/clocks.ts";
import { extensions } from "./mutations/extensions.ts";
import { lines } from "./mutations/lines.ts";
import { losses } from "./mutations/losses.ts";
import { namesAndTokens } from "./mutations/names-and-tokens.ts";
import { nodes } from "./mutations/nodes.ts";
import { queues } from "./mutations/queues.ts";

/** Every way in which core, or the script on its nodes, is broken, and what must show it. */
export const mutations: readonly BreakingMutation[] = [
  ...attempts,
  ...clocks,
  ...extensions,
  ...losses,
  ...namesAndTokens,
  ...batches,
  ...lines,
  ...queues,
  ...nodes,
];
