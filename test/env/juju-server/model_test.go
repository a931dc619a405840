package jujuserver

import (
	"fmt"

	"github.com/juju/juju/cloud"
	"github.com/juju/juju/core/credential"
	coremodel "github.com/juju/juju/core/model"
	"github.com/juju/juju/core/network"
	coreuser "github.com/juju/juju/core/user"
	jujuversion "github.com/juju/juju/core/version"
	cloudbootstrap "github.com/juju/juju/domain/cloud/bootstrap"
	credentialbootstrap "github.com/juju/juju/domain/credential/bootstrap"
	modeldomain "github.com/juju/juju/domain/model"
	modelbootstrap "github.com/juju/juju/domain/model/bootstrap"
	modelconfigbootstrap "github.com/juju/juju/domain/modelconfig/bootstrap"
	modeldefaultsbootstrap "github.com/juju/juju/domain/modeldefaults/bootstrap"
	"github.com/juju/juju/environs/config"
	jujusecrets "github.com/juju/juju/internal/secrets/provider/juju"
	coretesting "github.com/juju/juju/internal/testing"
	"github.com/juju/juju/internal/uuid"
)

const kubernetesCloud = "microk8s"

// addModel creates the records that a bootstrap makes for one more model.
func (d *seeder) addModel(m seedModel, charmhub string) (coremodel.UUID, error) {
	ctx := d.c.Context()
	ctrl, noop := d.s.ControllerTxnRunner(), d.s.NoopTxnRunner()
	id := coremodel.UUID(m.UUID)
	if m.UUID == "" {
		id = coremodel.UUID(uuid.MustNewUUID().String())
	}
	args := modeldomain.GlobalModelCreationArgs{
		Cloud: d.s.CloudName, CloudRegion: "dummy-region", Credential: d.s.CredentialKey,
		Name: m.Name, Qualifier: coremodel.Qualifier(m.Owner), AdminUsers: []coreuser.UUID{d.s.AdminUserUUID},
	}
	provider := d.s.CloudType
	switch m.Type {
	case machines:
	case kubernetes:
		if err := d.addKubernetesCloud(); err != nil {
			return "", err
		}
		args.Cloud, args.CloudRegion, args.Credential = kubernetesCloud, "localhost", kubernetesCredential()
		// There is no cluster that could keep them.
		args.SecretBackend = jujusecrets.BackendName
		provider = kubernetes
	default:
		return "", fmt.Errorf("type %q is neither %s nor %s", m.Type, machines, kubernetes)
	}
	if err := modelbootstrap.CreateGlobalModelRecord(id, args)(ctx, ctrl, noop); err != nil {
		return "", err
	}
	controllerUUID, err := uuid.UUIDFromString(coretesting.ControllerTag.Id())
	if err != nil {
		return "", err
	}
	model := d.s.b.database(id.String())
	d.s.enableWAL(d.c, id.String())
	if err := modelbootstrap.CreateLocalModelRecord(id, controllerUUID, jujuversion.Current)(ctx, ctrl, model); err != nil {
		return "", err
	}
	defaults := modeldefaultsbootstrap.ModelDefaultsProvider(nil, nil, provider)
	attributes := map[string]any{}
	if charmhub != "" {
		attributes[config.CharmHubURLKey] = charmhub
	}
	if err := modelconfigbootstrap.SetModelConfig(id, attributes, defaults)(ctx, ctrl, model); err != nil {
		return "", err
	}
	if m.Type == machines {
		return id, nil
	}
	return id, d.addSubnets(id)
}

func kubernetesCredential() credential.Key {
	return credential.Key{Cloud: kubernetesCloud, Name: "default", Owner: coreuser.AdminUserName}
}

// addKubernetesCloud makes the cloud of all Kubernetes models with the first of them.
func (d *seeder) addKubernetesCloud() error {
	for _, m := range d.models {
		if m.Type == kubernetes {
			return nil
		}
	}
	ctx := d.c.Context()
	ctrl, noop := d.s.ControllerTxnRunner(), d.s.NoopTxnRunner()
	err := cloudbootstrap.InsertCloud(coreuser.AdminUserName, cloud.Cloud{
		Name: kubernetesCloud, Type: cloud.CloudTypeKubernetes,
		AuthTypes: []cloud.AuthType{cloud.EmptyAuthType, cloud.UserPassAuthType},
		Regions:   []cloud.Region{{Name: "localhost"}},
	})(ctx, ctrl, noop)
	if err != nil {
		return err
	}
	secret := cloud.NewCredential(cloud.UserPassAuthType, map[string]string{"username": "u", "password": "p"})
	return credentialbootstrap.InsertCredential(kubernetesCredential(), secret)(ctx, ctrl, noop)
}

// addSubnets adds the networks that a Kubernetes model has from its provider; pods need them for their addresses.
func (d *seeder) addSubnets(id coremodel.UUID) error {
	ctx := d.c.Context()
	svc, err := d.s.b.ServicesForModel(ctx, id)
	if err != nil {
		return err
	}
	for _, cidr := range []string{"0.0.0.0/0", "::/0"} {
		subnet := network.SubnetInfo{CIDR: cidr, ProviderId: network.Id("subnet-" + cidr), SpaceID: network.AlphaSpaceId}
		if _, err := svc.Network().AddSubnet(ctx, subnet); err != nil {
			return err
		}
	}
	return nil
}
