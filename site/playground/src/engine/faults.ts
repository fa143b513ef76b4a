import type { Connection } from "./connection.ts";
import type { Server } from "./server.ts";
import type { Fault } from "./setting.ts";
import type { Task } from "./task.ts";

/** Those whom faults befall. */
export interface World {
  readonly servers: readonly Server[];
  readonly tasks: readonly Task[];
  /** By task and node. */
  readonly connections: readonly (readonly Connection[])[];
}

/** Has it happen now. What is about a node or a task that this run does not have does nothing. */
export function befall({ servers, tasks, connections }: World, fault: Fault): void {
  switch (fault.what) {
    case "stop":
      return servers[fault.node]?.stop();
    case "freeze":
      return servers[fault.node]?.freeze();
    case "start":
      return servers[fault.node]?.start();
    case "empty":
      return servers[fault.node]?.restartEmpty();
    case "failover":
      return servers[fault.node]?.failOver();
    case "jump": {
      const server = servers[fault.node];
      if (server) server.ahead += fault.ms;
      return;
    }
    case "pause":
      return tasks[fault.task]?.pause(fault.ms);
    case "pauseBeforeWrite": {
      const task = tasks[fault.task];
      if (task) task.pauseBeforeWrite = fault.ms;
      return;
    }
    case "cut":
    case "heal": {
      const connection = connections[fault.task]?.[fault.node];
      if (connection) connection.isCut = fault.what === "cut";
      return;
    }
  }
}

/** Whether a run of this setting has what the run is about: a fault of something that it does not have is left out. */
export function concerns({ nodes, tasks }: { nodes: number; tasks: number }, fault: Fault): boolean {
  return (!("node" in fault) || fault.node < nodes) && (!("task" in fault) || fault.task < tasks);
}

/** Whether it breaks what a lock rests upon: clocks that run at the same speed, and nodes that do not forget. */
export function breaksAssumptions(fault: Fault): boolean {
  return fault.what === "jump" || fault.what === "empty" || fault.what === "failover";
}
