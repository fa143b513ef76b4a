import { contend, type Job } from "./job.ts";

await contend(JSON.parse(process.argv[2] ?? "") as Job);
