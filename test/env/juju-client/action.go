package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/juju/names/v6"

	"github.com/juju/juju/api/client/action"
)

const pollEvery = 200 * time.Millisecond

func actions(s session, args []string) (any, error) {
	return action.NewClient(s.conn).ApplicationCharmActions(s.ctx, args[0])
}

func run(s session, args []string) (any, error) {
	enqueued, err := enqueueOne(s, args)
	if err != nil {
		return nil, err
	}
	return waitFor(s, enqueued.OperationID)
}

// enqueued is what a caller needs to follow an operation.
type enqueued struct {
	Operation string   `json:"operation"`
	Tasks     []string `json:"tasks"`
}

func enqueue(s session, args []string) (any, error) {
	result, err := enqueueOne(s, args)
	if err != nil {
		return nil, err
	}
	out := enqueued{Operation: result.OperationID}
	for _, task := range result.Actions {
		out.Tasks = append(out.Tasks, task.Action.ID)
	}
	return out, nil
}

func enqueueOne(s session, args []string) (action.EnqueuedActions, error) {
	app, unit, name := args[0], args[1], args[2]
	receiver := app + "/leader"
	if unit != "leader" {
		receiver = names.NewUnitTag(unit).String()
	}
	wanted := action.Action{Receiver: receiver, Name: name, Parameters: parameters(args[3:])}
	result, err := action.NewClient(s.conn).EnqueueOperation(s.ctx, []action.Action{wanted})
	if err != nil {
		return result, err
	}
	for _, task := range result.Actions {
		if task.Error != nil {
			return result, task.Error
		}
	}
	return result, nil
}

// parameters turns KEY=VALUE words into a map; values that are JSON stay JSON.
func parameters(words []string) map[string]any {
	out := map[string]any{}
	for _, word := range words {
		key, text, _ := strings.Cut(word, "=")
		var value any
		if json.Unmarshal([]byte(text), &value) != nil {
			value = text
		}
		out[key] = value
	}
	return out
}

// waitFor polls an operation until it has ended, as the juju command does. Juju 4 leaves the output out of Operations:
// Actions has it.
func waitFor(s session, id string) (any, error) {
	client := action.NewClient(s.conn)
	deadline := time.Now().Add(s.options.wait)
	for {
		operation, err := client.Operation(s.ctx, id)
		if err != nil {
			return nil, err
		}
		if slices.Contains([]string{"completed", "failed", "cancelled", "aborted", "error"}, operation.Status) {
			tasks, err := client.Actions(s.ctx, taskIDs(operation))
			if err != nil {
				return nil, err
			}
			return map[string]any{"operation": operation.ID, "status": operation.Status, "tasks": printable(tasks)}, nil
		}
		if time.Now().After(deadline) {
			return nil, fmt.Errorf("operation %s is still %s after %s", id, operation.Status, s.options.wait)
		}
		time.Sleep(pollEvery)
	}
}

func taskIDs(operation action.Operation) []string {
	ids := []string{}
	for _, task := range operation.Actions {
		if task.Action != nil {
			ids = append(ids, task.Action.ID)
		}
	}
	return ids
}

func operations(s session, args []string) (any, error) {
	return action.NewClient(s.conn).ListOperations(s.ctx, action.OperationQueryArgs{Applications: args})
}

func cancel(s session, tasks []string) (any, error) {
	results, err := action.NewClient(s.conn).Cancel(s.ctx, tasks)
	if err != nil {
		return nil, err
	}
	return printable(results), nil
}

// exec runs a command in a unit, as juju exec does.
func exec(s session, args []string) (any, error) {
	parallel := false
	result, err := action.NewClient(s.conn).Run(s.ctx, action.RunParams{
		Units: args[:1], Commands: args[1], Timeout: s.options.wait, Parallel: &parallel,
	})
	if err != nil {
		return nil, err
	}
	return waitFor(s, result.OperationID)
}

// watch collects the log lines of a task.
func watch(s session, args []string) (any, error) {
	watcher, err := action.NewClient(s.conn).WatchActionProgress(s.ctx, args[0])
	if err != nil {
		return nil, err
	}
	lines := []string{}
	end := time.After(s.options.wait)
	for {
		select {
		case changes, open := <-watcher.Changes():
			if !open {
				return lines, watcher.Wait()
			}
			lines = append(lines, changes...)
		case <-end:
			watcher.Kill()
			return lines, watcher.Wait()
		}
	}
}

// taskView has an error as text, which Go's JSON would leave out.
type taskView struct {
	ID       string                 `json:"id"`
	Name     string                 `json:"name"`
	Receiver string                 `json:"receiver"`
	Status   string                 `json:"status"`
	Message  string                 `json:"message"`
	Output   map[string]any         `json:"output"`
	Log      []action.ActionMessage `json:"log"`
	Error    string                 `json:"error,omitempty"`
}

func printable(results []action.ActionResult) []taskView {
	out := []taskView{}
	for _, result := range results {
		view := taskView{Status: result.Status, Message: result.Message, Output: result.Output, Log: result.Log}
		if result.Action != nil {
			view.ID, view.Name, view.Receiver = result.Action.ID, result.Action.Name, result.Action.Receiver
		}
		if result.Error != nil {
			view.Error = result.Error.Error()
		}
		out = append(out, view)
	}
	return out
}
