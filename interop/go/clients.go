package main

import (
	"context"
	"fmt"

	"github.com/go-redsync/redsync/v4"
	"github.com/go-redsync/redsync/v4/redis"
	"github.com/go-redsync/redsync/v4/redis/goredis/v9"
	"github.com/go-redsync/redsync/v4/redis/redigo"
	"github.com/go-redsync/redsync/v4/redis/rueidis"
	"github.com/go-redsync/redsync/v4/redis/valkeygo"
	redigoclient "github.com/gomodule/redigo/redis"
	goredisclient "github.com/redis/go-redis/v9"
	rueidisclient "github.com/redis/rueidis"
	"github.com/redis/rueidis/rueidiscompat"
	valkeyclient "github.com/valkey-io/valkey-go"
	"github.com/valkey-io/valkey-go/valkeycompat"
)

// Every client that the tests share a lock with, by the name that an assignment has for it. Each with its own defaults.
var clients = map[string]func(address string) (redis.Pool, error){
	"go-redis": func(address string) (redis.Pool, error) {
		return goredis.NewPool(goredisclient.NewClient(&goredisclient.Options{Addr: address})), nil
	},
	"redigo": func(address string) (redis.Pool, error) {
		return redigo.NewPool(&redigoclient.Pool{
			MaxIdle: 8,
			DialContext: func(ctx context.Context) (redigoclient.Conn, error) {
				return redigoclient.DialContext(ctx, "tcp", address)
			},
		}), nil
	},
	"rueidis": func(address string) (redis.Pool, error) {
		client, err := rueidisclient.NewClient(rueidisclient.ClientOption{InitAddress: []string{address}})
		if err != nil {
			return nil, err
		}
		return rueidis.NewPool(rueidiscompat.NewAdapter(client)), nil
	},
	"valkey-go": func(address string) (redis.Pool, error) {
		client, err := valkeyclient.NewClient(valkeyclient.ClientOption{InitAddress: []string{address}})
		if err != nil {
			return nil, err
		}
		return valkeygo.NewPool(valkeycompat.NewAdapter(client)), nil
	},
}

// Connects the named client to each port of this machine.
func connect(name string, ports []int) (*redsync.Redsync, error) {
	open := clients[name]
	if open == nil {
		return nil, fmt.Errorf("no client is called %q", name)
	}
	pools := make([]redis.Pool, len(ports))
	for index, port := range ports {
		pool, err := open(fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			return nil, err
		}
		pools[index] = pool
	}
	return redsync.New(pools...), nil
}
