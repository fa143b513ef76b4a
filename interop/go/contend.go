package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/go-redsync/redsync/v4"
	"github.com/redis/go-redis/v9"
)

// What a contender is told: see packages/conformance/src/contention.ts, which is the same for Node.
type job struct {
	Client       string
	Name         string
	LockPorts    []int
	WitnessPort  int
	Team         string
	Tasks        int
	Acquisitions int
	IsLocked     bool
	Tries        int
	RetryDelay   struct{ Least, Most int }
	Witness      struct{ Inside, Overlaps, Done, Ledger, Teams string }
}

type contender struct {
	job
	redsync  *redsync.Redsync
	observer *redis.Client
}

// Runs tasks that enter the critical section until all processes together have entered often enough.
func contend(assignment []byte) error {
	told, err := decode[job](assignment)
	if err != nil {
		return err
	}
	rs, err := connect(told.Client, told.LockPorts)
	if err != nil {
		return err
	}
	self := contender{told, rs, redis.NewClient(&redis.Options{Addr: fmt.Sprintf("127.0.0.1:%d", told.WitnessPort)})}
	return together(told.Tasks, self.repeat)
}

func (c contender) repeat() error {
	ctx := context.Background()
	// Of its own, because a mutex of go-redsync holds the state of its holder.
	mutex := c.redsync.NewMutex(c.Name,
		redsync.WithTries(c.Tries),
		redsync.WithRetryDelayFunc(func(int) time.Duration {
			return milliseconds(c.RetryDelay.Least + rand.IntN(c.RetryDelay.Most-c.RetryDelay.Least))
		}))
	for {
		done, err := c.observer.Get(ctx, c.Witness.Done).Int()
		if err != nil && err != redis.Nil {
			return err
		}
		if done >= c.Acquisitions {
			return nil
		}
		if err := c.underLock(mutex, func() error { return c.enter(ctx) }); err != nil {
			return err
		}
	}
}

func (c contender) underLock(mutex *redsync.Mutex, work func() error) error {
	if !c.IsLocked {
		return work()
	}
	if err := mutex.Lock(); err != nil {
		return err
	}
	if err := work(); err != nil {
		return err
	}
	_, err := mutex.Unlock()
	return err
}

func (c contender) enter(ctx context.Context) error {
	inside, err := c.observer.Incr(ctx, c.Witness.Inside).Result()
	if err != nil {
		return err
	}
	if inside != 1 {
		c.observer.Incr(ctx, c.Witness.Overlaps)
	}
	// Reads and writes in two steps, as a program does that relies on its lock.
	entries, err := c.observer.Get(ctx, c.Witness.Ledger).Int()
	if err != nil && err != redis.Nil {
		return err
	}
	if err := c.observer.Set(ctx, c.Witness.Ledger, entries+1, 0).Err(); err != nil {
		return err
	}
	c.observer.HIncrBy(ctx, c.Witness.Teams, c.Team, 1)
	c.observer.Incr(ctx, c.Witness.Done)
	return c.observer.Decr(ctx, c.Witness.Inside).Err()
}

// Runs the work so many times at once, and returns what went wrong first.
func together(times int, work func() error) error {
	errs := make(chan error, times)
	var all sync.WaitGroup
	for range times {
		all.Go(func() {
			if err := work(); err != nil {
				errs <- err
			}
		})
	}
	all.Wait()
	close(errs)
	return <-errs
}
