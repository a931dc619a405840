package main

import (
	"strconv"

	"github.com/juju/juju/api/client/application"
)

func addUnits(s session, args []string) (any, error) {
	count, err := strconv.Atoi(args[1])
	if err != nil {
		return nil, err
	}
	return application.NewClient(s.conn).AddUnits(s.ctx, application.AddUnitsParams{ApplicationName: args[0], NumUnits: count})
}

func destroyUnits(s session, units []string) (any, error) {
	results, err := application.NewClient(s.conn).DestroyUnits(s.ctx, application.DestroyUnitsParams{Units: units})
	if err != nil {
		return nil, err
	}
	for _, result := range results {
		if result.Error != nil {
			return nil, result.Error
		}
	}
	return results, nil
}

func scale(s session, args []string) (any, error) {
	count, err := strconv.Atoi(args[1])
	if err != nil {
		return nil, err
	}
	result, err := application.NewClient(s.conn).ScaleApplication(s.ctx, application.ScaleApplicationParams{
		ApplicationName: args[0], Scale: count,
	})
	if err != nil {
		return nil, err
	}
	if result.Error != nil {
		return nil, result.Error
	}
	return result.Info, nil
}
