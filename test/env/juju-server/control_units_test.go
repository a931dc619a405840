package jujuserver

import (
	"fmt"
	"time"

	corestatus "github.com/juju/juju/core/status"
	coreunit "github.com/juju/juju/core/unit"
)

type unitView struct {
	Name    string `json:"name"`
	Leader  bool   `json:"leader"`
	Life    string `json:"life"`
	Agent   string `json:"agent"`
	Status  string `json:"status"`
	Message string `json:"message"`
}

// units lists an application's units with the status that their charm set.
func (c call) units() (any, error) {
	all, err := c.svc.Status().GetApplicationAndUnitStatuses(c.ctx)
	if err != nil {
		return nil, err
	}
	leader, err := c.b.leader(c.model, c.App)
	if err != nil {
		return nil, err
	}
	out := []unitView{}
	for name, unit := range all[c.App].Units {
		out = append(out, unitView{
			Name:    name.String(),
			Leader:  leader == name.String(),
			Life:    string(unit.Life),
			Agent:   string(unit.AgentStatus.Status),
			Status:  string(unit.WorkloadStatus.Status),
			Message: unit.WorkloadStatus.Message,
		})
	}
	return out, nil
}

func (c call) unitStatus() (any, error) {
	unit, now := coreunit.Name(c.Unit), time.Now()
	if c.Agent != "" {
		info := corestatus.StatusInfo{Status: corestatus.Status(c.Agent), Message: c.Message, Since: &now}
		if err := c.svc.Status().SetUnitAgentStatus(c.ctx, unit, info); err != nil {
			return nil, err
		}
	}
	if c.Status == "" {
		return done{true}, nil
	}
	info := corestatus.StatusInfo{Status: corestatus.Status(c.Status), Message: c.Message, Since: &now}
	return done{true}, c.svc.Status().SetUnitWorkloadStatus(c.ctx, unit, info)
}

func (c call) applicationStatus() (any, error) {
	now := time.Now()
	info := corestatus.StatusInfo{Status: corestatus.Status(c.Status), Message: c.Message, Since: &now}
	return done{true}, c.svc.Status().SetApplicationStatus(c.ctx, c.App, info)
}

// settleUnit is a new unit's agent that comes up and joins the relations.
func (c call) settleUnit() (any, error) {
	if err := settleUnit(c.ctx, c.b, c.model, coreunit.Name(c.Unit), c.Version); err != nil {
		return nil, err
	}
	return done{true}, joinRelations(c.ctx, c.b, c.model)
}

// unitCharm is an agent that reports that it now runs the application's charm.
func (c call) unitCharm() (any, error) {
	unit := coreunit.Name(c.Unit)
	locator, err := c.svc.Application().GetCharmLocatorByApplicationName(c.ctx, unit.Application())
	if err != nil {
		return nil, err
	}
	return done{true}, c.svc.Application().UpdateUnitCharm(c.ctx, unit, locator)
}

func (c call) leader() (any, error) {
	return done{true}, c.b.claimLeadership(c.model, coreunit.Name(c.Unit))
}

// registerPod is a new pod of a Kubernetes application.
func (c call) registerPod() (any, error) {
	var n int
	if _, err := fmt.Sscanf(c.Unit, c.App+"/%d", &n); err != nil {
		return nil, err
	}
	// The application worker opens a scaling window before pods register.
	app := c.svc.Application()
	if err := app.SetApplicationScalingState(c.ctx, c.App, n+1, true); err != nil {
		return nil, err
	}
	if err := registerPod(c.ctx, c.b, c.model, c.App, n); err != nil {
		return nil, err
	}
	if err := app.SetApplicationScalingState(c.ctx, c.App, n+1, false); err != nil {
		return nil, err
	}
	return c.settleUnit()
}
