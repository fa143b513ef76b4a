var Redis = require('ioredis'),
	{ callbackify } = require('node:util'),
	{ isRedsyncError, Redsync } = require('@redsync/core'),
	{ ioredisNode } = require('@redsync/ioredis');

var client = new Redis(process.env.REDIS_URL);
var redlock = new Redsync([ioredisNode(client)], { tries: 1, retryDelay: () => 100 + Math.random() * 200 });
var ttl = 60000;

callbackify(() => redlock.mutex('callback', { expiry: ttl }).lock())(function(err, lock) {

	// we failed to lock it
	if(err) {
		console.log('failed', err.name);
	}

	// we have it
	else {
		console.log('locked');

		// a little longer
		callbackify(async () => { await lock.extend(); return lock; })(function(err, lock) {
			console.log('extended', err === null);

			callbackify(() => redlock.mutex('callback', { expiry: ttl }).lock())(function(err, other) {
				console.log('again', isRedsyncError(err), other);

				callbackify(() => lock.unlock())(function(err) {
					console.log('unlocked', err === null);
					client.disconnect();
				});
			});
		});
	}
});
