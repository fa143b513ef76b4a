/** What is passed on to the command. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"] as const;

/** Hears the signals that a process may handle, until what it returns is called. */
export function hearSignals(hear: (signal: NodeJS.Signals) => void): () => void {
  const heard = SIGNALS.filter((signal) => listens(signal, hear));
  return () => {
    for (const signal of heard) process.off(signal, hear);
  };
}

/** Not every system has every signal. */
function listens(signal: NodeJS.Signals, hear: (signal: NodeJS.Signals) => void): boolean {
  try {
    process.on(signal, hear);
    return true;
  } catch {
    return false;
  }
}

/** Whether a program ends by the signal unless it says otherwise, as shells and init systems mean it. */
export const ends = (signal: NodeJS.Signals): boolean => !signal.startsWith("SIGUSR");
