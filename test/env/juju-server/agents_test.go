package jujuserver

import (
	"context"
	"fmt"
	"time"

	"github.com/juju/juju/core/instance"
	"github.com/juju/juju/core/lease"
	"github.com/juju/juju/core/machine"
	coremodel "github.com/juju/juju/core/model"
	corerelation "github.com/juju/juju/core/relation"
	corestatus "github.com/juju/juju/core/status"
	coreunit "github.com/juju/juju/core/unit"
	domainapplication "github.com/juju/juju/domain/application"
	applicationservice "github.com/juju/juju/domain/application/service"
	"github.com/juju/juju/internal/services"
)

const leadership = 24 * time.Hour

// settleApplication does for every unit what machine and unit agents do when they come up; the first unit leads.
func settleApplication(ctx context.Context, b *backend, id coremodel.UUID, app, workloadVersion string) error {
	svc, err := b.ServicesForModel(ctx, id)
	if err != nil {
		return err
	}
	units, err := svc.Application().GetUnitNamesForApplication(ctx, app)
	if err != nil {
		return err
	}
	for i, unit := range units {
		if i == 0 {
			if err := b.claimLeadership(id, unit); err != nil {
				return err
			}
		}
		if err := settleUnit(ctx, b, id, unit, workloadVersion); err != nil {
			return fmt.Errorf("unit %s: %w", unit, err)
		}
	}
	return nil
}

// settleUnit brings one unit and its machine to active and idle.
func settleUnit(ctx context.Context, b *backend, id coremodel.UUID, unit coreunit.Name, workloadVersion string) error {
	svc, err := b.ServicesForModel(ctx, id)
	if err != nil {
		return err
	}
	if name, err := svc.Application().GetUnitMachineName(ctx, unit); err == nil {
		if err := settleMachine(ctx, svc, name); err != nil {
			return fmt.Errorf("machine %s: %w", name, err)
		}
	}
	now := time.Now()
	if err := svc.Status().SetUnitPresence(ctx, unit); err != nil {
		return fmt.Errorf("presence: %w", err)
	}
	if err := svc.Status().SetUnitAgentStatus(ctx, unit, corestatus.StatusInfo{Status: corestatus.Idle, Since: &now}); err != nil {
		return fmt.Errorf("agent status: %w", err)
	}
	if err := svc.Status().SetUnitWorkloadStatus(ctx, unit, corestatus.StatusInfo{Status: corestatus.Active, Since: &now}); err != nil {
		return fmt.Errorf("workload status: %w", err)
	}
	if workloadVersion == "" {
		return nil
	}
	return svc.Application().SetUnitWorkloadVersion(ctx, unit, workloadVersion)
}

func settleMachine(ctx context.Context, svc services.DomainServices, name machine.Name) error {
	now := time.Now()
	uuid, err := svc.Machine().GetMachineUUID(ctx, name)
	if err != nil {
		return err
	}
	if _, err := svc.Machine().GetInstanceID(ctx, uuid); err != nil {
		arch, mem, cores := "amd64", uint64(4096), uint64(2)
		hardware := &instance.HardwareCharacteristics{Arch: &arch, Mem: &mem, CpuCores: &cores}
		id := instance.Id("i-" + name.String())
		if err := svc.Machine().SetMachineCloudInstance(ctx, uuid, id, "test-"+name.String(), "nonce", hardware); err != nil {
			return err
		}
	}
	running := corestatus.StatusInfo{Status: corestatus.Running, Message: "running", Since: &now}
	if err := svc.Status().SetInstanceStatus(ctx, name, running); err != nil {
		return err
	}
	if err := svc.Status().SetMachinePresence(ctx, name); err != nil {
		return err
	}
	return svc.Status().SetMachineStatus(ctx, name, corestatus.StatusInfo{Status: corestatus.Started, Since: &now})
}

// registerPod does what the init container and the unit agent of a pod do.
func registerPod(ctx context.Context, b *backend, id coremodel.UUID, app string, n int) error {
	svc, err := b.ServicesForModel(ctx, id)
	if err != nil {
		return err
	}
	pod := fmt.Sprintf("%s-%d", app, n)
	name, _, err := svc.Application().RegisterCAASUnit(ctx, domainapplication.RegisterCAASUnitParams{ApplicationName: app, ProviderID: pod})
	if err != nil {
		return err
	}
	now := time.Now()
	return svc.Application().UpdateCAASUnit(ctx, coreunit.Name(name), applicationservice.UpdateCAASUnitParams{
		ProviderID:   &pod,
		K8sPodStatus: &corestatus.StatusInfo{Status: corestatus.Running, Since: &now},
	})
}

// joinRelations lets every unit join its application's relations, as its agent does.
func joinRelations(ctx context.Context, b *backend, id coremodel.UUID) error {
	svc, err := b.ServicesForModel(ctx, id)
	if err != nil {
		return err
	}
	all, err := svc.Relation().GetAllRelationDetails(ctx)
	if err != nil {
		return err
	}
	for _, rel := range all {
		for _, end := range rel.Endpoints {
			units, err := svc.Application().GetUnitNamesForApplication(ctx, end.ApplicationName)
			if err != nil {
				return err
			}
			for _, unit := range units {
				address := map[string]string{"ingress-address": fmt.Sprintf("10.0.0.%d", unit.Number()+1)}
				if err := svc.Relation().EnterScope(ctx, rel.UUID, unit, address); err != nil {
					return fmt.Errorf("relation %d, unit %s: %w", rel.ID, unit, err)
				}
			}
			if err := b.setJoined(ctx, id, rel.UUID, end.ApplicationName); err != nil {
				return fmt.Errorf("relation %d, status: %w", rel.ID, err)
			}
		}
	}
	return nil
}

// setJoined is the leader's agent that reports that the relation stands.
func (b *backend) setJoined(ctx context.Context, id coremodel.UUID, rel corerelation.UUID, app string) error {
	leader, err := b.leader(id, app)
	if err != nil || leader == "" {
		return err
	}
	svc, err := b.ServicesForModel(ctx, id)
	if err != nil {
		return err
	}
	now := time.Now()
	return svc.Status().SetRelationStatus(ctx, coreunit.Name(leader), rel, corestatus.StatusInfo{Status: corestatus.Joined, Since: &now})
}

// claimLeadership makes a unit the leader of its application, whoever leads it now.
func (b *backend) claimLeadership(id coremodel.UUID, unit coreunit.Name) error {
	namespace, model, app := lease.ApplicationLeadershipNamespace, id.String(), unit.Application()
	held, err := b.leader(id, app)
	if err != nil {
		return err
	}
	if held == unit.String() {
		return nil
	}
	if held != "" {
		if err := b.revokeLeadership(id, app, held); err != nil {
			return err
		}
	}
	claimer, err := b.leases.Claimer(namespace, model)
	if err != nil {
		return err
	}
	return claimer.Claim(app, unit.String(), leadership)
}

func (b *backend) revokeLeadership(id coremodel.UUID, app, holder string) error {
	revoker, err := b.leases.Revoker(lease.ApplicationLeadershipNamespace, id.String())
	if err != nil {
		return err
	}
	return revoker.Revoke(app, holder)
}

// leader is the unit that leads an application, or empty.
func (b *backend) leader(id coremodel.UUID, app string) (string, error) {
	reader, err := b.leases.Reader(lease.ApplicationLeadershipNamespace, id.String())
	if err != nil {
		return "", err
	}
	holders, err := reader.Leases()
	return holders[app], err
}
