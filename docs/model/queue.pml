/*
 * Waiting in order, as packages/core makes it: script.ts (what a node does), waiting/waiter.ts (what a waiter does). README.md says what
 * this covers and what it assumes.
 *
 * Whatever travels is a step that comes at any time, and in any order. Time passes only when nothing else can happen (`timeout`), but for
 * as many faults as there are.
 */

#ifndef NODES
#define NODES 1
#endif
#ifndef WAITERS
#define WAITERS 3
#endif
/* How many calls get lost, reservations end early, places are lost, and waiters give up or die, together. */
#ifndef FAULTS
#define FAULTS 1
#endif

#define QUORUM (NODES / 2 + 1)
#define ALL ((1 << NODES) - 1)

/* Sets of nodes, and of waiters. */
#define ONLY(x) (1 << (x))
#define SIZE(s) ((s & 1) + (s >> 1 & 1) + (s >> 2 & 1))

/* A node: whose value sits under the name, or for whom it is reserved, and who stands in its queue. */
#define NOBODY 0
#define RESERVED(i) (WAITERS + (i))
byte name[NODES];
byte queue[NODES];

mtype = { asking, waiting, holding, gone, dead };
typedef Waiter {
	mtype phase = asking;
	/* Where it stands in the order of arrival, from 1. */
	byte score;
	/* Nodes that its acquire is on its way to, that granted it, and that refused it. */
	byte asked;
	byte granted;
	byte refused;
	/* Nodes that its undo, and its release, are on their way to. */
	byte undone;
	byte released;
	/* Nodes whose call is on its way, and whose call it has heard. */
	byte called;
	byte heard
};
Waiter waiters[WAITERS + 1];
#if NODES == 1
#define FREE (name[0] == NOBODY)
#else
#define FREE (name[0] == NOBODY && name[1] == NOBODY && name[2] == NOBODY)
#endif
#define my waiters[me]
#define entered(i, n) (queue[n] & ONLY(i))

byte arrivals;
byte faults = FAULTS;
byte holders;
/* How many are served, or dead. */
byte over;

/* The first in the queue of a node that is not dead, or NOBODY: nobody hears the call to a process that is dead. */
inline find(n) {
	first = NOBODY;
	i = 1;
	do
	:: i > WAITERS -> break
	:: else ->
		if
		:: entered(i, n) && waiters[i].phase == dead -> queue[n] = queue[n] & ~ONLY(i)
		:: entered(i, n) && (first == NOBODY || waiters[i].score < waiters[first].score) -> first = i
		:: else
		fi;
		i++
	od;
	i = 0
}

/* The name is free on this node: the first in the queue may have it. */
inline pass(n) {
	find(n);
#ifdef NO_RESERVATION
	name[n] = NOBODY;
	if
	:: first != NOBODY ->
		queue[n] = queue[n] & ~ONLY(first);
		waiters[first].called = waiters[first].called | ONLY(n)
	:: else
	fi;
#else
	if
	:: first == NOBODY -> name[n] = NOBODY
	:: else ->
		queue[n] = queue[n] & ~ONLY(first);
		name[n] = RESERVED(first);
		waiters[first].called = waiters[first].called | ONLY(n)
	fi;
#endif
	first = NOBODY
}

