package events_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ttcheck/fixtures/gateway"
	"ttcheck/protocol"
	"ttcheck/report"
	"ttcheck/suites/events"
	"ttcheck/suites/spec"
)

func isSnapshot(m object) bool { return m["type"] == "ACTIVE_ORDERS" }

// onEvent changes every event of the type.
func onEvent(kind string, change func(m object)) fault {
	return fault{message: func(_, m object) []object {
		if m["type"] == kind {
			change(m)
		}
		return []object{m}
	}}
}

// onSnapshot changes every snapshot.
func onSnapshot(change func(m object)) fault { return onEvent("ACTIVE_ORDERS", change) }

// every does something to each n-th event of a connection.
func every(n int, do func(m object) []object) fault {
	return fault{message: func(memory, m object) []object {
		if isSnapshot(m) {
			return []object{m}
		}
		seen, _ := memory["seen"].(int)
		memory["seen"] = seen + 1
		if seen%n == n-1 {
			return do(m)
		}
		return []object{m}
	}}
}

// swap holds some events back until the next one is sent, if both are of one order.
func swap(held func(memory, m object) bool) fault {
	return fault{message: func(memory, m object) []object {
		if last, ok := memory["last"].(object); ok {
			delete(memory, "last")
			if last["uuid"] == m["uuid"] {
				return []object{m, last}
			}
			return []object{last, m}
		}
		if !isSnapshot(m) && held(memory, m) {
			memory["last"] = m
			return nil
		}
		return []object{m}
	}}
}

// faults lists at least one way to break each requirement of the chapter.
func faults() map[string]fault {
	nothing := func(object) []object { return nil }
	union := map[string]any{}
	return map[string]fault{
		"EVT-01 an event before the snapshot": {message: func(memory, m object) []object {
			if isSnapshot(m) {
				return []object{{"type": "ORDER_CREATED", "uuid": "a"}, m}
			}
			return []object{m}
		}},
		"EVT-01 a snapshot every 50 events": every(50, func(m object) []object {
			return []object{m, {"type": "ACTIVE_ORDERS", "count": 0, "items": []any{}}}
		}),
		"EVT-02 a count that is one less": onSnapshot(func(m object) { m["count"] = len(m["items"].([]any)) - 1 }),
		"EVT-03 a page of 25 orders":      onSnapshot(func(m object) { m["items"] = m["items"].([]any)[:min(25, len(m["items"].([]any)))] }),
		"EVT-03 never paged": onSnapshot(func(m object) {
			for _, item := range m["items"].([]any) {
				item.(object)["paged"] = false
			}
		}),
		"EVT-04 no ORDER_CREATED where located at once": {message: func(_, m object) []object {
			if m["type"] == "ORDER_CREATED" && m["state"] == "located" {
				m["type"] = "ORDER_MODIFIED"
			}
			return []object{m}
		}},
		"EVT-05 the state before":    onEvent("ORDER_MODIFIED", func(m object) { m["state"] = "started" }),
		"EVT-06 a type misspelt":     onEvent("ORDER_PAGED", func(m object) { m["type"] = "ORDER_PIGED" }),
		"EVT-06 paged as it was":     onEvent("ORDER_PAGED", func(m object) { m["paged"] = false }),
		"EVT-07 a page without type": onEvent("ORDER_PAGED", func(m object) { delete(m, "type") }),
		"EVT-07 orders without uuid": onSnapshot(func(m object) {
			for _, item := range m["items"].([]any) {
				delete(item.(object), "uuid")
			}
		}),
		"EVT-08 a change that overtakes": swap(func(_, m object) bool { return m["type"] == "ORDER_CREATED" && m["orderType"] == "ON_PREMISE" }),
		"EVT-09 a page that overtakes":   swap(func(_, m object) bool { return m["type"] == "ORDER_MODIFIED" && m["state"] == "located" }),
		"EVT-10 a swap on some connections": swap(func(memory, m object) bool {
			return memory["number"].(int)%2 == 0 && m["orderType"] == "ON_PREMISE"
		}),
		"EVT-11 no number":              {order: func(o object) { delete(o, "seq") }},
		"EVT-11 a number twice":         every(100, func(m object) []object { m["seq"] = m["seq"].(float64) - 1; return []object{m} }),
		"EVT-12 every 100th event lost": every(100, nothing),
		"EVT-12 every 50th event twice": every(50, func(m object) []object { return []object{m, m} }),
		"EVT-13 a gap behind the snapshot": {message: func(memory, m object) []object {
			at, _ := memory["at"].(time.Time) // zero before the snapshot
			if isSnapshot(m) {
				memory["at"] = time.Now()
			} else if time.Since(at) < time.Millisecond {
				return nil
			}
			return []object{m}
		}},
		"EVT-14 moves that are not told": {message: func(memory, m object) []object {
			uuid, _ := m["uuid"].(string)
			before := memory[uuid]
			memory[uuid] = m["state"]
			if m["type"] == "ORDER_MODIFIED" && before == m["state"] {
				return nil
			}
			return []object{m}
		}},
		"EVT-15 snapshots that forget nothing": onSnapshot(func(m object) {
			for _, item := range m["items"].([]any) {
				union[item.(object)["uuid"].(string)] = item
			}
			m["items"] = slices.Collect(maps.Values(union))
		}),
		"EVT-16 clearings that are not told": {message: func(_, m object) []object {
			if m["state"] == "cleared" {
				return nil
			}
			return []object{m}
		}},
		"EVT-17 a uuid by name": {order: func(o object) { o["uuid"] = o["name"] }},
		"EVT-18 snapshots of the past": onSnapshot(func(m object) {
			items := m["items"].([]any)
			m["items"] = items[:max(0, len(items)-1)]
		}),
		"EVT-19 beside the page": {message: func(_, m object) []object {
			if m["type"] != "ORDER_PAGED" {
				return []object{m}
			}
			beside := maps.Clone(m)
			beside["type"] = "ORDER_MODIFIED"
			return []object{m, beside}
		}},
		"EVT-20 a stall": {patient: true},
		"EVT-21 late": {message: func(_, m object) []object {
			if !isSnapshot(m) {
				time.Sleep(1100 * time.Millisecond)
			}
			return []object{m}
		}},
		"EVT-22 repetitions that are told": {answer: func(a object) []object {
			o, ok := a["activeorder"].(object)
			if code := a["returnCode"]; !ok || code != 1009.0 && code != 1010.0 {
				return nil
			}
			o = maps.Clone(o)
			o["type"] = "ORDER_MODIFIED"
			return []object{o}
		}},
		"EVT-23 the time of creation": {order: func(o object) { o["stateChanged"] = o["created"] }},
		"EVT-23 back with the page": {order: func(o object) {
			if o["paged"] == true {
				o["stateChanged"] = o["created"]
			}
		}},
		"EVT-24 an age that stands still": {order: func(o object) { o["elapsedTime"] = 0 }},
		"EVT-24 milliseconds":             {order: func(o object) { o["elapsedTime"] = o["elapsedTime"].(float64) * 1000 }},
		"EVT-25 no location as null": {order: func(o object) {
			if o["locationName"] == "" {
				o["locationName"] = nil
			}
		}},
	}
}

