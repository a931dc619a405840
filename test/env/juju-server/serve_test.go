// Package jujuserver starts Juju's own API server and domain services inside a test binary, over plain SQLite, with the
// models that a seed describes, and waits. See README.md.
package jujuserver

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/juju/clock"
	"github.com/juju/loggo/v3"
	"github.com/juju/names/v6"
	"github.com/juju/tc"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/juju/juju/api"
	"github.com/juju/juju/apiserver"
	"github.com/juju/juju/apiserver/apiserverhttp"
	"github.com/juju/juju/apiserver/authentication"
	jwtauth "github.com/juju/juju/apiserver/authentication/jwt"
	"github.com/juju/juju/apiserver/stateauthenticator"
	"github.com/juju/juju/controller"
	coremodel "github.com/juju/juju/core/model"
	"github.com/juju/juju/core/network"
	"github.com/juju/juju/core/trace"
	jujuversion "github.com/juju/juju/core/version"
	"github.com/juju/juju/domain/controllernode"
	servicestesting "github.com/juju/juju/domain/services/testing"
	"github.com/juju/juju/internal/jwtparser"
	internallease "github.com/juju/juju/internal/lease"
	internallogger "github.com/juju/juju/internal/logger"
	"github.com/juju/juju/internal/services"
	coretesting "github.com/juju/juju/internal/testing"
	"github.com/juju/juju/internal/worker/lease"
	"github.com/juju/juju/internal/worker/watcherregistry"
	jujutesting "github.com/juju/juju/juju/testing"
)

var (
	flagPort    = flag.Int("port", 0, "API port on 127.0.0.1 (0: any)")
	flagControl = flag.Int("control", 0, "control port on 127.0.0.1, plain HTTP (0: any)")
	flagLog     = flag.String("loglevel", "<root>=WARNING", "loggo configuration")
	flagReady   = flag.String("ready", "", "file to write the ready line to")
	flagSeed    = flag.String("seed", "", "JSON file that describes users and models (empty: only the controller)")
)

type serveSuite struct {
	servicestesting.DomainServicesSuite

	b          *backend
	mux        *apiserverhttp.Mux
	listener   *gate
	httpServer *httptest.Server
	server     *apiserver.Server
	apiPort    int
	upgrading  atomic.Bool
}

func TestServe(t *testing.T) { tc.Run(t, &serveSuite{}) }

type nullRegisterer struct{ prometheus.Registerer }

func (nullRegisterer) Register(prometheus.Collector) error  { return nil }
func (nullRegisterer) Unregister(prometheus.Collector) bool { return true }

type passwordServices struct{ b *backend }

func (p passwordServices) GetAgentPasswordServiceForModel(ctx context.Context, uuid coremodel.UUID) (authentication.AgentPasswordService, error) {
	svc, err := p.b.ServicesForModel(ctx, uuid)
	if err != nil {
		return nil, err
	}
	return svc.AgentPassword(), nil
}

func (s *serveSuite) SetUpTest(c *tc.C) {
	s.mux = apiserverhttp.NewMux()
	s.listen(c)
	cfg := coretesting.FakeControllerConfig()
	cfg[controller.APIPort] = s.apiPort
	s.ControllerConfig = cfg
	s.DomainServicesSuite.SetUpTest(c)
	// The suite sends all logging to the test log; here it goes to stderr.
	loggo.ResetLogging()
	c.Assert(loggo.RegisterWriter("stderr", loggo.NewSimpleWriter(os.Stderr, loggo.DefaultFormatter)), tc.ErrorIsNil)
	c.Assert(internallogger.ConfigureLoggers(*flagLog), tc.ErrorIsNil)
	s.b = newBackend(s, c)
	for _, ns := range []string{"controller", s.ControllerModelUUID.String(), s.DefaultModelUUID.String()} {
		s.enableWAL(c, ns)
	}
	ctrl, err := s.b.ServicesForModel(c.Context(), s.ControllerModelUUID)
	c.Assert(err, tc.ErrorIsNil)
	c.Assert(ctrl.ControllerNode().SetAPIAddresses(c.Context(), controllernode.SetAPIAddressArgs{
		APIAddresses: map[string]network.SpaceHostPorts{"0": {network.SpaceHostPort{
			SpaceAddress: network.SpaceAddress{MachineAddress: network.MachineAddress{Value: "127.0.0.1", Type: network.IPv4Address, Scope: network.ScopeMachineLocal}},
			NetPort:      network.NetPort(s.apiPort),
		}}},
	}), tc.ErrorIsNil)
	c.Assert(ctrl.Macaroon().InitialiseBakeryConfig(c.Context()), tc.ErrorIsNil)
	s.startLeases(c)
	s.startAPIServer(c, ctrl)
}

func (s *serveSuite) listen(c *tc.C) {
	pool, err := api.CreateCertPool(coretesting.CACert)
	c.Assert(err, tc.ErrorIsNil)
	tlsConfig := api.NewTLSConfig(pool)
	tlsConfig.ServerName = "juju-apiserver"
	tlsConfig.Certificates = []tls.Certificate{*coretesting.ServerTLSCert}
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", *flagPort))
	c.Assert(err, tc.ErrorIsNil)
	s.apiPort = listener.Addr().(*net.TCPAddr).Port
	s.listener = newGate(listener)
	s.httpServer = &httptest.Server{Listener: s.listener, Config: &http.Server{Handler: s.mux}, TLS: tlsConfig}
	s.httpServer.StartTLS()
}

