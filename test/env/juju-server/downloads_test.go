package jujuserver

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/juju/clock"

	corehttp "github.com/juju/juju/core/http"
	coremodel "github.com/juju/juju/core/model"
	"github.com/juju/juju/internal/worker/asynccharmdownloader"
)

const (
	downloadTimeout = 30 * time.Second
	downloadPoll    = 10 * time.Millisecond
)

// httpClients hands out plain HTTP clients: the Charmhub of the tests is on this machine.
type httpClients struct{}

func (httpClients) GetHTTPClient(context.Context, corehttp.Purpose) (corehttp.HTTPClient, error) {
	return &http.Client{}, nil
}

// downloadCharms starts Juju's worker that downloads the charms of a model. AddCharm only writes down what Charmhub says
// of a charm; the archive, and with it the actions, comes once an application uses it.
func (b *backend) downloadCharms(id coremodel.UUID) error {
	svc, err := b.ServicesForModel(context.Background(), id)
	if err != nil {
		return err
	}
	w, err := asynccharmdownloader.NewWorker(asynccharmdownloader.Config{
		ApplicationService:     svc.Application(),
		HTTPClientGetter:       httpClients{},
		NewHTTPClient:          asynccharmdownloader.NewHTTPClient,
		NewDownloader:          asynccharmdownloader.NewDownloader,
		NewAsyncDownloadWorker: asynccharmdownloader.NewAsyncDownloadWorker,
		Logger:                 namedLogger("downloads"),
		Clock:                  clock.WallClock,
	})
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.workers = append(b.workers, w)
	return nil
}

// charmDownloaded waits until an application's charm is there as a whole.
func (b *backend) charmDownloaded(ctx context.Context, id coremodel.UUID, app string) error {
	svc, err := b.ServicesForModel(ctx, id)
	if err != nil {
		return err
	}
	for deadline := time.Now().Add(downloadTimeout); time.Now().Before(deadline); time.Sleep(downloadPoll) {
		locator, err := svc.Application().GetCharmLocatorByApplicationName(ctx, app)
		if err != nil {
			return err
		}
		available, err := svc.Application().IsCharmAvailable(ctx, locator)
		if err != nil || available {
			return err
		}
	}
	return fmt.Errorf("its charm was not downloaded in %s", downloadTimeout)
}
