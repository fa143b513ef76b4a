/*
 * The fencing tokens of a lock on several nodes, as packages/core makes them: script.ts (what a node does), acquire.ts and
 * fence.ts (what an attempt does). README.md says what this covers and what it assumes.
 *
 * Whatever travels is a step that comes at any time or never: late, twice, lost, or overtaken by anything else.
 */

#ifndef NODES
#define NODES 3
#endif
/* How many attempts and locks there are at a time, of as many as there may be one after another. */
#ifndef CLIENTS
#define CLIENTS 3
#endif
/* The largest token. What would go beyond it does not happen. */
#ifndef LIMIT
#define LIMIT 4
#endif

#define QUORUM (NODES / 2 + 1)
#define MAX(a, b) ((a) > (b) -> (a) : (b))

/* Sets of nodes. */
#define ONLY(n) (1 << (n))
#define SIZE(s) ((s & 1) + (s >> 1 & 1) + (s >> 2 & 1) + (s >> 3 & 1) + (s >> 4 & 1))

/* A node: whose value sits under the name, and the largest token that it has stored. */
#define NOBODY 0
#define STRAY (CLIENTS + 1)
byte holder[NODES];
byte fence[NODES];

/* A client's attempt, with a value of its own: who has answered what to its acquire; its token, and who is known to have that. */
mtype = { asking, raising, held };
typedef Client {
	mtype phase = asking;
	byte answered;
	byte answer[NODES];
	byte token;
	byte agreed
};
Client clients[CLIENTS + 1];
#define my clients[me]

/* The largest token of the locks that were given until now. */
byte newest;

#ifdef REACHES
byte given;
#define RAISED 128
#endif

/* max(stored + 1, proposed), whatever is proposed. */
#ifdef NO_STEP
#define LEAST 1
#else
#define LEAST (fence[n] + 1)
#endif

#ifdef RAISE_ANYWHERE
#define MAY_RAISE true
#else
#define MAY_RAISE (holder[n] == me)
#endif

/* What a client's attempt, or the lock that came of it, has under way to a node. */
proctype link(byte me, n) {
	byte token;

end:
	do
	/* An acquire, where nobody holds the name or our value sits already; elsewhere it is as if it had not come. */
	:: atomic {
		(holder[n] == NOBODY || holder[n] == me) && LEAST <= LIMIT ->
		select(token : LEAST .. LIMIT);
		fence[n] = token;
		holder[n] = me;
		if
		:: my.phase == asking -> my.answer[n] = token; my.answered = my.answered | ONLY(n)
		:: true /* The answer comes too late, or never. */
		fi;
		token = 0
	}

	/* A raise, before the lock is given. */
	:: d_step {
		my.phase == raising && MAY_RAISE && !(my.agreed & ONLY(n)) ->
		fence[n] = MAX(fence[n], my.token);
#ifdef REACHES
		my.agreed = my.agreed | RAISED;
#endif
		my.agreed = my.agreed | ONLY(n)
	}

	/* An extension, or a repair where the value is gone or never was. */
	:: d_step {
		my.phase == held && (holder[n] == me && fence[n] < my.token || holder[n] == NOBODY) ->
		holder[n] = me;
		fence[n] = MAX(fence[n], my.token)
	}

#ifdef NO_LEASE
	/* The node forgets the value while its client counts on it. */
	:: d_step { holder[n] == me -> holder[n] = NOBODY }
#endif
	od
}

proctype client(byte me) {
	byte n;

end:
	do
	/* The round is judged, by the answers that have come: the largest token is the lock's. */
	:: d_step {
		my.phase == asking && SIZE(my.answered) >= QUORUM ->
		do
		:: n < NODES -> my.token = MAX(my.token, my.answer[n]); n++
		:: else -> break
		od;
		do
		:: n > 0 ->
			n--;
			if
#ifdef NO_RAISE
			:: my.answer[n] > 0 -> my.agreed = my.agreed | ONLY(n)
#else
			:: my.answer[n] == my.token -> my.agreed = my.agreed | ONLY(n)
#endif
			:: else
			fi;
			my.answer[n] = 0
		:: else -> break
		od;
		my.answered = 0;
		my.phase = raising
	}

	/* A quorum has the token, and the time is not up: the lock is given. */
	:: d_step {
		my.phase == raising && SIZE(my.agreed) >= QUORUM ->
		assert(my.token > newest);
		newest = my.token;
#ifdef REACHES
		given = given + (my.agreed >= RAISED);
		assert(given < REACHES);
#endif
		my.agreed = 0;
		my.phase = held
	}

	/*
	 * It gives up, is aborted, unlocks, or its time is up, as which a holder that was stopped may not notice. What it leaves behind
	 * is astray. The client is free for its next attempt.
	 */
	:: d_step {
		do
		:: n < NODES ->
			if
			:: holder[n] == me -> holder[n] = STRAY
			:: else
			fi;
			my.answer[n] = 0;
			n++
		:: else -> break
		od;
		n = 0;
		my.answered = 0;
		my.agreed = 0;
		my.token = 0;
		my.phase = asking
	}
	od
}

/* Values at a node that nobody wants any more, or whose holder knows nothing of fencing. */
proctype stray(byte n) {
	byte token;

end:
	do
	/* It is undone, unlocked, or expires. */
	:: d_step { holder[n] == STRAY -> holder[n] = NOBODY }

	/* A lock without fencing, such as go-redsync's. */
	:: d_step { holder[n] == NOBODY -> holder[n] = STRAY }

	/* An acquire, a raise or a repair that comes too late. */
	:: atomic {
		(holder[n] == STRAY || holder[n] == NOBODY) && fence[n] < LIMIT ->
		select(token : fence[n] + 1 .. LIMIT);
		fence[n] = token;
		holder[n] = STRAY;
		token = 0
	}

#ifdef FORGET
	/* The first node restarts empty. */
	:: d_step { n == 0 -> fence[n] = 0; holder[n] = NOBODY }
#endif
	od
}

init {
	byte n, me;
	atomic {
		for (n : 0 .. NODES - 1) {
			run stray(n);
			for (me : 1 .. CLIENTS) { run link(me, n) }
		}
		for (me : 1 .. CLIENTS) { run client(me) }
		n = 0; me = 0
	}
}
