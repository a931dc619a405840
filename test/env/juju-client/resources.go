package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/juju/juju/api/client/resources"
	commoncharm "github.com/juju/juju/api/common/charm"
	charmresource "github.com/juju/juju/domain/deployment/charm/resource"
)

func listResources(s session, args []string) (any, error) {
	client, err := resources.NewClient(s.conn)
	if err != nil {
		return nil, err
	}
	return client.ListResources(s.ctx, args[:1])
}

// resourceOwner is the application whose charm the resources are for.
type resourceOwner struct {
	app    string
	url    string
	origin commoncharm.Origin
}

// pendingResources registers the given RESOURCE=REVISION and RESOURCE=FILE words. It answers with the pending ids by
// resource name.
func pendingResources(s session, owner resourceOwner, words []string) (map[string]string, error) {
	ids := map[string]string{}
	client, err := resources.NewClient(s.conn)
	if err != nil {
		return nil, err
	}
	for _, word := range words {
		name, value, found := strings.Cut(word, "=")
		if !found {
			return nil, fmt.Errorf("%q is not RESOURCE=VALUE", word)
		}
		if revision, err := strconv.Atoi(value); err == nil {
			ids[name], err = fromStore(s, client, owner, name, revision)
			if err != nil {
				return nil, err
			}
			continue
		}
		if ids[name], err = upload(s, client, owner, name, value); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

func fromStore(s session, client *resources.Client, owner resourceOwner, name string, revision int) (string, error) {
	ids, err := client.AddPendingResources(s.ctx, resources.AddPendingResourcesArgs{
		ApplicationID: owner.app,
		CharmID:       resources.CharmID{URL: owner.url, Origin: owner.origin},
		Resources: []charmresource.Resource{{
			Meta: meta(name), Origin: charmresource.OriginStore, Revision: revision,
		}},
	})
	if err != nil {
		return "", err
	}
	return ids[0], nil
}

func upload(s session, client *resources.Client, owner resourceOwner, name, path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	return client.UploadPendingResource(s.ctx, resources.UploadPendingResourceArgs{
		ApplicationID: owner.app,
		CharmID:       resources.CharmID{URL: owner.url, Origin: owner.origin},
		Resource:      charmresource.Resource{Meta: meta(name), Origin: charmresource.OriginUpload},
		Filename:      path,
		Reader:        file,
	})
}

func meta(name string) charmresource.Meta {
	return charmresource.Meta{Name: name, Type: charmresource.TypeFile, Path: name}
}
