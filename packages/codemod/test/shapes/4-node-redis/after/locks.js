'use strict';

const Redlock = require('redlock');
const { Redsync } = require('@redsync/core');
const { nodeRedisNode } = require('@redsync/node-redis');
const client = require('redis').createClient(process.env.REDIS_PORT, process.env.REDIS_HOST);

// TODO(redsync): redlock 4 took clients of redis 2 and 3: nodeRedisNode() needs redis 5 or 6, whose clients connect() and return promises
const redlock = new Redsync([nodeRedisNode(client)], {
  tries: 11,
  retryDelay: () => 100 + Math.random() * 200,
  onEvent: (event) => {
    if (event.type !== "nodeFailed") return;
    const err = event.error;
    console.error('A redis error has occurred:', err);
  },
});

function once(name, callback) {
  // TODO(redsync): redsync has no callbacks: write it as redlock.mutex(resources, { expiry: duration }).lock().then(…)
  redlock.lock(name, 1000, callback);
}

function quietly(name) {
  // TODO(redsync): catch() takes no class of errors: this is a native promise now
  // TODO(redsync): redsync has no LockError: its errors have a code, and isRedsyncError(error) knows them
  return redlock.mutex(name, { expiry: 1000 }).lock().catch(Redlock.LockError, () => null);
}

module.exports = { redlock, once, quietly };
