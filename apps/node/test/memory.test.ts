import { describe, expect, it } from "vitest";
import { column, run, start } from "./program.ts";

const few = ["--bookings", "160"];

describe("npm start, on nodes in memory", () => {
  it("loses bookings without a lock and none with one", async () => {
    const { status, stdout, stderr } = await run(few);
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(column(stdout, "confirmed")).toEqual([160, 160]);
    const [without, withLock] = column(stdout, "lost");
    expect(without).toBeGreaterThan(0);
    expect(withLock).toBe(0);
    expect(column(stdout, "stored")).toEqual([160 - without, 160]);
  });

  it("marks overlaps in the first timeline only, in plain text if there is no terminal", async () => {
    const { stdout } = await run(few);
    const [first = "", second = ""] = stdout.split("With a lock\n");
    expect(first).toMatch(/ task 8 .*!/);
    expect(second).toMatch(/ task 8 .*[█·]/);
    expect(second).not.toMatch(/ task \d .*!/);
    expect(stdout).not.toContain("\x1b");
    expect(stdout).not.toContain("\r");
  });

  it("ends with 130 at SIGINT", async () => {
    const program = start([]);
    await program.printed("\nWith a lock");
    program.child.kill("SIGINT");
    const { status, stdout, stderr } = await program.ended;
    expect({ status, stderr }).toEqual({ status: 130, stderr: "" });
    expect(stdout).toMatch(/Stopped: the locks are released, the seats are gone\.\n$/);
  });

  it.each([
    [["--tasks", "0"], "--tasks must be a whole number from 1 to 26"],
    [["--bookings", "1e3"], "--bookings must be a whole number"],
    [["--processes", "2"], "--processes needs REDIS_URLS"],
    [["--client", "ioredis"], "--client needs REDIS_URLS"],
    [["--seats"], "Unknown option '--seats'"],
  ])("refuses %j with 2 and says why", async (args, message) => {
    const { status, stdout, stderr } = await run(args);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
    expect(stdout).toBe("");
  });
});
