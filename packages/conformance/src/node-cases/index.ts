import type { Case } from "../harness.ts";
import { abandoned } from "./abandoned.ts";
import { errors } from "./errors.ts";
import { plain } from "./plain.ts";
import { replies } from "./replies.ts";
import { subscribe } from "./subscribe.ts";

/** What a `RedisNode` owes to core, its contract in five sentences (`packages/core/src/node.ts`). */
export const nodeCases: readonly Case[] = [...errors, ...replies, ...plain, ...abandoned, ...subscribe];
