package main

import (
	"fmt"
	"strings"

	"github.com/juju/juju/api/client/application"
)

type done struct {
	OK bool `json:"ok"`
}

func configGet(s session, args []string) (any, error) {
	return application.NewClient(s.conn).Get(s.ctx, args[0])
}

func configSet(s session, args []string) (any, error) {
	values := map[string]string{}
	for _, word := range args[1:] {
		key, value, found := strings.Cut(word, "=")
		if !found {
			return nil, fmt.Errorf("%q is not KEY=VALUE", word)
		}
		values[key] = value
	}
	return done{true}, application.NewClient(s.conn).SetConfig(s.ctx, args[0], "", values)
}

func configUnset(s session, args []string) (any, error) {
	return done{true}, application.NewClient(s.conn).UnsetApplicationConfig(s.ctx, args[0], args[1:])
}