// sideBySide is how many faults are tried at a time: most of them make a case wait
// for an event that does not come.
const sideBySide = 8

// TestFaultsAreCaught proves that the cases of a requirement find what breaks it.
func TestFaultsAreCaught(t *testing.T) {
	t.Parallel()
	var (
		all    = faults()
		envs   = map[string]*spec.Env{}
		trials = map[string]*trial{}
		slots  = make(chan struct{}, sideBySide)
		wait   sync.WaitGroup
	)
	for name, f := range all {
		envs[name], trials[name] = prepare(t, startProxy(t, startGateway(t, gateway.Options{}), f)), &trial{}
	}
	for name, env := range envs {
		wait.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			id, _, _ := strings.Cut(name, " ")
			trials[name].run(t.Context(), env, id)
		})
	}
	wait.Wait()
	for name, tried := range trials {
		t.Run(name, func(t *testing.T) {
			t.Log(strings.Join(tried.log, "\n"))
			if !tried.caught {
				t.Error("not caught")
			}
		})
	}
}

// TestEveryRequirementHasAFault proves that none of them goes untried.
func TestEveryRequirementHasAFault(t *testing.T) {
	t.Parallel()
	tried := map[string]bool{}
	for name := range faults() {
		id, _, _ := strings.Cut(name, " ")
		tried[id] = true
	}
	for _, k := range events.Chapter.Cases {
		if !tried[k.ID] {
			t.Errorf("no fault breaks %s", k.ID)
		}
	}
}

// trial is what the cases of one requirement made of a fault.
type trial struct {
	caught bool
	log    []string
}

func (tried *trial) run(ctx context.Context, env *spec.Env, id string) {
	for _, k := range events.Chapter.Cases {
		if k.ID != id || len(k.Probes) > 0 || tried.caught {
			continue
		}
		o := spec.Execute(ctx, env, k)
		want := report.Fail
		if k.Requirement().Level == protocol.Should {
			want = report.Warning
		}
		tried.caught = o.Verdict == want
		tried.log = append(tried.log, fmt.Sprintf("%s: %s %s", k.FullName(), o.Verdict, o.Reason))
		for _, found := range o.Findings {
			tried.log = append(tried.log, fmt.Sprintf("expected %s, saw %s (%d exchanges)", found.Expected, found.Actual, len(found.Evidence)))
		}
	}
}
