export const clients = [];
export const config = { retries: 3, delay: 100, more: {} };
