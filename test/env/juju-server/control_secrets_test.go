package jujuserver

import (
	"errors"
	"fmt"

	coresecrets "github.com/juju/juju/core/secrets"
	"github.com/juju/juju/domain/secret"
	secreterrors "github.com/juju/juju/domain/secret/errors"
)

// secretView is what an application sees of a user secret: the content of its newest revision, or why not.
type secretView struct {
	Content map[string]string `json:"content,omitempty"`
	Refused string            `json:"refused,omitempty"`
}

// secret reads as the units of the application do, by what the application was granted.
func (c call) secret() (any, error) {
	uri, err := coresecrets.ParseURI(c.Secret)
	if err != nil {
		return nil, err
	}
	latest, err := c.svc.Secret().GetLatestRevisions(c.ctx, []*coresecrets.URI{uri})
	if errors.Is(err, secreterrors.SecretNotFound) {
		return secretView{Refused: "not found"}, nil
	}
	if err != nil {
		return nil, err
	}
	reader := secret.SecretAccessor{Kind: secret.ApplicationAccessor, ID: c.App}
	value, elsewhere, err := c.svc.Secret().GetSecretValue(c.ctx, uri, latest[uri.ID], reader)
	if errors.Is(err, secreterrors.PermissionDenied) {
		return secretView{Refused: "not granted"}, nil
	}
	if err != nil {
		return nil, err
	}
	if elsewhere != nil {
		return nil, fmt.Errorf("the content of %s lies in the secret backend %s", uri, elsewhere.BackendID)
	}
	content, err := value.Values()
	return secretView{Content: content}, err
}
