// Loaded into a measured process: writes its peak resident memory in KB to file descriptor 3 at the end.
// VmHWM belongs to this process alone; ru_maxrss would count what the parent held before the start.
import { existsSync, readFileSync, writeSync } from "node:fs";

process.on("exit", () => {
  const status = "/proc/self/status";
  const peak = existsSync(status)
    ? /VmHWM:\s+(\d+)/.exec(readFileSync(status, "utf8"))?.[1]
    : process.resourceUsage().maxRSS;
  writeSync(3, String(peak));
});
