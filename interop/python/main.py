"""A program that locks with the Lock of the redis package, for the tests beside it."""

import json
import sys
import threading

from redis import Redis
from redis.exceptions import LockError, LockNotOwnedError


def serve(told):
    """Does what it is told, one thing after the other, until standard input ends."""
    redis = Redis(port=told["ports"][0])
    locks = {}
    for line in sys.stdin:
        asked = json.loads(line)
        if asked["do"] == "mutex":
            expiry = asked.get("expiry")
            locks[asked["mutex"]] = lock = redis.lock(
                asked["name"], timeout=None if expiry is None else expiry / 1000, sleep=0.01
            )
            if "value" in asked:
                # There is no other way to take a lock over.
                lock.local.token = asked["value"].encode()
        print(json.dumps({"id": asked["id"], **answer(locks[asked["mutex"]], asked["do"])}), flush=True)


def answer(lock, do):
    # What release() forgets is what it was.
    token = lock.local.token
    try:
        ok, error = bool(calls[do](lock)), None
    except LockNotOwnedError:
        ok, error = False, "taken"
    except LockError as failure:
        ok, error = False, str(failure)
    value = (lock.local.token or token or b"").decode()
    return {"ok": ok, "value": value, "until": None, **({} if error is None else {"error": error})}


def release(lock):
    lock.release()
    return True


calls = {
    "mutex": lambda lock: True,
    "lock": lambda lock: lock.acquire(),
    "tryLock": lambda lock: lock.acquire(blocking=False),
    "extend": lambda lock: lock.reacquire(),
    "unlock": release,
    "valid": lambda lock: lock.owned(),
}


def contend(told):
    """See packages/conformance/src/contention.ts, which is the same for Node."""
    tasks = [threading.Thread(target=repeat, args=(told,)) for _ in range(told["tasks"])]
    for task in tasks:
        task.start()
    for task in tasks:
        task.join()


def repeat(told):
    observer = Redis(port=told["witnessPort"])
    witness = told["witness"]
    # Another delay for each attempt is more than this Lock can do.
    lock = Redis(port=told["lockPorts"][0]).lock(
        told["name"], timeout=8, sleep=told["retryDelay"]["least"] / 1000
    )
    while int(observer.get(witness["done"]) or 0) < told["acquisitions"]:
        if told["isLocked"]:
            with lock:
                enter(observer, witness, told["team"])
        else:
            enter(observer, witness, told["team"])


def enter(observer, witness, team):
    if observer.incr(witness["inside"]) != 1:
        observer.incr(witness["overlaps"])
    # Reads and writes in two steps, as a program does that relies on its lock.
    entries = int(observer.get(witness["ledger"]) or 0)
    observer.set(witness["ledger"], entries + 1)
    observer.hincrby(witness["teams"], team, 1)
    observer.incr(witness["done"])
    observer.decr(witness["inside"])


if __name__ == "__main__":
    tasks = {"serve": serve, "contend": contend}
    tasks[sys.argv[1]](json.loads(sys.argv[2]))
