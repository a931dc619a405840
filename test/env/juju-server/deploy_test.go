package jujuserver

import (
	"archive/zip"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/juju/juju/api/base"
	"github.com/juju/juju/api/client/application"
	"github.com/juju/juju/api/client/charms"
	commoncharm "github.com/juju/juju/api/common/charm"
	corebase "github.com/juju/juju/core/base"
	coremodel "github.com/juju/juju/core/model"
	jujuversion "github.com/juju/juju/core/version"
	charm "github.com/juju/juju/domain/deployment/charm"
)

const (
	machines   = "machines"
	kubernetes = "kubernetes"
)

// deploy makes one application with its units, as juju deploy does.
func (d *seeder) deploy(conn base.APICallCloser, id coremodel.UUID, modelType string, app seedApplication) error {
	ctx := d.c.Context()
	b, err := corebase.ParseBaseFromString(app.Base)
	if err != nil {
		return err
	}
	if app.Channel == "" {
		err = d.deployLocal(conn, b, app)
	} else {
		err = d.deployFromCharmhub(conn, id, b, app)
	}
	if err != nil {
		return err
	}
	if len(app.Config) > 0 {
		if err := application.NewClient(conn).SetConfig(ctx, app.Name, "", app.Config); err != nil {
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

func (d *seeder) deployLocal(conn base.APICallCloser, b corebase.Base, app seedApplication) error {
	url, err := d.upload(conn, seedCharm{Folder: app.Charm, Revision: app.Revision})
	if err != nil {
		return err
	}
	origin := commoncharm.Origin{Source: commoncharm.OriginLocal, Architecture: "amd64", Base: b, Revision: &url.Revision}
	return application.NewClient(conn).Deploy(d.c.Context(), application.DeployArgs{
		CharmID:         application.CharmID{URL: url.String(), Origin: origin},
		CharmOrigin:     origin,
		ApplicationName: app.Name,
		NumUnits:        app.Units,
	})
}

// upload puts a charm from a folder into the model.
func (d *seeder) upload(conn base.APICallCloser, local seedCharm) (*charm.URL, error) {
	path := filepath.Join(d.c.MkDir(), "local.charm")
	if err := zipDir(local.Folder, path); err != nil {
		return nil, err
	}
	archive, err := charm.ReadCharmArchive(path)
	if err != nil {
		return nil, err
	}
	client, err := charms.NewLocalCharmClient(conn)
	if err != nil {
		return nil, err
	}
	wanted := &charm.URL{Schema: "local", Name: archive.Meta().Name, Revision: local.Revision}
	url, err := client.AddLocalCharm(wanted, archive, false, jujuversion.Current)
	if err == nil && url.Revision != local.Revision {
		err = fmt.Errorf("revision %d became %d: local revisions are counted from 0", local.Revision, url.Revision)
	}
	return url, err
}

// deployFromCharmhub waits until the charm's archive was downloaded: until then it has no actions.
func (d *seeder) deployFromCharmhub(conn base.APICallCloser, id coremodel.UUID, b corebase.Base, app seedApplication) error {
	ctx := d.c.Context()
	_, _, problems := application.NewClient(conn).DeployFromRepository(ctx, application.DeployFromRepositoryArg{
		ApplicationName: app.Name,
		CharmName:       app.Charm,
		Channel:         &app.Channel,
		Revision:        &app.Revision,
		Base:            &b,
		NumUnits:        &app.Units,
	})
	if len(problems) > 0 {
		return errors.Join(problems...)
	}
	return d.s.b.charmDownloaded(ctx, id, app.Name)
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
