package main

import (
	"github.com/juju/names/v6"

	"github.com/juju/juju/api/base"
	"github.com/juju/juju/api/client/application"
	"github.com/juju/juju/rpc/params"
)

func status(s session, patterns []string) (any, error) {
	var full params.FullStatus
	caller := base.NewFacadeCaller(s.conn, "Client")
	return &full, caller.FacadeCall(s.ctx, "FullStatus", params.StatusParams{Patterns: patterns}, &full)
}

func unitInfo(s session, units []string) (any, error) {
	tags := []names.UnitTag{}
	for _, unit := range units {
		tags = append(tags, names.NewUnitTag(unit))
	}
	return application.NewClient(s.conn).UnitsInfo(s.ctx, tags)
}
