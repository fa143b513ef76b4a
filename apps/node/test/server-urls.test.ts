import { describe, expect, it } from "vitest";
import { place, readServers } from "../src/show/servers.js";

describe("REDIS_URLS", () => {
  it("is a list of URLs, or not set for nodes in memory", () => {
    expect(readServers(undefined).map(({ protocol }) => protocol)).toEqual(["memory:", "memory:", "memory:"]);
    expect(readServers("redis://a, rediss://u:p@b:7000/1?x=y").map(place)).toEqual([
      "redis://a:6379",
      "rediss://b:7000",
    ]);
  });

  it.each([[""], [" "]])(
    "is refused when it is %j: a variable that holds no address is a mistake",
    (text) => {
      expect(() => readServers(text)).toThrow("REDIS_URLS is empty");
    },
  );

  it.each([
    ["redis://:s3cret"],
    ["redis://user:s3cret@"],
    ["redis://:s3,cret@host"],
    ["redis://:s3#cret@host:1"],
    ["redis://:s3/cret@host:1"],
    ["redis://:s3?cret@host:port"],
    ["://:s3cret@host"],
    [":s3cret@host"],
    ["http://host?password=s3cret"],
    ["redis:s3cret"],
    ["redis://a,,redis://:s3cret@b"],
  ])("shows nothing of the password of %s", (text) => {
    expect(() => readServers(text)).toThrow(/^REDIS_URLS: URL \d is no redis:/);
    expect(() => readServers(text)).not.toThrow(/s3|cret/);
  });

  it("refuses one server twice, whatever else differs", () => {
    expect(() => readServers("redis://h/0,redis://:s3cret@h:6379/1")).toThrow(
      "URL 2 is redis://h:6379 again, as URL 1: one server must not vote twice",
    );
  });
});
