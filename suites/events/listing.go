package events

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ttcheck/client"
	"ttcheck/protocol"
)

// documented are the members of an order that two views of it must show alike.
// elapsedTime is not among them: it goes on between two looks.
var documented = []string{"name", "uuid", "orderType", "locationName", "state", "created", "stateChanged", "paged"}

// difference tells in which documented member two views of one order differ;
// empty if in none.
func difference(a, b protocol.Object) string {
	for _, key := range documented {
		if !alike(key, a[key], b[key]) {
			return fmt.Sprintf("%s is %s in the one and %s in the other", key, raw(a[key]), raw(b[key]))
		}
	}
	return ""
}

func alike(key string, a, b json.RawMessage) bool {
	if bytes.Equal(a, b) {
		return true
	}
	if a == nil || b == nil {
		return false
	}
	var x, y any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return false
	}
	first, ok1 := x.(string)
	second, ok2 := y.(string)
	if ok1 && ok2 && key == "orderType" {
		return protocol.OrderType(first).Same(protocol.OrderType(second)) // two spellings of one type (R)
	}
	switch x.(type) {
	case map[string]any, []any:
		return false // no documented member is one
	}
	return x == y
}

func raw(value json.RawMessage) string {
	if value == nil {
		return "missing"
	}
	return fmt.Sprintf("%.60s", value)
}

// byUUID indexes orders by uuid, of which each must have one of its own.
func byUUID(items []protocol.Object) (map[string]protocol.Object, error) {
	orders := make(map[string]protocol.Object, len(items))
	for _, item := range items {
		uuid, err := item.String("uuid")
		if err != nil {
			return nil, fmt.Errorf("an order without uuid: %w", err)
		}
		if orders[uuid] != nil {
			return nil, fmt.Errorf("order %.60q is there twice", uuid)
		}
		orders[uuid] = item
	}
	return orders, nil
}

// named picks the orders that have one of the names.
func named(names []string, items []protocol.Object) []protocol.Object {
	var picked []protocol.Object
	for _, item := range items {
		if name, err := item.String("name"); err == nil && slices.Contains(names, name) {
			picked = append(picked, item)
		}
	}
	return picked
}

// maxDifferences is how many orders a fault names.
const maxDifferences = 3

// between judges whether a snapshot agrees with the lists that were taken before
// and after it. Where the two lists differ about an order, it changed in between,
// and the snapshot may show it either way or not at all. Where they differ at all,
// other clients are at work, and an order that is in neither may have been made
// and cleared in between.
func between(before, snapshot, after []protocol.Object) error {
	var (
		lists  [3]map[string]protocol.Object
		errs   []error
		titles = []string{"the list before", "the snapshot", "the list after"}
	)
	for i, items := range [][]protocol.Object{before, snapshot, after} {
		list, err := byUUID(items)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", titles[i], err))
		}
		lists[i] = list
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	stable := len(lists[0]) == len(lists[2])
	for uuid, listed := range lists[0] {
		if later := lists[2][uuid]; later == nil || difference(listed, later) != "" {
			stable = false
			continue
		}
		switch shown := lists[1][uuid]; {
		case shown == nil:
			errs = append(errs, fmt.Errorf("%s is listed, and missing in the snapshot", label(listed)))
		case difference(listed, shown) != "":
			errs = append(errs, fmt.Errorf("%s: %s (list, snapshot)", label(listed), difference(listed, shown)))
		}
	}
	for uuid, shown := range lists[1] {
		if stable && lists[0][uuid] == nil && lists[2][uuid] == nil {
			errs = append(errs, fmt.Errorf("%s is in the snapshot, and not listed", label(shown)))
		}
	}
	slices.SortFunc(errs, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	if more := len(errs) - maxDifferences; more > 0 {
		errs = append(errs[:maxDifferences], fmt.Errorf("and %d more", more))
	}
	return errors.Join(errs...)
}

// label names an order for the reader.
func label(o protocol.Object) string {
	name, _ := o.String("name")
	uuid, _ := o.String("uuid")
	return fmt.Sprintf("order %.20q (%.60s)", name, uuid)
}

// find returns the order of a snapshot that has the uuid, or nil.
func find(snapshot client.Message, uuid string) protocol.Object {
	items, _ := snapshot.Object.Objects("items")
	for _, item := range items {
		if listed, _ := item.String("uuid"); listed == uuid {
			return item
		}
	}
	return nil
}

// shows judges whether a snapshot shows an order as it stands.
func shows(snapshot client.Message, o protocol.Order) error {
	shown := find(snapshot, o.UUID)
	if shown == nil {
		return faultf([]client.Message{snapshot}, "order %s is missing", o.Name)
	}
	if state, _ := shown.String("state"); state != string(o.State) {
		return faultf([]client.Message{snapshot}, "order %s has state %.20q, not %q", o.Name, state, o.State)
	}
	if location, _ := shown.String("locationName"); location != o.Location {
		return faultf([]client.Message{snapshot}, "order %s has locationName %.20q, not %q", o.Name, location, o.Location)
	}
	if paged, _ := shown.Bool("paged"); paged != o.Paged {
		return faultf([]client.Message{snapshot}, "order %s has paged %t, not %t", o.Name, paged, o.Paged)
	}
	return nil
}

// showsNot judges whether a snapshot leaves out an order that was cleared.
func showsNot(snapshot client.Message, o protocol.Order) error {
	if find(snapshot, o.UUID) != nil {
		return faultf([]client.Message{snapshot}, "order %s is there, which was cleared", o.Name)
	}
	return nil
}
