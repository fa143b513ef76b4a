import { it } from "vitest";
import * as core from "../../src/index.ts";
import { World } from "./world.ts";
it("x", { timeout: 300000 }, async () => {
  const from = Number(process.env.FROM ?? 1), n = Number(process.env.N ?? 200);
  const t = performance.now(); let steps = 0; const sights = new Map<string, number>(); const fails = new Map<string, number[]>();
  let max=0;
  for (let s = from; s < from + n; s++) {
    const w = new World(s, { core, ...(process.env.TRACE && {trace: (l: string) => console.log(l)}) });
    try { await w.run(); } catch (e) { const k = (e as any).rule ?? String(e); if (!fails.has(k)) { fails.set(k, []); } fails.get(k)!.push(s); if (process.env.SHOW) console.log(s, e); }
    steps += w.scheduler.steps; max=Math.max(max,w.scheduler.steps);
    for (const [k, v] of w.sights) sights.set(k, (sights.get(k) ?? 0) + v);
  }
  console.log(n, "seeds", steps, "steps", max, "max", Math.round(performance.now() - t), "ms", sights);
  for (const [k, v] of fails) console.log(k, v.length, v.slice(0, 12).join(" "));
});
