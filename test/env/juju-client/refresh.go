package main

import (
	"fmt"
	"strings"

	"github.com/juju/juju/api/client/application"
	"github.com/juju/juju/api/client/charms"
	commoncharm "github.com/juju/juju/api/common/charm"
	charm "github.com/juju/juju/domain/deployment/charm"
)

func charmOf(s session, args []string) (any, error) {
	url, origin, err := application.NewClient(s.conn).GetCharmURLOrigin(s.ctx, args[0])
	if err != nil {
		return nil, err
	}
	return map[string]any{"url": url.String(), "origin": origin.ParamsCharmOrigin()}, nil
}

// refresh goes in the order of "juju refresh": origin, ResolveCharms and AddCharm (Charmhub only), pending resources,
// SetCharm.
func refresh(s session, args []string) (any, error) {
	app, words := args[0], args[1:]
	client := application.NewClient(s.conn)
	current, origin, err := client.GetCharmURLOrigin(s.ctx, app)
	if err != nil {
		return nil, err
	}
	target := current
	if len(words) > 0 && !strings.Contains(words[0], "=") {
		if target, err = charm.ParseURL(words[0]); err != nil {
			return nil, err
		}
		words = words[1:]
	}
	if charm.CharmHub.Matches(target.Schema) {
		target, origin, err = fromCharmhub(s, target, origin)
	} else {
		origin = localOrigin(origin, target.Revision)
	}
	if err != nil {
		return nil, err
	}
	pending, err := pendingResources(s, resourceOwner{app, target.String(), origin}, words)
	if err != nil {
		return nil, err
	}
	err = client.SetCharm(s.ctx, application.SetCharmConfig{
		ApplicationName: app,
		CharmID:         application.CharmID{URL: target.String(), Origin: origin},
		ForceUnits:      s.options.forceUnits,
		ResourceIDs:     pending,
	})
	return map[string]any{"from": current.String(), "to": target.String(), "pendingResources": pending}, err
}

// fromCharmhub resolves the target through the controller, and adds it to the model.
func fromCharmhub(s session, target *charm.URL, origin commoncharm.Origin) (*charm.URL, commoncharm.Origin, error) {
	if s.options.channel != "" {
		channel, err := charm.ParseChannelNormalize(s.options.channel)
		if err != nil {
			return nil, origin, err
		}
		origin.Track, origin.Risk = &channel.Track, string(channel.Risk)
	}
	pinned := s.options.revision >= 0
	reference := *target
	reference.Revision = s.options.revision
	if pinned {
		// Without id and hash, or Charmhub would resolve by the channel.
		origin.Revision, origin.ID, origin.Hash = &s.options.revision, "", ""
	}
	client := charms.NewClient(s.conn)
	resolved, err := client.ResolveCharms(s.ctx, []charms.CharmToResolve{{URL: &reference, Origin: origin, SwitchCharm: pinned}})
	if err != nil {
		return nil, origin, err
	}
	if len(resolved) != 1 {
		return nil, origin, fmt.Errorf("%d charms resolved instead of 1", len(resolved))
	}
	if resolved[0].Error != nil {
		return nil, origin, resolved[0].Error
	}
	added, err := client.AddCharm(s.ctx, resolved[0].URL, resolved[0].Origin, false)
	return resolved[0].URL, added, err
}

func localOrigin(origin commoncharm.Origin, revision int) commoncharm.Origin {
	origin.Source, origin.Revision = commoncharm.OriginLocal, &revision
	origin.ID, origin.Hash, origin.Risk, origin.Track, origin.Branch = "", "", "", nil, nil
	return origin
}
