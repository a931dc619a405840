package jujuserver

import (
	"archive/zip"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/juju/juju/api/base"
	"github.com/juju/juju/api/client/application"
	"github.com/juju/juju/api/client/charms"
	commoncharm "github.com/juju/juju/api/common/charm"
	corebase "github.com/juju/juju/core/base"
	corecharm "github.com/juju/juju/core/charm"
	coremodel "github.com/juju/juju/core/model"
	jujuversion "github.com/juju/juju/core/version"
	domaincharm "github.com/juju/juju/domain/application/charm"
	applicationservice "github.com/juju/juju/domain/application/service"
	charm "github.com/juju/juju/domain/deployment/charm"
	charmresource "github.com/juju/juju/domain/deployment/charm/resource"
)

const (
	machines   = "machines"
	kubernetes = "kubernetes"
)

// deploy makes one application with its units. A charm from Charmhub is put into the model by Juju's domain services,
// as there is no Charmhub here; the result is what a deployment from there leaves behind.
func (d *seeder) deploy(conn base.APICallCloser, id coremodel.UUID, modelType string, app seedApplication) error {
	ctx := d.c.Context()
	path := filepath.Join(d.c.MkDir(), app.Name+".charm")
	if err := zipDir(app.Charm, path); err != nil {
		return err
	}
	archive, err := charm.ReadCharmArchive(path)
	if err != nil {
		return err
	}
	b, err := corebase.ParseBaseFromString(app.Base)
	if err != nil {
		return err
	}
	if app.Channel == "" {
		err = d.deployLocal(ctx, conn, archive, b, app)
	} else {
		err = d.deployFromCharmhub(ctx, id, modelType, archive, b, app)
	}
	if err != nil {
		return err
	}
	svc, err := d.s.b.ServicesForModel(ctx, id)
	if err != nil {
		return err
	}
	uuid, err := svc.Application().GetApplicationUUIDByName(ctx, app.Name)
	if err != nil {
		return err
	}
	if len(app.Config) > 0 {
		if err := svc.Application().UpdateApplicationConfig(ctx, uuid, app.Config); err != nil {
			return err
		}
	}
	if modelType == machines {
		return nil
	}
	for n := range app.Units {
		if err := registerPod(ctx, d.s.b, id, app.Name, n); err != nil {
			return fmt.Errorf("pod %d: %w", n, err)
		}
	}
	return nil
}

func (d *seeder) deployLocal(ctx context.Context, conn base.APICallCloser, archive *charm.CharmArchive, b corebase.Base, app seedApplication) error {
	client, err := charms.NewLocalCharmClient(conn)
	if err != nil {
		return err
	}
	url, err := client.AddLocalCharm(&charm.URL{Schema: "local", Name: archive.Meta().Name, Revision: app.Revision}, archive, false, jujuversion.Current)
	if err != nil {
		return err
	}
	origin := commoncharm.Origin{Source: commoncharm.OriginLocal, Architecture: "amd64", Base: b, Revision: &url.Revision}
	return application.NewClient(conn).Deploy(ctx, application.DeployArgs{
		CharmID:         application.CharmID{URL: url.String(), Origin: origin},
		CharmOrigin:     origin,
		ApplicationName: app.Name,
		NumUnits:        app.Units,
	})
}

func (d *seeder) deployFromCharmhub(ctx context.Context, id coremodel.UUID, modelType string, archive charm.Charm, b corebase.Base, app seedApplication) error {
	channel, err := charm.ParseChannel(app.Channel)
	if err != nil {
		return err
	}
	origin := corecharm.Origin{
		Source:   corecharm.CharmHub,
		Type:     "charm",
		ID:       "charmhub-id-of-" + archive.Meta().Name,
		Hash:     "sha256-of-" + archive.Meta().Name,
		Revision: &app.Revision,
		Channel:  &channel,
		Platform: corecharm.Platform{Architecture: "amd64", OS: b.OS, Channel: b.Channel.Track},
	}
	args := applicationservice.AddApplicationArgs{
		ReferenceName: archive.Meta().Name,
		DownloadInfo: &domaincharm.DownloadInfo{
			Provenance:         domaincharm.ProvenanceDownload,
			CharmhubIdentifier: origin.ID,
			DownloadURL:        "https://charmhub.invalid/" + archive.Meta().Name,
		},
		ResolvedResources: resolvedResources(archive),
	}
	svc, err := d.s.b.ServicesForModel(ctx, id)
	if err != nil {
		return err
	}
	if modelType == kubernetes {
		units := make([]applicationservice.AddUnitArg, app.Units)
		_, err = svc.Application().CreateCAASApplication(ctx, app.Name, archive, origin, args, units...)
		return err
	}
	units := make([]applicationservice.AddIAASUnitArg, app.Units)
	_, err = svc.Application().CreateIAASApplication(ctx, app.Name, archive, origin, args, units...)
	return err
}

func resolvedResources(archive charm.Charm) applicationservice.ResolvedResources {
	var out applicationservice.ResolvedResources
	revision := 1
	for name := range archive.Meta().Resources {
		out = append(out, applicationservice.ResolvedResource{Name: name, Origin: charmresource.OriginStore, Revision: &revision})
	}
	return out
}

func zipDir(dir, out string) error {
	f, err := os.Create(out)
	if err != nil {
		return err
	}
	defer f.Close()
	zw := zip.NewWriter(f)
	err = filepath.WalkDir(dir, func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		h, err := zip.FileInfoHeader(info)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		h.Name, h.Method = filepath.ToSlash(rel), zip.Deflate
		w, err := zw.CreateHeader(h)
		if err != nil {
			return err
		}
		data, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		_, err = w.Write(data)
		return err
	})
	if err != nil {
		return err
	}
	return zw.Close()
}
