package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/go-redsync/redsync/v4"
	"github.com/redis/go-redis/v9"
)

// What a process that wants a lock hears and says: see bench/src/waiting/protocol.ts. One line of JSON each.
type waiting struct {
	Client       string
	Process      int
	Ports        []int
	ObserverPort int
	ExpiryMs     int
	RetryMs      int
}

type waitingRound struct {
	Name     string
	Tasks    int
	Turns    int
	WorkMs   int
	WarmUpMs int
	WindowMs int
}

type tally struct {
	Before       int       `json:"before"`
	Acquired     int       `json:"acquired"`
	Ms           float64   `json:"ms"`
	WorkMs       float64   `json:"workMs"`
	Waits        []float64 `json:"waits"`
	StillWaiting float64   `json:"stillWaiting"`
	GaveUp       int       `json:"gaveUp"`
	Error        string    `json:"error,omitempty"`
	Overlaps     int       `json:"overlaps"`
}

// The same as on Node: whoever is refused for good begins again after so long.
const afterGivingUp = 100 * time.Millisecond

// Takes turns at a lock, for as long as the benchmark says, until standard input ends.
func wait(assignment []byte) error {
	say := json.NewEncoder(os.Stdout).Encode
	if err := takeTurns(assignment, say); err != nil {
		return say(report{Said: "failed", Reason: err.Error()})
	}
	return nil
}

func takeTurns(assignment []byte, say func(any) error) error {
	told, err := decode[waiting](assignment)
	if err != nil {
		return err
	}
	rs, err := connect(told.Client, told.Ports)
	if err != nil {
		return err
	}
	observer := redis.NewClient(&redis.Options{Addr: fmt.Sprintf("127.0.0.1:%d", told.ObserverPort)})
	if err := say(report{Said: "ready"}); err != nil {
		return err
	}
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		asked, err := decode[struct{ Round waitingRound }](lines.Bytes())
		if err != nil {
			return err
		}
		tasks := &waitingTasks{waiting: told, round: asked.Round, redsync: rs, observer: observer,
			since: map[int]time.Time{}}
		err = say(struct {
			Said  string `json:"said"`
			Tally tally  `json:"tally"`
		}{"waited", tasks.run()})
		if err != nil {
			return err
		}
	}
	return nil
}

// The tasks of one process, and what they have done since the count began.
type waitingTasks struct {
	waiting
	round    waitingRound
	redsync  *redsync.Redsync
	observer *redis.Client

	mutex      sync.Mutex
	tally      tally
	began      time.Time
	lastUnlock time.Time
	isOver     bool
	since      map[int]time.Time
}

func (w *waitingTasks) run() tally {
	w.restart()
	done := make(chan struct{})
	go func() {
		var all sync.WaitGroup
		for task := range w.round.Tasks {
			all.Go(func() { w.repeat(task) })
		}
		all.Wait()
		close(done)
	}()
	if w.round.WarmUpMs > 0 {
		waitFor(done, milliseconds(w.round.WarmUpMs))
		w.restart()
	}
	waitFor(done, milliseconds(w.round.WindowMs))
	return w.end()
}

func waitFor(done <-chan struct{}, span time.Duration) {
	select {
	case <-done:
	case <-time.After(span):
	}
}

// Forgets the warm-up; overlaps are never forgotten.
func (w *waitingTasks) restart() {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.began = time.Now()
	w.lastUnlock = w.began
	before := w.tally.Before + len(w.tally.Waits)
	w.tally = tally{Before: before, Waits: []float64{}, Overlaps: w.tally.Overlaps}
}

func (w *waitingTasks) end() tally {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.isOver = true
	end := w.lastUnlock
	for _, since := range w.since {
		w.tally.StillWaiting = max(w.tally.StillWaiting, inMs(time.Since(since)))
		end = time.Now()
	}
	w.tally.Acquired = len(w.tally.Waits)
	w.tally.Ms = inMs(end.Sub(w.began))
	return w.tally
}

func (w *waitingTasks) repeat(task int) {
	for had := 0; w.round.Turns == 0 || had < w.round.Turns; had++ {
		if !w.ask(task) {
			return
		}
		for !w.turn(task) {
			time.Sleep(afterGivingUp)
		}
	}
}

// False if the round is over.
func (w *waitingTasks) ask(task int) bool {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if !w.isOver {
		w.since[task] = time.Now()
	}
	return !w.isOver
}

// False if the call gave up.
func (w *waitingTasks) turn(task int) bool {
	mutex := w.redsync.NewMutex(w.round.Name, w.options()...)
	if err := mutex.Lock(); err != nil {
		w.failed(err)
		return false
	}
	entered := time.Now()
	w.entered(task, entered)
	if err := w.work(task); err != nil {
		w.failed(err)
	}
	worked := time.Since(entered)
	if ok, err := mutex.Unlock(); !ok {
		w.failed(fmt.Errorf("Unlock() says false: %w", err))
	}
	w.left(worked)
	return true
}

// As many tries as it takes, if the pauses are not its own.
func (w *waitingTasks) options() []redsync.Option {
	options := []redsync.Option{redsync.WithExpiry(milliseconds(w.ExpiryMs))}
	if w.RetryMs > 0 {
		options = append(options, redsync.WithRetryDelay(milliseconds(w.RetryMs)), redsync.WithTries(1_000_000))
	}
	return options
}

func (w *waitingTasks) work(task int) error {
	ctx := context.Background()
	pipe := w.observer.Pipeline()
	inside := pipe.Incr(ctx, w.round.Name+":inside")
	pipe.XAdd(ctx, &redis.XAddArgs{
		Stream: w.round.Name + ":owners",
		Values: []any{"owner", fmt.Sprintf("%d.%d", w.Process, task)},
	})
	started := time.Now()
	if _, err := pipe.Exec(ctx); err != nil {
		return err
	}
	if inside.Val() != 1 {
		w.mutex.Lock()
		w.tally.Overlaps++
		w.mutex.Unlock()
	}
	time.Sleep(milliseconds(w.round.WorkMs) - time.Since(started))
	return w.observer.Decr(ctx, w.round.Name+":inside").Err()
}

func (w *waitingTasks) entered(task int, at time.Time) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.tally.Waits = append(w.tally.Waits, inMs(at.Sub(w.since[task])))
	delete(w.since, task)
}

func (w *waitingTasks) left(worked time.Duration) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.tally.WorkMs += inMs(worked)
	w.lastUnlock = time.Now()
}

func (w *waitingTasks) failed(err error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.tally.GaveUp++
	if w.tally.Error == "" {
		w.tally.Error = err.Error()
	}
}

func inMs(span time.Duration) float64 {
	return float64(span.Microseconds()) / 1_000
}