func (s *serveSuite) startLeases(c *tc.C) {
	controllerUUID := coretesting.ControllerTag.Id()
	leases, err := lease.NewManager(lease.ManagerConfig{
		SecretaryFinder:      internallease.NewSecretaryFinder(controllerUUID),
		Store:                lease.NewStore(s.b, namedLogger("lease")),
		Logger:               namedLogger("lease"),
		Clock:                clock.WallClock,
		MaxSleep:             time.Minute,
		EntityUUID:           controllerUUID,
		PrometheusRegisterer: nullRegisterer{},
		Tracer:               trace.NoopTracer{},
	})
	c.Assert(err, tc.ErrorIsNil)
	s.b.leases = leases
	s.b.workers = append(s.b.workers, leases)
}

func (s *serveSuite) startAPIServer(c *tc.C, ctrl services.DomainServices) {
	registry, err := watcherregistry.NewWorker(watcherregistry.Config{Clock: clock.WallClock, Logger: namedLogger("watchers")})
	c.Assert(err, tc.ErrorIsNil)
	s.b.workers = append(s.b.workers, registry)
	auth, err := stateauthenticator.NewAuthenticator(c.Context(), s.ControllerModelUUID, ctrl.ControllerConfig(),
		passwordServices{s.b}, ctrl.Access(), ctrl.Macaroon(),
		authentication.NewAgentAuthenticatorGetter(ctrl.AgentPassword(), nil), clock.WallClock)
	c.Assert(err, tc.ErrorIsNil)
	c.Assert(auth.AddHandlers(s.mux), tc.ErrorIsNil)

	sc := jujutesting.DefaultServerConfig(c, clock.WallClock)
	sc.Mux = s.mux
	sc.ControllerUUID = coretesting.ControllerTag.Id()
	sc.ControllerModelUUID = s.ControllerModelUUID
	sc.DBGetter = s.b
	sc.DomainServicesGetter = s.b
	sc.ControllerConfigService = ctrl.ControllerConfig()
	sc.ObjectStoreGetter = s.b
	sc.LeaseManager = s.b.leases
	sc.LocalMacaroonAuthenticator = auth
	// As on a controller without a login token URL: JWT logins are not offered.
	sc.JWTAuthenticator = jwtauth.NewAuthenticator(jwtparser.NewParserWithHTTPClient(c.Context(), &http.Client{}))
	sc.WatcherRegistryGetter = registry.(watcherregistry.WatcherRegistryGetter)
	sc.EphemeralProviderFactory = providerFactory{}
	sc.LogDir = s.b.logDir
	sc.UpgradeComplete = func() bool { return !s.upgrading.Load() }
	s.server, err = apiserver.NewServer(c.Context(), sc)
	c.Assert(err, tc.ErrorIsNil)
}

// enableWAL lets readers and the writer of one SQLite file work side by side.
func (s *serveSuite) enableWAL(c *tc.C, namespace string) {
	if namespace == "controller" {
		_, err := s.DB().Exec("PRAGMA journal_mode=WAL")
		c.Assert(err, tc.ErrorIsNil)
		return
	}
	_, db := s.OpenDBForNamespace(c, namespace, true)
	_, err := db.Exec("PRAGMA journal_mode=WAL")
	c.Assert(err, tc.ErrorIsNil)
}

func (s *serveSuite) TearDownTest(c *tc.C) {
	if s.server != nil {
		_ = s.server.Stop()
	}
	if s.httpServer != nil {
		s.httpServer.Close()
	}
	if s.b != nil {
		s.b.stop()
	}
	s.DomainServicesSuite.TearDownTest(c)
}

// readyLine tells whoever started the server how to reach it.
type readyLine struct {
	Address        string        `json:"address"`
	CACert         string        `json:"caCert"`
	User           string        `json:"user"`
	Password       string        `json:"password"`
	ControllerUUID string        `json:"controllerUUID"`
	Models         []seededModel `json:"models"`
	Control        string        `json:"control"`
	ServerVersion  string        `json:"serverVersion"`
}

func (s *serveSuite) apiInfo(model string) *api.Info {
	info := &api.Info{
		Addrs:    []string{fmt.Sprintf("127.0.0.1:%d", s.apiPort)},
		CACert:   coretesting.CACert,
		Tag:      names.NewUserTag("admin"),
		Password: jujutesting.AdminSecret,
	}
	if model != "" {
		info.ModelTag = names.NewModelTag(model)
	}
	return info
}

func (s *serveSuite) TestServe(c *tc.C) {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	description, err := readSeed(*flagSeed)
	c.Assert(err, tc.ErrorIsNil)
	sower := &seeder{s: s, c: c}
	c.Assert(sower.run(description), tc.ErrorIsNil)
	ctl := newControl(s.b, sower.models, *flagControl)
	defer ctl.close()
	line, err := json.Marshal(readyLine{
		Address:        fmt.Sprintf("127.0.0.1:%d", s.apiPort),
		CACert:         coretesting.CACert,
		User:           "admin",
		Password:       jujutesting.AdminSecret,
		ControllerUUID: coretesting.ControllerTag.Id(),
		Models:         sower.models,
		Control:        ctl.addr,
		ServerVersion:  jujuversion.Current.String(),
	})
	c.Assert(err, tc.ErrorIsNil)
	if *flagReady != "" {
		// Written beside and renamed, so that a reader never sees half of it.
		c.Assert(os.WriteFile(*flagReady+".new", line, 0o600), tc.ErrorIsNil)
		c.Assert(os.Rename(*flagReady+".new", *flagReady), tc.ErrorIsNil)
	}
	fmt.Printf("%s\n", line)
	<-ctx.Done()
}
