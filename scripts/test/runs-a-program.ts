import { runProgram } from "../program.ts";

// Prints its process id, does not care about SIGINT, and ends half a second after SIGTERM.
const program = `
  console.log(process.pid);
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => setTimeout(process.exit, 500));
  setInterval(() => {}, 1_000);
`;
await runProgram(process.execPath, ["--eval", program]);
