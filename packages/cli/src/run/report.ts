import type { Lock, LockTakenError } from "@redsync/core";
import { showDuration, showRemaining } from "../duration.ts";
import { note, noteJson } from "../output.ts";
import { quoted } from "../shown-text.ts";
import type { RunSettings } from "./settings.ts";

/** What `run` says, on stderr: stdout is the command's. As text it says only what went wrong; as JSON, everything. */
export class Report {
  readonly #settings: RunSettings;
  #hasToldWhy = false;

  constructor(settings: RunSettings) {
    this.#settings = settings;
  }

  acquired({ token }: Lock, ms: number): Promise<void> {
    return this.#say({ event: "acquired", token, waited: Math.round(ms) });
  }

  taken({ owner, outcomes, timedOut, attempts }: LockTakenError, ms: number): Promise<void> {
    const times = outcomes.flatMap((one) =>
      one.status === "taken" && !Number.isNaN(one.remaining) ? one.remaining : [],
    );
    const remaining = times.length > 0 ? Math.max(...times) : undefined;
    const by = owner === undefined ? "" : ` by ${quoted(owner)}`;
    const left = remaining === undefined ? "" : `, ${showRemaining(remaining)}`;
    const waited = attempts > 1 ? `; waited for ${showDuration(ms)}` : "";
    const text = this.#settings.isQuiet ? undefined : `${this.#name} is taken${by}${left}${waited}`;
    return this.#say({ event: "taken", owner, remaining, timedOut, waited: Math.round(ms) }, text);
  }

  losing(reason: string, grace: string): Promise<void> {
    this.#hasToldWhy = true;
    return this.#say(
      { event: "losing", reason },
      `${reason}; ending the command (SIGTERM, SIGKILL after ${grace})`,
    );
  }

  /** A signal that the command was to get. */
  refused(signal: NodeJS.Signals): Promise<void> {
    return this.#say(
      { event: "refused", signal },
      `the command refuses ${signal}: another user runs it, as with sudo. It goes on until it ends by itself`,
    );
  }

  lost(reason: string): Promise<void> {
    const why = this.#hasToldWhy ? "" : `: ${reason}`;
    return this.#say(
      { event: "lost", reason },
      `${this.#name} was lost before the command ended: it may not have been alone${why}`,
    );
  }

  failed(reason: string): Promise<void> {
    return this.#say({ event: "failed", reason }, reason);
  }

  released(result: "released" | undefined, status: number): Promise<void> {
    return this.#say({ event: result ?? "unknown", status });
  }

  /** What `--hold` would have left, if only the command had been started. */
  releasedUnused(result: "released" | undefined, status: number): Promise<void> {
    const text = `the command has not run, so ${this.#name} is released at once, in spite of --hold`;
    return this.#say({ event: result ?? "unknown", status }, result && text);
  }

  left(status: number): Promise<void> {
    return this.#say({ event: "left", status });
  }

  get #name(): string {
    return quoted(this.#settings.name);
  }

  async #say(event: object, text?: string): Promise<void> {
    if (this.#settings.isJson)
      await noteJson({ time: new Date().toISOString(), name: this.#settings.name, ...event });
    else if (text !== undefined) await note(text);
  }
}
