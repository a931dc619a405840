package jujuserver

import (
	"fmt"
	"strings"

	coreunit "github.com/juju/juju/core/unit"
	"github.com/juju/juju/domain/relation"
	"github.com/juju/juju/domain/unitstate"
)

// config is what the charm reads with config-get: defaults included, options without a value left out.
func (c call) config() (any, error) {
	uuid, err := c.svc.Application().GetApplicationUUIDByName(c.ctx, c.App)
	if err != nil {
		return nil, err
	}
	options, err := c.svc.Application().GetApplicationConfigWithDefaults(c.ctx, uuid)
	if err != nil {
		return nil, err
	}
	out := map[string]any{}
	for name, value := range options {
		if value != nil {
			out[name] = value
		}
	}
	return out, nil
}

func (c call) setConfig() (any, error) {
	uuid, err := c.svc.Application().GetApplicationUUIDByName(c.ctx, c.App)
	if err != nil {
		return nil, err
	}
	return done{true}, c.svc.Application().UpdateApplicationConfig(c.ctx, uuid, c.Data)
}

type relationView struct {
	ID          int               `json:"id"`
	Endpoint    string            `json:"endpoint"`
	Application string            `json:"application"`
	Data        map[string]string `json:"data"`
	Own         map[string]string `json:"own"`
}

// relations lists an application's relations with what both sides published.
func (c call) relations() (any, error) {
	all, err := c.svc.Relation().GetAllRelationDetails(c.ctx)
	if err != nil {
		return nil, err
	}
	out := []relationView{}
	for _, rel := range all {
		own, other, ok := sides(rel, c.App)
		if !ok {
			continue
		}
		view := relationView{ID: rel.ID, Endpoint: own.Name, Application: other.ApplicationName}
		if view.Data, err = c.databag(rel, other.ApplicationName); err != nil {
			return nil, err
		}
		if view.Own, err = c.databag(rel, c.App); err != nil {
			return nil, err
		}
		out = append(out, view)
	}
	return out, nil
}

// sides are the two ends of a relation seen from an application; peer relations have one end only.
func sides(rel relation.RelationDetailsResult, app string) (own, other relation.Endpoint, ok bool) {
	if len(rel.Endpoints) != 2 {
		return own, other, false
	}
	for i, end := range rel.Endpoints {
		if end.ApplicationName == app {
			return end, rel.Endpoints[1-i], true
		}
	}
	return own, other, false
}

func (c call) databag(rel relation.RelationDetailsResult, app string) (map[string]string, error) {
	uuid, err := c.svc.Application().GetApplicationUUIDByName(c.ctx, app)
	if err != nil {
		return nil, err
	}
	return c.svc.Relation().GetRelationApplicationSettings(c.ctx, rel.UUID, uuid)
}

// publish replaces what an application published in a relation, through its leader.
func (c call) publish() (any, error) {
	uuid, err := c.svc.Relation().GetRelationUUIDByID(c.ctx, c.Relation)
	if err != nil {
		return nil, err
	}
	key, err := c.svc.Relation().GetRelationKeyByUUID(c.ctx, uuid)
	if err != nil {
		return nil, err
	}
	old, err := c.databag(relation.RelationDetailsResult{UUID: uuid}, c.App)
	if err != nil {
		return nil, err
	}
	settings := unitstate.Settings{}
	for name := range old {
		// An empty value removes the key.
		settings[name] = ""
	}
	for name, value := range c.Data {
		settings[name] = value
	}
	leader, err := c.b.leader(c.model, c.App)
	if err != nil {
		return nil, err
	}
	if leader == "" {
		return nil, fmt.Errorf("%s has no leader", c.App)
	}
	return done{true}, c.svc.UnitState().CommitHookChanges(c.ctx, unitstate.CommitHookChangesArg{
		UnitName:         coreunit.Name(leader),
		RelationSettings: []unitstate.RelationSettings{{RelationKey: key, ApplicationSettings: settings}},
	})
}

// upgrading lets logins see a controller in the middle of an upgrade (status on), or not.
func (c call) upgrading() (any, error) {
	c.b.s.upgrading.Store(c.Status == "on")
	return done{true}, nil
}

// connections cuts what is open (status cut), refuses what comes as well (refuse), or takes it again (accept).
func (c call) connections() (any, error) {
	gate := c.b.s.listener
	switch strings.ToLower(c.Status) {
	case "cut":
		return map[string]any{"ok": true, "cut": gate.cut()}, nil
	case "refuse":
		gate.refuse(true)
		return map[string]any{"ok": true, "cut": gate.cut()}, nil
	case "accept":
		gate.refuse(false)
		return done{true}, nil
	}
	return nil, fmt.Errorf("connections: status %q is none of cut, refuse, accept", c.Status)
}
