'use strict';

const Redlock = require('redlock');
const client = require('redis').createClient(process.env.REDIS_PORT, process.env.REDIS_HOST);

const redlock = new Redlock([client]);

redlock.on('clientError', (err) => console.error('A redis error has occurred:', err));

function once(name, callback) {
  redlock.lock(name, 1000, callback);
}

function quietly(name) {
  return redlock.lock(name, 1000).catch(Redlock.LockError, () => null);
}

module.exports = { redlock, once, quietly };
