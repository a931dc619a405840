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
	Status  string `json:"status"`
	Message string `json:"message"`
}

// units lists an application's units with the status that their charm set.
func (c call) units() (any, error) {
	names, err := c.svc.Application().GetUnitNamesForApplication(c.ctx, c.App)
	if err != nil {
		return nil, err
	}
	leader, err := c.b.leader(c.model, c.App)
	if err != nil {
		return nil, err
	}
	out := []unitView{}
	for _, name := range names {
		life, err := c.svc.Application().GetUnitLife(c.ctx, name)
		if err != nil {
			return nil, err
		}
		status, err := c.svc.Status().GetUnitWorkloadStatus(c.ctx, name)
		if err != nil {
			return nil, err
		}
		out = append(out, unitView{name.String(), leader == name.String(), string(life), string(status.Status), status.Message})
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

// removeDead is a dying unit's agent that finishes; then the removal worker's jobs run.
func (c call) removeDead() (any, error) {
	if c.Unit != "" {
		uuid, err := c.svc.Application().GetUnitUUID(c.ctx, coreunit.Name(c.Unit))
		if err != nil {
			return nil, err
		}
		if err := c.svc.Removal().MarkUnitAsDead(c.ctx, uuid); err != nil {
			return nil, err
		}
	}
	jobs, err := c.svc.Removal().GetAllJobs(c.ctx)
	if err != nil {
		return nil, err
	}
	notes := []string{}
	for _, job := range jobs {
		if err := c.svc.Removal().ExecuteJob(c.ctx, job); err != nil {
			notes = append(notes, err.Error())
		}
	}
	return map[string]any{"ok": true, "jobs": len(jobs), "errors": notes}, nil
}
