// Keeps a core busy until the process that started it has ended: the channel to it closes then. Looks up ten times a second.
process.on("disconnect", () => process.exit());

function spin(): void {
  for (const end = performance.now() + 100; performance.now() < end; );
  setImmediate(spin);
}
spin();
