package main

import (
	"github.com/juju/juju/api/client/modelmanager"
)

func login(s session, _ []string) (any, error) {
	version, _ := s.conn.ServerVersion()
	chosen := map[string]int{}
	for _, facade := range []string{
		"Action", "Annotations", "Application", "Charms", "Client", "Controller", "ModelManager", "Resources", "Secrets",
	} {
		chosen[facade] = s.conn.BestFacadeVersion(facade)
	}
	return map[string]any{
		"serverVersion":    version.String(),
		"controllerTag":    s.conn.ControllerTag().String(),
		"authTag":          s.conn.AuthTag().String(),
		"controllerAccess": s.conn.ControllerAccess(),
		"facades":          chosen,
	}, nil
}

func listModels(s session, _ []string) (any, error) {
	return modelmanager.NewClient(s.conn).ListModels(s.ctx, s.options.user)
}
