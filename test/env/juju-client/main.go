// Command juju-client logs in to a Juju controller, real or simulated, with Juju's own client packages and runs one
// subcommand. What it accepts, the genuine client accepts. See README.md.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/juju/juju/api"
	"github.com/juju/juju/api/connector"
	"github.com/juju/juju/rpc/params"
)

// session is what a subcommand works with.
type session struct {
	ctx     context.Context
	conn    api.Connection
	options options
}

type options struct {
	addresses  string
	caFile     string
	user       string
	model      string
	wait       time.Duration
	channel    string
	revision   int
	forceUnits bool
}

// subcommand answers with what is printed as JSON.
type subcommand struct {
	usage   string
	minimum int
	run     func(s session, args []string) (any, error)
}

var subcommands = map[string]subcommand{
	"login":         {"", 0, login},
	"list-models":   {"", 0, listModels},
	"status":        {"[PATTERN...]", 0, status},
	"unit-info":     {"UNIT...", 1, unitInfo},
	"config-get":    {"APP", 1, configGet},
	"config-set":    {"APP KEY=VALUE...", 2, configSet},
	"config-unset":  {"APP KEY...", 2, configUnset},
	"actions":       {"APP", 1, actions},
	"run":           {"APP UNIT|leader ACTION [KEY=VALUE...]   waits, see -wait", 3, run},
	"enqueue":       {"APP UNIT|leader ACTION [KEY=VALUE...]   the same without waiting", 3, enqueue},
	"operations":    {"[APP]", 0, operations},
	"watch":         {"TASK   log lines until -wait is over", 1, watch},
	"cancel":        {"TASK...", 1, cancel},
	"exec":          {"UNIT COMMAND   waits, see -wait", 2, exec},
	"charm":         {"APP", 1, charmOf},
	"refresh":       {"APP [URL] [RESOURCE=REVISION|RESOURCE=FILE...]   see -channel, -revision, -force-units", 1, refresh},
	"resources":     {"APP", 1, listResources},
	"add-units":     {"APP COUNT", 2, addUnits},
	"destroy-units": {"UNIT...", 1, destroyUnits},
	"scale":         {"APP COUNT", 2, scale},
}

func main() {
	var o options
	flag.StringVar(&o.addresses, "addresses", "", "controller host:port, comma separated")
	flag.StringVar(&o.caFile, "ca", "", "file with the controller's CA certificate (PEM)")
	flag.StringVar(&o.user, "user", "admin", "user name; the password is taken from JUJU_PASSWORD")
	flag.StringVar(&o.model, "model", "", "model UUID (empty: a controller connection)")
	flag.DurationVar(&o.wait, "wait", time.Minute, "how long run, exec and watch wait")
	flag.StringVar(&o.channel, "channel", "", "refresh: channel")
	flag.IntVar(&o.revision, "revision", -1, "refresh: charm revision")
	flag.BoolVar(&o.forceUnits, "force-units", false, "refresh: also units in error")
	flag.Usage = usage
	flag.Parse()
	chosen, known := subcommands[flag.Arg(0)]
	if !known || flag.NArg()-1 < chosen.minimum {
		usage()
		os.Exit(2)
	}
	out, err := perform(o, chosen, flag.Args()[1:])
	if err != nil {
		report(err)
		os.Exit(1)
	}
	if err := print(os.Stdout, out); err != nil {
		report(err)
		os.Exit(1)
	}
}

func perform(o options, chosen subcommand, args []string) (any, error) {
	ctx := context.Background()
	conn, err := connect(ctx, o)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	return chosen.run(session{ctx, conn, o}, args)
}

func connect(ctx context.Context, o options) (api.Connection, error) {
	ca, err := os.ReadFile(o.caFile)
	if err != nil {
		return nil, err
	}
	c, err := connector.NewSimple(connector.SimpleConfig{
		ControllerAddresses: strings.Split(o.addresses, ","),
		CACert:              string(ca),
		ModelUUID:           o.model,
		Username:            o.user,
		Password:            os.Getenv("JUJU_PASSWORD"),
	}, func(dial *api.DialOpts) { dial.Timeout, dial.RetryDelay = 20*time.Second, time.Second })
	if err != nil {
		return nil, err
	}
	return c.Connect(ctx)
}

func usage() {
	fmt.Fprintln(os.Stderr, "juju-client [flags] SUBCOMMAND")
	names := []string{}
	for name := range subcommands {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(os.Stderr, "  %s %s\n", name, subcommands[name].usage)
	}
	flag.PrintDefaults()
}

func print(file *os.File, value any) error {
	encoder := json.NewEncoder(file)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}

// report writes an error as JSON on stderr, with Juju's code and info where it has them.
func report(err error) {
	failure := map[string]any{"error": err.Error(), "code": params.ErrCode(err)}
	var fault *params.Error
	if errors.As(err, &fault) && fault.Info != nil {
		failure["info"] = fault.Info
	}
	_ = print(os.Stderr, failure)
}
