package jujuserver

import (
	corestatus "github.com/juju/juju/core/status"
	"github.com/juju/juju/domain/operation"
)

type taskView struct {
	Operation string         `json:"operation"`
	Task      string         `json:"task"`
	Unit      string         `json:"unit"`
	Action    string         `json:"action"`
	Params    map[string]any `json:"params"`
	Status    string         `json:"status"`
}

// tasks lists the tasks of the model's units, whatever their state.
func (c call) tasks() (any, error) {
	res, err := c.svc.Operation().GetOperations(c.ctx, operation.QueryArgs{})
	if err != nil {
		return nil, err
	}
	out := []taskView{}
	for _, op := range res.Operations {
		for _, t := range op.Units {
			out = append(out, taskView{op.OperationID, t.ID, t.ReceiverName.String(), t.ActionName, t.Parameters, string(t.Status)})
		}
	}
	return out, nil
}

func (c call) start() (any, error) {
	return done{true}, c.svc.Operation().StartTask(c.ctx, c.Task)
}

func (c call) log() (any, error) {
	for _, line := range c.Log {
		if err := c.svc.Operation().LogTaskMessage(c.ctx, c.Task, line); err != nil {
			return nil, err
		}
	}
	return done{true}, nil
}

func (c call) finish() (any, error) {
	status := c.Status
	if status == "" {
		status = string(corestatus.Completed)
	}
	return done{true}, c.svc.Operation().FinishTask(c.ctx, operation.CompletedTaskResult{
		TaskID: c.Task, Status: status, Results: c.Results, Message: c.Message,
	})
}
