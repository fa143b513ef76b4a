import { runProgram } from "../program.ts";

// Prints its process id, and ends half a second after it has been told to.
const program =
  'console.log(process.pid); for (const s of ["SIGINT", "SIGTERM"]) process.on(s, () => setTimeout(process.exit, 500)); setInterval(() => {}, 1_000);';
await runProgram(process.execPath, ["--eval", program]);
