package jujuserver

import (
	"context"
	"fmt"

	"github.com/juju/juju/caas"
	"github.com/juju/juju/core/assumes"
	"github.com/juju/juju/core/constraints"
	coreerrors "github.com/juju/juju/core/errors"
	"github.com/juju/juju/core/providertracker"
	"github.com/juju/juju/environs"
	"github.com/juju/juju/environs/instances"
	"github.com/juju/juju/internal/errors"
	"github.com/juju/juju/internal/storage"
)

// cloudProvider answers just what the domain services ask of a cloud while
// deploying and scaling. Anything else would panic through the nil embed,
// which is what we want to notice in a test.
type cloudProvider struct {
	providertracker.Provider
}

func (cloudProvider) ConstraintsValidator(context.Context) (constraints.Validator, error) {
	return constraints.NewValidator(), nil
}
func (cloudProvider) PrecheckInstance(context.Context, environs.PrecheckInstanceParams) error {
	return nil
}
func (cloudProvider) InstanceTypes(context.Context, constraints.Value) (instances.InstanceTypesWithCostMetadata, error) {
	return instances.InstanceTypesWithCostMetadata{}, nil
}
func (cloudProvider) RecommendedPoolForKind(storage.StorageKind) *storage.Config { return nil }
func (cloudProvider) SupportedFeatures() (assumes.FeatureSet, error) {
	return assumes.FeatureSet{}, nil
}
func (cloudProvider) APIVersion() (string, error) { return "1.30.0", nil }
func (cloudProvider) Application(name string, _ caas.DeploymentType) caas.Application {
	return pods{name: name}
}

type providerFactory struct{}

func (providerFactory) ProviderForModel(context.Context, string) (providertracker.Provider, error) {
	return cloudProvider{}, nil
}
func (providerFactory) EphemeralProviderFromConfig(context.Context, providertracker.EphemeralProviderConfig) (providertracker.Provider, error) {
	return nil, errors.New("no cloud behind this controller").Add(coreerrors.NotSupported)
}

// pods pretends that every pod app-0 ... app-19 runs.
type pods struct {
	caas.Application
	name string
}

func (p pods) State() (caas.ApplicationState, error) {
	return caas.ApplicationState{DesiredReplicas: 20}, nil
}

func (p pods) Units() ([]caas.Unit, error) {
	var out []caas.Unit
	for i := range 20 {
		out = append(out, caas.Unit{
			Id:      fmt.Sprintf("%s-%d", p.name, i),
			Address: fmt.Sprintf("10.1.0.%d", i+1),
			Ports:   []string{"5432/TCP"},
		})
	}
	return out, nil
}
