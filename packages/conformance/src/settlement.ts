/** Whether a promise has settled by now, either way. */
export function settlement(promise: Promise<unknown>): { isDone: boolean } {
  const state = { isDone: false };
  const end = () => {
    state.isDone = true;
  };
  promise.then(end, end);
  return state;
}
