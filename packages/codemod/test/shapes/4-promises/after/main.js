var Redis = require('ioredis');
var { Redsync } = require('@redsync/core');
var { ioredisNode } = require('@redsync/ioredis');

var client = new Redis(process.env.REDIS_URL);
var redlock = new Redsync(
	// one client for each node
	[ioredisNode(client)],
	{
		// how often it is tried again
		tries: 11,

		// in ms
		retryDelay: () => 100 + Math.random() * 200,
		onEvent: (event) => {
			if (event.type !== "nodeFailed") return;
			const err = event.error;
			console.error('A redis error has occurred:', err);
		}
	}
);

// what is locked
var resource = 'locks:account:322456';

// for how long
var ttl = 60000;

redlock.mutex(resource, { expiry: ttl }).lock().then(function(lock) {

	// ...do something here...
	console.log('locked', resource);

	// and no longer
	return lock.unlock()
	.catch(function(err) {
		console.error(err);
	});
}).then(function() {
	return redlock.mutex(['locks:a', 'locks:b'], { expiry: ttl }).lock();
}).then(function(lock) {
	return lock.extend().then(() => lock).then(function(lock){
		return client.dbsize().then(function(size) {
			console.log('extended', size);
			return lock.unlock();
		});
	});
}).then(function() {
	return client.dbsize();
}).then(function(size) {
	console.log('left', size);
	return redlock.close().then(() => client.quit());
});
