import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { docExamples, fragments, notRun, type Snippet } from "./snippets.ts";

/** What the fragments take for granted. */
const prelude = `
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Server } from "node:http";
import { hostname } from "node:os";
import { metrics, SpanStatusCode, trace } from "@opentelemetry/api";
import {
  type RedsyncEventListener, isRedsyncError, Redsync, type Lock, type Mutex, type RedisNode, type RedsyncEvent, type Reply,
} from "@redsync/core";
import { bunNode } from "@redsync/bun";
import { ioredisNode } from "@redsync/ioredis";
import { memoryNode } from "@redsync/memory";
import { nodeRedisNode } from "@redsync/node-redis";
import { glideNode } from "@redsync/valkey-glide";
import { GlideClient } from "@valkey/valkey-glide";
import { upstashNode, upstashNodeFromEnv } from "@redsync/upstash";
import { Redis } from "ioredis";
import { type Kysely, sql } from "kysely";
import type { Logger } from "pino";
import { createClient } from "redis";
declare class RedisClient { send(command: string, args: string[]): Promise<unknown>; }
declare const a: Redis, b: Redis, c: Redis, redis: Redis;
declare const redsync: Redsync, nodes: RedisNode[], mutex: Mutex, lock: Lock, value: string, request: Request;
declare const server: Server;
declare const url: string, body: string, token: number, total: number;
declare const db: Kysely<{ account: { id: number; balance: number } }>;
declare const update: ReturnType<typeof db.updateTable<"account">>;
declare const ctx: { waitUntil(work: Promise<unknown>): void };
declare function work(): Promise<void>;
declare function report(signal: AbortSignal): Promise<void>;
declare function Injectable(): (provider: new (redis: Redis) => object, context: ClassDecoratorContext) => void;
interface BeforeApplicationShutdown { beforeApplicationShutdown(): Promise<void>; }
declare function after(work: Promise<unknown>): void;
interface OnApplicationShutdown { onApplicationShutdown(): Promise<void>; }
`;

const options: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ["lib.es2023.d.ts", "lib.esnext.disposable.d.ts", "lib.dom.d.ts"],
  types: ["node"],
};

function compile(snippets: readonly Snippet[]): string[] {
  // What a fragment imports of the file that it shows beside itself.
  const beside = fileURLToPath(new URL("redsync.ts", import.meta.url));
  const sources = new Map([
    [beside, "export declare function closeAtSigterm(): void;"] as const,
    ...snippets.map(({ code }, index) => {
      const body = code.replaceAll(/^(import .*$|export )/gm, "");
      const file = fileURLToPath(new URL(`snippet-${index}.ts`, import.meta.url));
      return [file, `${prelude}\nexport async function example() {\n${body}\n}\n`] as const;
    }),
  ]);
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (file) => sources.has(file) || fileExists(file);
  host.readFile = (file) => sources.get(file) ?? readFile(file);
  host.getSourceFile = (file, ...rest) => {
    const text = sources.get(file);
    return text === undefined
      ? getSourceFile(file, ...rest)
      : ts.createSourceFile(file, text, ts.ScriptTarget.ES2022);
  };
  const program = ts.createProgram([...sources.keys()], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
    const index = Number(/snippet-(\d+)/.exec(file?.fileName ?? "")?.[1]);
    return `${snippets[index]?.where}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
  });
}

describe.each([
  ["the doc comments' examples", docExamples],
  ["the fragments of the READMEs and of the guides", fragments],
])("%s", (_, snippets) => {
  it("are there, and compile", { timeout: 300_000 }, () => {
    expect(snippets.length).toBeGreaterThan(3);
    expect(compile(snippets)).toEqual([]);
  });
});

it("JavaScript in the guides is a program that the consumers' tests run", () => expect(notRun).toEqual([]));

it("a fragment that is wrong would be found", { timeout: 300_000 }, () => {
  expect(compile([{ where: "here", code: "await mutex.lokc();" }])).toEqual([
    expect.stringContaining("lokc"),
  ]);
});
