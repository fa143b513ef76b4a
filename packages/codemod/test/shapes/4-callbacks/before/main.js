var Redis = require('ioredis'),
	Redlock = require('redlock');

var client = new Redis(process.env.REDIS_URL);
var redlock = new Redlock([client], { retryCount: 0 });
var ttl = 60000;

redlock.lock('callback', ttl, function(err, lock) {

	// we failed to lock it
	if(err) {
		console.log('failed', err.name);
	}

	// we have it
	else {
		console.log('locked');

		// a little longer
		lock.extend(ttl, function(err, lock) {
			console.log('extended', err === null);

			redlock.lock('callback', ttl, function(err, other) {
				console.log('again', err instanceof Redlock.LockError, other);

				lock.unlock(function(err) {
					console.log('unlocked', err === null);
					client.disconnect();
				});
			});
		});
	}
});
