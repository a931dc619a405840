package jujuserver

import (
	"context"
	"database/sql"
	"net/http"
	"sync"
	"time"

	"github.com/juju/clock"
	"github.com/juju/tc"
	"github.com/juju/worker/v5"
	"gopkg.in/tomb.v2"

	"github.com/juju/juju/core/changestream"
	coredatabase "github.com/juju/juju/core/database"
	"github.com/juju/juju/core/lease"
	"github.com/juju/juju/core/logger"
	"github.com/juju/juju/core/model"
	"github.com/juju/juju/core/objectstore"
	domainservices "github.com/juju/juju/domain/services"
	"github.com/juju/juju/internal/changestream/eventmultiplexer"
	"github.com/juju/juju/internal/changestream/stream"
	internallogger "github.com/juju/juju/internal/logger"
	loggertesting "github.com/juju/juju/internal/logger/testing"
	internalobjectstore "github.com/juju/juju/internal/objectstore"
	objectstoretesting "github.com/juju/juju/internal/objectstore/testing"
	"github.com/juju/juju/internal/services"
	sshimporter "github.com/juju/juju/internal/ssh/importer"
	internalstorage "github.com/juju/juju/internal/storage"
	"github.com/juju/juju/internal/storage/provider/dummy"
)

func namedLogger(name string) logger.Logger { return internallogger.GetLogger("test." + name) }

// watchableDB is a transaction runner plus a real change stream over the same
// SQLite file, so domain watchers deliver real events.
type watchableDB struct {
	coredatabase.TxnRunner
	mux *eventmultiplexer.EventMultiplexer
}

func (w *watchableDB) Subscribe(summary string, opts ...changestream.SubscriptionOption) (changestream.Subscription, error) {
	return w.mux.Subscribe(summary, opts...)
}

type nullFileNotifier struct {
	tomb tomb.Tomb
	ch   chan bool
}

func newNullFileNotifier() *nullFileNotifier {
	n := &nullFileNotifier{ch: make(chan bool)}
	n.tomb.Go(func() error { <-n.tomb.Dying(); return tomb.ErrDying })
	return n
}
func (n *nullFileNotifier) Kill()                         { n.tomb.Kill(nil) }
func (n *nullFileNotifier) Wait() error                   { return n.tomb.Wait() }
func (n *nullFileNotifier) Changes() (<-chan bool, error) { return n.ch, nil }

type nullMetrics struct{}

func (nullMetrics) WatermarkInsertsInc()                  {}
func (nullMetrics) WatermarkRetriesInc()                  {}
func (nullMetrics) ChangesRequestDurationObserve(float64) {}
func (nullMetrics) ChangesCountObserve(int)               {}
func (nullMetrics) SubscriptionsInc()                     {}
func (nullMetrics) SubscriptionsDec()                     {}
func (nullMetrics) DispatchDurationObserve(float64, bool) {}

// backend owns every database, object store and lease manager of the process
// and hands out Juju's real domain services over them.
type backend struct {
	s       *serveSuite
	c       *tc.C
	mu      sync.Mutex
	dbs     map[string]*watchableDB
	stores  map[string]objectstore.ObjectStore
	svcs    map[model.UUID]services.DomainServices
	workers []worker.Worker
	claimer internalobjectstore.Claimer
	rootDir string
	logDir  string
	leases  lease.Manager
}

func newBackend(s *serveSuite, c *tc.C) *backend {
	return &backend{
		s: s, c: c,
		dbs:     map[string]*watchableDB{},
		stores:  map[string]objectstore.ObjectStore{},
		svcs:    map[model.UUID]services.DomainServices{},
		claimer: objectstoretesting.MemoryClaimer(),
		rootDir: c.MkDir(),
		logDir:  c.MkDir(),
	}
}

func (b *backend) stop() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := len(b.workers) - 1; i >= 0; i-- {
		b.workers[i].Kill()
		_ = b.workers[i].Wait()
	}
}

// database returns the (cached) watchable database of a namespace; a namespace
// is "controller" or a model UUID.
func (b *backend) database(namespace string) *watchableDB {
	b.mu.Lock()
	defer b.mu.Unlock()
	if db, ok := b.dbs[namespace]; ok {
		return db
	}
	var runner coredatabase.TxnRunner
	if namespace == coredatabase.ControllerNS {
		runner = b.s.ControllerTxnRunner()
	} else {
		runner = b.s.ModelTxnRunner(b.c, namespace)
	}
	// The stream wants at least one row in the change log to find its bounds.
	_ = runner.StdTxn(b.c.Context(), func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO change_log_namespace (id, namespace, description) VALUES (9999, 'test', 'test')`); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO change_log (edit_type_id, namespace_id, changed) VALUES (1, 9999, 'x')`)
		return err
	})
	st := stream.New(namespace, runner, newNullFileNotifier(), clock.WallClock, nullMetrics{}, namedLogger("stream"))
	mux, err := eventmultiplexer.New(st, clock.WallClock, nullMetrics{}, namedLogger("mux"), time.Minute)
	b.c.Assert(err, tc.ErrorIsNil)
	b.workers = append(b.workers, st, mux)
	db := &watchableDB{TxnRunner: runner, mux: mux}
	b.dbs[namespace] = db
	return db
}

