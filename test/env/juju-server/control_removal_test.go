package jujuserver

import (
	"fmt"

	corelife "github.com/juju/juju/core/life"
	coreunit "github.com/juju/juju/core/unit"
)

// removeDead is a unit's agent that finishes; then what removal has to do is done. On Kubernetes a unit that is above
// the scale is still alive: the provisioner takes it away.
func (c call) removeDead() (any, error) {
	unit := coreunit.Name(c.Unit)
	uuid, err := c.svc.Application().GetUnitUUID(c.ctx, unit)
	if err != nil {
		return nil, err
	}
	if c.modelType() == kubernetes {
		if _, err := c.svc.Removal().RemoveUnit(c.ctx, uuid, false, false, 0); err != nil {
			return nil, err
		}
	}
	if err := c.svc.Removal().MarkUnitAsDead(c.ctx, uuid); err != nil {
		return nil, err
	}
	if err := c.releaseLeadership(unit); err != nil {
		return nil, err
	}
	if err := c.executeRemovals(); err != nil {
		return nil, err
	}
	return done{true}, c.removeMachines()
}

// releaseLeadership lets another unit lead; the lowest that is left claims the lease.
func (c call) releaseLeadership(gone coreunit.Name) error {
	leader, err := c.b.leader(c.model, gone.Application())
	if err != nil || leader != gone.String() {
		return err
	}
	left, err := c.svc.Application().GetUnitNamesForApplication(c.ctx, gone.Application())
	if err != nil {
		return err
	}
	var next coreunit.Name
	for _, name := range left {
		if name != gone && (next == "" || name.Number() < next.Number()) {
			next = name
		}
	}
	if next == "" {
		return c.b.revokeLeadership(c.model, gone.Application(), leader)
	}
	return c.b.claimLeadership(c.model, next)
}

// removeMachines are the agents of machines that lost their last unit, and the provisioner that ends them.
func (c call) removeMachines() error {
	names, err := c.svc.Machine().AllMachineNames(c.ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		life, err := c.svc.Machine().GetMachineLife(c.ctx, name)
		if err != nil {
			return fmt.Errorf("machine %s: %w", name, err)
		}
		if life == corelife.Alive {
			continue
		}
		uuid, err := c.svc.Machine().GetMachineUUID(c.ctx, name)
		if err != nil {
			return fmt.Errorf("machine %s: %w", name, err)
		}
		if err := c.svc.Removal().MarkMachineAsDead(c.ctx, uuid); err != nil {
			return fmt.Errorf("machine %s: %w", name, err)
		}
		if err := c.svc.Removal().MarkInstanceAsDead(c.ctx, uuid); err != nil {
			return fmt.Errorf("instance of machine %s: %w", name, err)
		}
	}
	return c.executeRemovals()
}

// executeRemovals runs the jobs of the removal worker. One that has to wait for another is tried again the next time.
func (c call) executeRemovals() error {
	jobs, err := c.svc.Removal().GetAllJobs(c.ctx)
	if err != nil {
		return err
	}
	for _, job := range jobs {
		if err := c.svc.Removal().ExecuteJob(c.ctx, job); err != nil {
			namedLogger("removals").Warningf(c.ctx, "%v", err)
		}
	}
	return nil
}
