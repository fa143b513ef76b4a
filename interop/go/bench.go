package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/go-redsync/redsync/v4"
)

// What the benchmark says and hears: see bench/src/protocol.ts. One line of JSON each.
type seat struct {
	Client     string
	FailFast   bool
	Ports      []int
	InFlight   int
	Contestant string
	ExpiryMs   int
}

type slice struct {
	Pairs int64   `json:"pairs"`
	Ms    float64 `json:"ms"`
	CPU   int64   `json:"cpu"`
}

type report struct {
	Said   string   `json:"said"`
	Slice  *slice   `json:"slice,omitempty"`
	Bytes  *float64 `json:"bytes,omitempty"`
	Reason string   `json:"reason,omitempty"`
}

type pair func() error

// Locks and unlocks, for as long as the benchmark says, until standard input ends.
func bench(assignment []byte) error {
	say := json.NewEncoder(os.Stdout).Encode
	if err := contest(assignment, say); err != nil {
		return say(report{Said: "failed", Reason: err.Error()})
	}
	return nil
}

func contest(assignment []byte, say func(any) error) error {
	told, err := decode[seat](assignment)
	if err != nil {
		return err
	}
	pairs, err := told.prepare()
	if err != nil {
		return err
	}
	if err := say(report{Said: "ready"}); err != nil {
		return err
	}
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		asked, err := decode[struct {
			Do    string
			Ms    int
			Pairs int64
		}](lines.Bytes())
		if err != nil {
			return err
		}
		var done report
		if asked.Do == "run" {
			done, err = runFor(pairs, milliseconds(asked.Ms))
		} else {
			done, err = allocate(pairs, asked.Pairs)
		}
		if err != nil {
			return err
		}
		if err := say(done); err != nil {
			return err
		}
	}
	return nil
}

// One mutex per name, made once, and one pair on each to be connected.
func (told seat) prepare() ([]pair, error) {
	rs, err := connect(told.Client, told.Ports)
	if err != nil {
		return nil, err
	}
	pairs := make([]pair, told.InFlight)
	for slot := range pairs {
		mutex := rs.NewMutex(fmt.Sprintf("bench:%s:%d", told.Contestant, slot),
			redsync.WithExpiry(milliseconds(told.ExpiryMs)), redsync.WithFailFast(told.FailFast))
		pairs[slot] = func() error {
			if err := mutex.Lock(); err != nil {
				return err
			}
			if ok, err := mutex.Unlock(); !ok {
				return fmt.Errorf("Unlock() says false: %w", err)
			}
			return nil
		}
	}
	return pairs, nil
}

func runFor(pairs []pair, span time.Duration) (report, error) {
	before, started := cpuTime(), time.Now()
	count, err := repeat(pairs, func() bool { return time.Since(started) < span })
	took := float64(time.Since(started).Microseconds()) / 1_000
	return report{Said: "ran", Slice: &slice{count, took, cpuTime() - before}}, err
}

// What was allocated is counted by the runtime itself, so that no collection can disturb it.
func allocate(pairs []pair, wanted int64) (report, error) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	var begun atomic.Int64
	count, err := repeat(pairs, func() bool { return begun.Add(1) < wanted })
	runtime.ReadMemStats(&after)
	bytes := float64(after.TotalAlloc-before.TotalAlloc) / float64(count)
	return report{Said: "allocated", Bytes: &bytes}, err
}

// All pairs at once, each again and again.
func repeat(pairs []pair, goesOn func() bool) (int64, error) {
	var count atomic.Int64
	var slot atomic.Int64
	err := together(len(pairs), func() error {
		mine := pairs[slot.Add(1)-1]
		for {
			if err := mine(); err != nil {
				return err
			}
			count.Add(1)
			if !goesOn() {
				return nil
			}
		}
	})
	return count.Load(), err
}

// Microseconds of this process, user and system.
func cpuTime() int64 {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return (usage.Utime.Sec+usage.Stime.Sec)*1_000_000 + int64(usage.Utime.Usec+usage.Stime.Usec)
}
