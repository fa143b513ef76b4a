// A program that locks with go-redsync, for the tests beside it and for the benchmark.
package main

import (
	"encoding/json"
	"fmt"
	"os"
)

var tasks = map[string]func(assignment []byte) error{
	"serve":   serve,
	"contend": contend,
	"bench":   bench,
	"wait":    wait,
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "Error:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 2 || tasks[args[0]] == nil {
		return fmt.Errorf("usage: serve|contend|bench|wait ASSIGNMENT, which is JSON")
	}
	return tasks[args[0]]([]byte(args[1]))
}

func decode[T any](text []byte) (value T, err error) {
	err = json.Unmarshal(text, &value)
	return value, err
}
