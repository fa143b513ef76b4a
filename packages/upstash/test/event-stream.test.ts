import { startServer } from "@redsync/conformance/servers";
import { upstashNode } from "@redsync/upstash";
import { startUpstash } from "@redsync/upstash-server";
import { expect, it } from "vitest";
import { answering } from "./answering.ts";

const messages = [
  "a\nb",
  "\n",
  "a\n\nb\n",
  "a\rb",
  "\r",
  "a\r\nb",
  "\r\n\r\n",
  "data: a\ndata: b",
  " ",
  "",
  "a,b",
  "ünï💥",
];

it("hears messages as they were published, whatever ends their lines", async () => {
  await using server = await startServer();
  await using rest = await startUpstash({ redis: server });
  const heard: string[] = [];
  const leave = await upstashNode(rest, { listen: true }).subscribe?.("channel", (message) =>
    heard.push(message),
  );
  for (const message of messages) await server.command("PUBLISH", "channel", message);
  await expect.poll(() => heard).toEqual(messages);
  await leave?.();
});

/** What is heard of a server that says this, byte by byte. */
async function heardOf(text: string): Promise<string[]> {
  const heard: string[] = [];
  const node = await answering(async (_, response) => {
    for (const byte of Buffer.from(text)) {
      response.write(Buffer.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
  });
  const leave = await node.subscribe?.("channel", (message) => heard.push(message));
  await expect.poll(() => heard.at(-1)).toBe("end");
  await leave?.();
  return heard;
}

it.each([
  ["line feeds", "\n"],
  ["carriage returns and line feeds", "\r\n"],
])(
  "reads events of several lines, with comments and other fields between them, whose lines end with %s",
  async (_, lineEnd) => {
    const lines = [
      ...[
        ":",
        "",
        "data: subscribe,channel,1",
        "",
        "",
        "id: 1",
        "data:message,channel,one",
        "retry: 5",
        "data: ",
        "data:  two",
      ],
      ...[
        "",
        "data: message,other,three",
        "",
        ": ping",
        "",
        "data: message,channel,four",
        "",
        "data: message,channel,end",
        "",
        "",
      ],
    ];
    expect(await heardOf(lines.join(lineEnd))).toEqual(["one\n\n two", "four", "end"]);
  },
);
