import { defaultSetting, type Fault, type Setting } from "./setting.ts";

/** A setting with something to see. */
export interface Scene {
  readonly name: string;
  readonly title: string;
  readonly sentence: string;
  readonly setting: Setting;
}

const scene = (name: string, title: string, sentence: string, setting: Partial<Setting>): Scene => ({
  name,
  title,
  sentence,
  setting: { ...defaultSetting, ...setting },
});

/** For each task but that of the same number. */
const eachReachesOneNode = (what: "cut" | "heal", at: number): Fault[] =>
  [0, 1, 2].flatMap((task) =>
    [0, 1, 2].filter((node) => node !== task).map((node): Fault => ({ at, what, task, node })),
  );

export const scenes: readonly Scene[] = [
  scene(
    "pause",
    "A pause past the expiry",
    "Martin Kleppmann's first case against Redlock: A looks at its lock, is paused for longer than the lock lasts, and then writes. Only its token tells the register that B was there in between.",
    {
      tasks: 2,
      turns: 1,
      nodes: 3,
      faults: [{ at: 0, what: "pauseBeforeWrite", task: 0, ms: 3_000 }],
    },
  ),
  scene(
    "clock",
    "A clock that jumps",
    "His second case: A has nodes 1 and 2, and the clock of node 2 jumps, so that it forgets A's lock too early. B gets nodes 2 and 3, and two tasks hold a valid lock at once.",
    {
      tasks: 2,
      turns: 1,
      nodes: 3,
      work: 350,
      faults: [
        { at: 0, what: "cut", task: 0, node: 2 },
        { at: 0, what: "cut", task: 1, node: 0 },
        { at: 300, what: "jump", node: 1, ms: 3_000 },
      ],
    },
  ),
  scene(
    "failover",
    "A failover forgets",
    "There is one node, and it fails over before its replica has heard of A's lock: B gets the lock while A still holds it.",
    { tasks: 2, turns: 1, nodes: 1, work: 350, faults: [{ at: 110, what: "failover", node: 0 }] },
  ),
  scene(
    "restart",
    "One of three restarts empty",
    "Node 2 forgets everything, but nodes 1 and 3 still refuse everybody else, and A gives its lock to node 2 again when it extends it.",
    { seed: 2, tasks: 3, turns: 1, nodes: 3, work: 1_200, faults: [{ at: 640, what: "empty", node: 1 }] },
  ),
  scene(
    "split",
    "A split of three",
    "Each task reaches another node, so each has one vote of three: nobody gets the lock until the network is whole again, and then they take turns.",
    {
      tasks: 3,
      turns: 1,
      nodes: 3,
      faults: [...eachReachesOneNode("cut", 0), ...eachReachesOneNode("heal", 2_000)],
    },
  ),
  scene(
    "crowd",
    "A crowd",
    "Eight tasks come at once: the nodes keep them in the order in which they came and call each one in its turn. Let them poll instead, and see who gets the lock then.",
    { tasks: 8, turns: 1, nodes: 3, work: 250 },
  ),
];
