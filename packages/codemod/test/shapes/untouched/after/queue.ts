interface Lock {
  release(): Promise<void>;
  extend(ms: number): Promise<Lock>;
}

/** Not of redlock, which is only named here. */
export async function drain(acquire: () => Promise<Lock>): Promise<void> {
  let lock = await acquire();
  lock = await lock.extend(1_000);
  await lock.release();
}
