import { startBusyLoops } from "../busy.ts";
import "../program.ts";

console.log(startBusyLoops(2).pids.join(" "));
