/** Whether this is a runtime where requests share a process, but neither promises nor timers nor connections. */
export function isOnWorkers(): boolean {
  const { navigator, EdgeRuntime } = globalThis as {
    navigator?: { userAgent?: string };
    EdgeRuntime?: unknown;
  };
  return navigator?.userAgent === "Cloudflare-Workers" || EdgeRuntime !== undefined;
}
