/** The one name that all tasks want, and what core keeps beside it on a node. */
export const NAME = "seat 12";
export const fence = `{${NAME}}:fence`;
export const queue = `{${NAME}}:queue`;

/** The channel by which nodes call a task. */
export function channelOf(task: number): string {
  return `redsync:${addressOf(task)}`;
}

/** Core draws its address at random; a run must not depend on that. Equal scores in a queue are told apart by it. */
export function addressed(text: string, task: number): string {
  return text.replace(
    /(^| )~([a-z])[A-Za-z0-9]{12,}:/,
    (_, space, kind) => `${space}~${kind}${addressOf(task)}:`,
  );
}

/** The same back again: core hears what has its own address, which its own `channel` ends with. */
export function readdressed(id: string, task: number, channel: string): string {
  return id.replace(addressOf(task), channel.replace("redsync:", ""));
}

/** Whose id this is, of those that wait. */
export function taskOfId(id: string): number | undefined {
  const [, task] = /^~[a-z]task(\d+):/.exec(id) ?? [];
  return task === undefined ? undefined : Number(task);
}

function addressOf(task: number): string {
  return `task${task}`;
}
