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
func (c call) tasks() (any, error) { return c.listTasks(nil) }

// openTasks lists those that an agent has something to do with.
func (c call) openTasks() (any, error) {
	return c.listTasks([]corestatus.Status{corestatus.Pending, corestatus.Running, corestatus.Aborting})
}

// listTasks pages: Juju answers with 50 operations at most.
func (c call) listTasks(statuses []corestatus.Status) ([]taskView, error) {
	out := []taskView{}
	for offset := 0; ; {
		page, err := c.svc.Operation().GetOperations(c.ctx, operation.QueryArgs{Status: statuses, Offset: &offset})
		if err != nil {
			return nil, err
		}
		for _, op := range page.Operations {
			for _, t := range op.Units {
				out = append(out, taskView{op.OperationID, t.ID, t.ReceiverName.String(), t.ActionName, t.Parameters, string(t.Status)})
			}
		}
		if !page.Truncated {
			return out, nil
		}
		offset += len(page.Operations)
	}
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