/* What a waiter has under way to a node. */
proctype link(byte me, n) {
	byte i, first;

end:
	do
	/* An acquire with its entry. */
	:: d_step {
		my.asked & ONLY(n) ->
		my.asked = my.asked & ~ONLY(n);
		if
		:: name[n] == RESERVED(me) -> name[n] = me; queue[n] = queue[n] & ~ONLY(me)
		:: name[n] == NOBODY ->
#if NODES == 1 && FAULTS == 0
			/* A name that is free is nobody's who came earlier and waits. */
			i = 1;
			do
			:: i <= WAITERS -> assert(!(waiters[i].phase == waiting && waiters[i].score < my.score)); i++
			:: else -> break
			od;
#endif
			queue[n] = queue[n] | ONLY(me);
			find(n);
			if
			:: first == me || my.phase == dead -> name[n] = me; queue[n] = queue[n] & ~ONLY(me)
			:: else -> pass(n)
			fi;
			first = NOBODY
		:: else
		fi;
		if
		:: name[n] == me && my.phase == asking -> my.granted = my.granted | ONLY(n)
		:: name[n] == me && my.phase == waiting -> my.undone = my.undone | ONLY(n)
		:: name[n] == me && my.phase == gone -> my.released = my.released | ONLY(n)
		:: name[n] == me
		:: else ->
			queue[n] = queue[n] | ONLY(me);
			if
			:: my.phase == asking -> my.refused = my.refused | ONLY(n)
#ifndef NO_LEAVE
			:: my.phase == gone -> my.released = my.released | ONLY(n)
#endif
			:: else
			fi
		fi
	}

	/* The undo of an attempt that failed: the name is passed on, and the waiter enters behind that. */
	:: d_step {
		my.undone & ONLY(n) ->
		my.undone = my.undone & ~ONLY(n);
		if
		:: name[n] == me -> pass(n)
		:: else
		fi;
		if
		:: my.phase == asking || my.phase == waiting -> queue[n] = queue[n] | ONLY(me)
		:: else
		fi
	}

	/* A release, and in the same command it leaves the queue; what is reserved for it is passed on. */
	:: d_step {
		my.released & ONLY(n) ->
		my.released = my.released & ~ONLY(n);
#ifndef NO_LEAVE
		queue[n] = queue[n] & ~ONLY(me);
#endif
		if
		:: name[n] == me -> pass(n)
#ifndef NO_LEAVE
		:: name[n] == RESERVED(me) -> pass(n)
#endif
		:: else
		fi
	}

	/* The node's call arrives. */
	:: d_step {
		my.called & ONLY(n) ->
		my.called = my.called & ~ONLY(n);
		if
		:: my.phase == asking || my.phase == waiting -> my.heard = my.heard | ONLY(n)
		:: my.phase == holding && name[n] == RESERVED(me) -> name[n] = me
#ifndef NO_LEAVE
		:: my.phase == gone -> my.released = my.released | ONLY(n)
#endif
		:: else
		fi
	}

#ifndef GIVES_UP
	/* The call is lost. */
	:: d_step { faults > 0 && my.called & ONLY(n) -> faults--; my.called = my.called & ~ONLY(n) }

	/* A reservation ends: nobody came, or the node forgot it. */
	:: d_step { faults > 0 && name[n] == RESERVED(me) -> faults--; name[n] = NOBODY }
#endif
	:: d_step {
		timeout && name[n] == RESERVED(me) ->
#ifdef GIVES_UP
		/* Whoever gave up has passed it on. */
		assert(false);
#endif
		name[n] = NOBODY
	}

#ifndef GIVES_UP
	/* The node loses its place in the queue. */
	:: d_step { faults > 0 && entered(me, n) -> faults--; queue[n] = queue[n] & ~ONLY(me) }

#endif

	/* The value of somebody who died expires. */
	:: d_step { timeout && my.phase == dead && name[n] == me -> name[n] = NOBODY }
	od
}

proctype waiter(byte me) {
	/* It arrives. */
	d_step { arrivals++; my.score = arrivals; my.asked = ALL }

	do
	/* A quorum has granted it. */
	:: d_step {
#ifdef CALL_IS_GRANT
		(my.phase == asking && SIZE(my.granted) >= QUORUM) || (my.phase == waiting && SIZE(my.heard) >= QUORUM) ->
#else
		my.phase == asking && SIZE(my.granted) >= QUORUM ->
#endif
		holders++;
		assert(holders == 1);
		my.phase = holding
	}

	/* Others rule a quorum out. */
	:: d_step {
		my.phase == asking && SIZE(my.refused) > NODES - QUORUM ->
		my.undone = my.undone | my.granted;
		my.granted = 0;
		my.refused = 0;
		my.phase = waiting
	}

	/* It asks again: called by a quorum, or by fewer and some time has passed; or by itself. */
	:: d_step { my.phase == waiting && my.undone == 0 && my.asked == 0 && SIZE(my.heard) >= QUORUM -> my.heard = 0; my.asked = ALL; my.phase = asking }
	:: d_step { timeout && my.phase == waiting && my.undone == 0 && my.heard > 0 -> my.heard = 0; my.asked = ALL; my.phase = asking }
#ifndef NO_RETRY
	:: d_step { timeout && my.phase == waiting && my.undone == 0 -> my.heard = 0; my.asked = ALL; my.phase = asking }
#endif

	/* It unlocks, or gives up while it waits. */
	:: d_step {
		my.phase == holding ->
		holders--;
		my.released = ALL;
		my.granted = 0;
		my.phase = gone
	}
	:: d_step {
		faults > 0 && (my.phase == asking || my.phase == waiting) ->
		faults--;
		my.released = ALL;
		my.granted = 0;
		my.refused = 0;
		my.heard = 0;
		my.phase = gone
	}

#ifndef GIVES_UP
	/* It dies. */
	:: d_step {
		faults > 0 && my.phase != gone ->
		faults--;
		holders = holders - (my.phase == holding);
		my.phase = dead
	}
#endif

	:: d_step { my.phase == gone || my.phase == dead -> over++ } ; break
	od
}

init {
	byte i = 1, n;

	atomic {
		do
		:: i <= WAITERS ->
			n = 0;
			do
			:: n < NODES -> run link(i, n); n++
			:: else -> break
			od;
			run waiter(i);
			i++
		:: else -> break
		od
	}

	/* Everybody is served, or dead, and every node is free: nothing of those who lived is left. */
	timeout && over == WAITERS && FREE;
	d_step {
		i = 1;
		do
		:: i <= WAITERS ->
			n = 0;
			do
			:: n < NODES -> assert(waiters[i].phase == dead || !entered(i, n)); n++
			:: else -> break
			od;
			i++
		:: else -> break
		od
	}
}
