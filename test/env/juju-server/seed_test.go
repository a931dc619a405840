package jujuserver

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/juju/tc"

	"github.com/juju/juju/api"
	"github.com/juju/juju/api/client/application"
	"github.com/juju/juju/api/client/modelmanager"
	"github.com/juju/juju/api/client/usermanager"
	coremodel "github.com/juju/juju/core/model"
)

// seed describes what a fresh controller holds; README.md shows one.
type seed struct {
	// Charmhub is the URL of the Charmhub of all models; charms with a channel come from there.
	Charmhub string      `json:"charmhub"`
	Users    []seedUser  `json:"users"`
	Models   []seedModel `json:"models"`
}

type seedUser struct {
	Name     string `json:"name"`
	Password string `json:"password"`
}

type seedModel struct {
	Name string `json:"name"`
	// Owner is the model's qualifier, as in owner/name.
	Owner string `json:"owner"`
	// UUID is random when it is empty.
	UUID string `json:"uuid"`
	// Type is machines or kubernetes.
	Type string `json:"type"`
	// Access is read, write or admin by user name.
	Access       map[string]string `json:"access"`
	Applications []seedApplication `json:"applications"`
	// LocalCharms are folders of charms that are uploaded besides those of the applications, for a refresh.
	LocalCharms []seedCharm `json:"localCharms"`
	// Relations are pairs of application:endpoint.
	Relations [][2]string `json:"relations"`
}

type seedCharm struct {
	// Folder has metadata.yaml, manifest.yaml and so on.
	Folder string `json:"folder"`
	// Revision is what the upload must be given; Juju counts local charms of one name from 0.
	Revision int `json:"revision"`
}

type seedApplication struct {
	Name string `json:"name"`
	// Charm is the charm's name in Charmhub, or without a channel the folder of a local charm.
	Charm string `json:"charm"`
	// Channel makes it a charm from Charmhub.
	Channel  string `json:"channel"`
	Revision int    `json:"revision"`
	// Base is for example ubuntu@22.04.
	Base            string            `json:"base"`
	Units           int               `json:"units"`
	Config          map[string]string `json:"config"`
	WorkloadVersion string            `json:"workloadVersion"`
}

// seededModel says what became of a seedModel.
type seededModel struct {
	Name  string `json:"name"`
	Owner string `json:"owner"`
	UUID  string `json:"uuid"`
	Type  string `json:"type"`
}

func readSeed(file string) (seed, error) {
	var s seed
	if file == "" {
		return s, nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return s, err
	}
	decoder := json.NewDecoder(strings.NewReader(string(data)))
	decoder.DisallowUnknownFields()
	return s, decoder.Decode(&s)
}

// seeder fills the controller, where it can through Juju's own client packages (the same calls that the command line
// makes), and plays the agents that a cloud would have had.
type seeder struct {
	s      *serveSuite
	c      *tc.C
	models []seededModel
}

func (d *seeder) open(model string) (api.Connection, error) {
	return api.Open(d.c.Context(), d.s.apiInfo(model), api.DialOpts{Timeout: 30 * time.Second})
}

func (d *seeder) run(s seed) error {
	ctrl, err := d.open("")
	if err != nil {
		return err
	}
	defer ctrl.Close()
	users := usermanager.NewClient(ctrl)
	for _, u := range s.Users {
		if _, _, err := users.AddUser(d.c.Context(), u.Name, u.Name, u.Password); err != nil {
			return fmt.Errorf("user %s: %w", u.Name, err)
		}
	}
	grants := modelmanager.NewClient(ctrl)
	for _, m := range s.Models {
		id, err := d.addModel(m, s.Charmhub)
		if err != nil {
			return fmt.Errorf("model %s: %w", m.Name, err)
		}
		d.models = append(d.models, seededModel{m.Name, m.Owner, id.String(), m.Type})
		for user, access := range m.Access {
			if err := grants.GrantModel(d.c.Context(), user, access, id.String()); err != nil {
				return fmt.Errorf("access of %s to %s: %w", user, m.Name, err)
			}
		}
		if err := d.fill(id, m); err != nil {
			return fmt.Errorf("model %s: %w", m.Name, err)
		}
	}
	return nil
}

func (d *seeder) fill(id coremodel.UUID, m seedModel) error {
	ctx := d.c.Context()
	conn, err := d.open(id.String())
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := d.s.b.downloadCharms(id); err != nil {
		return fmt.Errorf("downloads: %w", err)
	}
	for _, app := range m.Applications {
		if err := d.deploy(conn, id, m.Type, app); err != nil {
			return fmt.Errorf("application %s: %w", app.Name, err)
		}
	}
	for _, local := range m.LocalCharms {
		if _, err := d.upload(conn, local); err != nil {
			return fmt.Errorf("charm %s: %w", local.Folder, err)
		}
	}
	client := application.NewClient(conn)
	for _, ends := range m.Relations {
		if _, err := client.AddRelation(ctx, ends[:], nil); err != nil {
			return fmt.Errorf("relation %v: %w", ends, err)
		}
	}
	for _, app := range m.Applications {
		if err := settleApplication(ctx, d.s.b, id, app.Name, app.WorkloadVersion); err != nil {
			return fmt.Errorf("application %s: %w", app.Name, err)
		}
	}
	return joinRelations(ctx, d.s.b, id)
}
