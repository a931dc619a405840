package jujuserver

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"sync"

	coremodel "github.com/juju/juju/core/model"
	"github.com/juju/juju/internal/services"
)

// control is the hands of the agents: a loopback HTTP endpoint (POST / with one JSON command) that drives Juju's domain
// services as machine and unit agents do. README.md lists the commands.
type control struct {
	b      *backend
	models []seededModel
	srv    *http.Server
	addr   string
	wg     sync.WaitGroup
}

type command struct {
	Op string `json:"op"`
	// Model is a UUID; empty: the first model of the seed.
	Model    string            `json:"model"`
	Task     string            `json:"task"`
	Unit     string            `json:"unit"`
	App      string            `json:"app"`
	Relation int               `json:"relation"`
	Status   string            `json:"status"`
	Agent    string            `json:"agent"`
	Message  string            `json:"message"`
	Version  string            `json:"version"`
	Results  map[string]any    `json:"results"`
	Data     map[string]string `json:"data"`
	Log      []string          `json:"log"`
	// Secret is the URI of a user secret.
	Secret string `json:"secret"`
}

// call is a command with the services of its model.
type call struct {
	command
	ctx    context.Context
	b      *backend
	models []seededModel
	model  coremodel.UUID
	svc    services.DomainServices
}

type done struct {
	OK bool `json:"ok"`
}

var operations = map[string]func(call) (any, error){
	"tasks":              (call).tasks,
	"open-tasks":         (call).openTasks,
	"start":              (call).start,
	"log":                (call).log,
	"finish":             (call).finish,
	"units":              (call).units,
	"unit-status":        (call).unitStatus,
	"settle-unit":        (call).settleUnit,
	"unit-charm":         (call).unitCharm,
	"leader":             (call).leader,
	"application":        (call).application,
	"application-status": (call).applicationStatus,
	"register-pod":       (call).registerPod,
	"remove-dead":        (call).removeDead,
	"config":             (call).config,
	"set-config":         (call).setConfig,
	"relations":          (call).relations,
	"publish":            (call).publish,
	"secret":             (call).secret,
	"upgrading":          (call).upgrading,
	"connections":        (call).connections,
}

func newControl(b *backend, models []seededModel, port int) *control {
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		b.c.Fatalf("control: %v", err)
	}
	ctl := &control{b: b, models: models, addr: "http://" + l.Addr().String()}
	ctl.srv = &http.Server{Handler: http.HandlerFunc(ctl.serve)}
	ctl.wg.Add(1)
	go func() { defer ctl.wg.Done(); _ = ctl.srv.Serve(l) }()
	return ctl
}

func (ctl *control) close() {
	_ = ctl.srv.Close()
	ctl.wg.Wait()
}

func (ctl *control) serve(w http.ResponseWriter, r *http.Request) {
	var cmd command
	if err := json.NewDecoder(r.Body).Decode(&cmd); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	out, err := ctl.do(r.Context(), cmd)
	w.Header().Set("Content-Type", "application/json")
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		out = map[string]any{"error": err.Error()}
	}
	_ = json.NewEncoder(w).Encode(out)
}

func (ctl *control) do(ctx context.Context, cmd command) (any, error) {
	operation, known := operations[cmd.Op]
	if !known {
		return nil, fmt.Errorf("unknown op %q", cmd.Op)
	}
	model := coremodel.UUID(cmd.Model)
	if cmd.Model == "" && len(ctl.models) > 0 {
		model = coremodel.UUID(ctl.models[0].UUID)
	}
	svc, err := ctl.b.ServicesForModel(ctx, model)
	if err != nil {
		return nil, err
	}
	return operation(call{cmd, ctx, ctl.b, ctl.models, model, svc})
}
