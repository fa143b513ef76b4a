var Redis = require('ioredis');
var Redlock = require('redlock');

var client = new Redis(process.env.REDIS_URL);
var redlock = new Redlock(
	// one client for each node
	[client],
	{
		// how often it is tried again
		retryCount:  10,

		// in ms
		retryDelay:  200
	}
);

redlock.on('clientError', function(err) {
	console.error('A redis error has occurred:', err);
});

// what is locked
var resource = 'locks:account:322456';

// for how long
var ttl = 60000;

redlock.lock(resource, ttl).then(function(lock) {

	// ...do something here...
	console.log('locked', resource);

	// and no longer
	return lock.unlock()
	.catch(function(err) {
		console.error(err);
	});
}).then(function() {
	return redlock.lock(['locks:a', 'locks:b'], ttl);
}).then(function(lock) {
	return lock.extend(ttl).then(function(lock){
		return client.dbsize().then(function(size) {
			console.log('extended', size);
			return lock.unlock();
		});
	});
}).then(function() {
	return client.dbsize();
}).then(function(size) {
	console.log('left', size);
	return redlock.quit();
});