func (b *backend) factory(namespace string) changestream.WatchableDBFactory {
	db := b.database(namespace)
	return func(context.Context) (changestream.WatchableDB, error) { return db, nil }
}

// GetWatchableDB implements changestream.WatchableDBGetter.
func (b *backend) GetWatchableDB(_ context.Context, namespace string) (changestream.WatchableDB, error) {
	return b.database(namespace), nil
}

// GetDB implements database.DBGetter (used by the lease store).
func (b *backend) GetDB(_ context.Context, namespace string) (coredatabase.TxnRunner, error) {
	return b.database(namespace), nil
}

// GetObjectStore implements objectstore.ObjectStoreGetter with Juju's file
// backed store and its metadata in the model database.
func (b *backend) GetObjectStore(ctx context.Context, namespace string) (objectstore.ObjectStore, error) {
	b.mu.Lock()
	if st, ok := b.stores[namespace]; ok {
		b.mu.Unlock()
		return st, nil
	}
	b.mu.Unlock()
	modelNS := namespace
	if namespace == coredatabase.ControllerNS {
		modelNS = string(b.s.DomainServicesSuite.ControllerModelUUID)
	}
	svc := domainservices.NewObjectStoreServices(
		b.factory(coredatabase.ControllerNS), b.factory(modelNS), clock.WallClock, namedLogger("objectstore"))
	meta := metadataService{get: func() objectstore.RemoteObjectStoreMetadata { return svc.ObjectStore() }}
	st, err := internalobjectstore.ObjectStoreFactory(ctx, internalobjectstore.DefaultBackendType(), namespace,
		internalobjectstore.WithRootDir(b.rootDir),
		internalobjectstore.WithMetadataService(meta),
		internalobjectstore.WithClaimer(b.claimer),
		internalobjectstore.WithLogger(namedLogger("objectstore")),
		internalobjectstore.WithClock(clock.WallClock),
		internalobjectstore.WithControllerNodeID("0"),
	)
	if err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stores[namespace] = st
	b.workers = append(b.workers, st)
	return st, nil
}

type metadataService struct {
	get func() objectstore.RemoteObjectStoreMetadata
}

func (m metadataService) ObjectStore() objectstore.RemoteObjectStoreMetadata { return m.get() }

type fixedStore struct {
	b  *backend
	ns string
}

func (f fixedStore) GetObjectStore(ctx context.Context) (objectstore.ObjectStore, error) {
	return f.b.GetObjectStore(ctx, f.ns)
}

type modelLeases struct {
	lease.Checker
	lease.Reader
	lease.Revoker
}

type leaseGetter struct {
	b    *backend
	uuid model.UUID
}

func (g leaseGetter) GetLeaseManager() (lease.LeaseManager, error) {
	ns, id := lease.ApplicationLeadershipNamespace, g.uuid.String()
	ch, err := g.b.leases.Checker(ns, id)
	if err != nil {
		return nil, err
	}
	rd, err := g.b.leases.Reader(ns, id)
	if err != nil {
		return nil, err
	}
	rv, err := g.b.leases.Revoker(ns, id)
	if err != nil {
		return nil, err
	}
	return modelLeases{ch, rd, rv}, nil
}

type storageRegistry struct{}

func (storageRegistry) GetStorageRegistry(context.Context) (internalstorage.ProviderRegistry, error) {
	return dummy.StorageProviders(), nil
}

type noCluster struct{}

func (noCluster) ClusterDetails(context.Context) ([]coredatabase.ClusterNodeInfo, error) {
	return nil, nil
}

type allServices struct {
	*domainservices.ControllerServices
	*domainservices.ModelServices
}

// ServicesForModel implements services.DomainServicesGetter.
func (b *backend) ServicesForModel(_ context.Context, uuid model.UUID) (services.DomainServices, error) {
	b.mu.Lock()
	if s, ok := b.svcs[uuid]; ok {
		b.mu.Unlock()
		return s, nil
	}
	b.mu.Unlock()
	ctrl := b.factory(coredatabase.ControllerNS)
	s := &allServices{
		domainservices.NewControllerServices(ctrl, fixedStore{b, coredatabase.ControllerNS}, clock.WallClock,
			namedLogger("services"), loggertesting.WrapCheckLogForContextGetter(b.c)),
		domainservices.NewModelServices(uuid, ctrl, b.factory(uuid.String()), providerFactory{},
			fixedStore{b, coredatabase.ControllerNS}, fixedStore{b, uuid.String()}, storageRegistry{},
			sshimporter.NewImporter(&http.Client{}), leaseGetter{b, uuid}, noCluster{}, &http.Client{},
			b.logDir, clock.WallClock, namedLogger("services")),
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.svcs[uuid] = s
	return s, nil
}
