package jujuserver

import (
	"errors"
	"fmt"

	domaincharm "github.com/juju/juju/domain/application/charm"
	applicationerrors "github.com/juju/juju/domain/application/errors"
	charm "github.com/juju/juju/domain/deployment/charm"
)

type applicationView struct {
	// Charm is its URL.
	Charm string `json:"charm"`
	// Downloaded is false while only Charmhub's description of the charm is there.
	Downloaded bool `json:"downloaded"`
	// Scale is how many units a Kubernetes application is to have; null on machines.
	Scale     *int `json:"scale"`
	Units     any  `json:"units"`
	Config    any  `json:"config"`
	Relations any  `json:"relations"`
}

// application is what an application's agents watch of it; null: it is not there (any more).
func (c call) application() (any, error) {
	locator, err := c.svc.Application().GetCharmLocatorByApplicationName(c.ctx, c.App)
	if errors.Is(err, applicationerrors.ApplicationNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	downloaded, err := c.svc.Application().IsCharmAvailable(c.ctx, locator)
	if err != nil {
		return nil, err
	}
	view := applicationView{Charm: charmURL(locator), Downloaded: downloaded}
	if c.modelType() == kubernetes {
		scale, err := c.svc.Application().GetApplicationScale(c.ctx, c.App)
		if err != nil {
			return nil, err
		}
		view.Scale = &scale
	}
	if view.Units, err = c.units(); err != nil {
		return nil, err
	}
	if view.Config, err = c.config(); err != nil {
		return nil, err
	}
	view.Relations, err = c.relations()
	return view, err
}

// charmURL writes a charm as FullStatus does.
func charmURL(locator domaincharm.CharmLocator) string {
	if locator.Source == domaincharm.LocalSource {
		return (&charm.URL{Schema: charm.Local.String(), Name: locator.Name, Revision: locator.Revision}).String()
	}
	return fmt.Sprintf("%s:amd64/%s-%d", charm.CharmHub, locator.Name, locator.Revision)
}

func (c call) modelType() string {
	for _, model := range c.models {
		if model.UUID == c.model.String() {
			return model.Type
		}
	}
	return machines
}
