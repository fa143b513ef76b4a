package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"os"
	"sync"
	"time"

	"github.com/go-redsync/redsync/v4"
)

type service struct {
	Client string
	Ports  []int
}

// One line of standard input. "mutex" makes a mutex, "cancel" ends the context of its calls, the others do something with it.
type request struct {
	ID    int
	Do    string
	Mutex string
	// Of "mutex".
	Name          string
	Value         string
	Expiry        int
	Tries         int
	SetNXOnExtend bool
}

type held struct {
	*redsync.Mutex
	ctx    context.Context
	cancel context.CancelFunc
}

// One line of standard output.
type answer struct {
	ID int  `json:"id"`
	OK bool `json:"ok"`
	// "taken", "expired", "failed", or another error's text.
	Error string `json:"error,omitempty"`
	Value string `json:"value"`
	// In milliseconds since 1970; null before the mutex was ever locked.
	Until *int64 `json:"until"`
}

// Does what it is told, several things at once, until standard input ends.
func serve(assignment []byte) error {
	told, err := decode[service](assignment)
	if err != nil {
		return err
	}
	rs, err := connect(told.Client, told.Ports)
	if err != nil {
		return err
	}
	mutexes := map[string]held{}
	answers := json.NewEncoder(os.Stdout)
	var speaking sync.Mutex
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		asked, err := decode[request](lines.Bytes())
		if err != nil {
			return err
		}
		if asked.Do == "mutex" {
			ctx, cancel := context.WithCancel(context.Background())
			mutexes[asked.Mutex] = held{rs.NewMutex(asked.Name, asked.options()...), ctx, cancel}
		}
		mutex := mutexes[asked.Mutex]
		go func() {
			reply := asked.doWith(mutex)
			speaking.Lock()
			defer speaking.Unlock()
			_ = answers.Encode(reply)
		}()
	}
	return nil
}

func (asked request) options() (options []redsync.Option) {
	if asked.Value != "" {
		options = append(options, redsync.WithValue(asked.Value))
	}
	if asked.Expiry != 0 {
		options = append(options, redsync.WithExpiry(milliseconds(asked.Expiry)))
	}
	if asked.Tries != 0 {
		options = append(options, redsync.WithTries(asked.Tries))
	}
	if asked.SetNXOnExtend {
		options = append(options, redsync.WithSetNXOnExtend())
	}
	return options
}

func (asked request) doWith(mutex held) answer {
	ok, err := true, error(nil)
	switch asked.Do {
	case "mutex":
	case "cancel":
		mutex.cancel()
	case "lock":
		err = mutex.LockContext(mutex.ctx)
		ok = err == nil
	case "tryLock":
		err = mutex.TryLockContext(mutex.ctx)
		ok = err == nil
	case "extend":
		ok, err = mutex.ExtendContext(mutex.ctx)
	case "unlock":
		ok, err = mutex.UnlockContext(mutex.ctx)
	case "valid":
		ok, err = mutex.ValidContext(mutex.ctx)
	default:
		ok = false
		err = errors.New("what is " + asked.Do + "?")
	}
	reply := answer{ID: asked.ID, OK: ok, Error: nameOf(err), Value: mutex.Value()}
	if until := mutex.Until(); !until.IsZero() {
		at := until.UnixMilli()
		reply.Until = &at
	}
	return reply
}

func nameOf(err error) string {
	var taken *redsync.ErrTaken
	var nodeTaken *redsync.ErrNodeTaken
	switch {
	case err == nil:
		return ""
	case errors.As(err, &taken), errors.As(err, &nodeTaken):
		return "taken"
	case errors.Is(err, redsync.ErrLockAlreadyExpired):
		return "expired"
	case errors.Is(err, redsync.ErrFailed):
		return "failed"
	default:
		return err.Error()
	}
}

func milliseconds(count int) time.Duration {
	return time.Duration(count) * time.Millisecond
}
