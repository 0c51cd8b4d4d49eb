package orders

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ttcheck/protocol"
)

// members are string members of an order object and what they must be.
type members map[string]string

func (m members) String() string {
	var words []string
	for _, key := range slices.Sorted(maps.Keys(m)) {
		words = append(words, fmt.Sprintf("%s %q", key, m[key]))
	}
	return strings.Join(words, ", ")
}

// shows tells in what an order object differs from the members that it must
// show. Both spellings of on-premise are one type.
func shows(o protocol.Object, want members) error {
	var problems []error
	for _, key := range slices.Sorted(maps.Keys(want)) {
		got, err := o.String(key)
		switch {
		case err != nil:
			problems = append(problems, err)
		case key == "orderType" && protocol.OrderType(got).Same(protocol.OrderType(want[key])):
		case got != want[key]:
			problems = append(problems, fmt.Errorf("%s is %.60q, not %q", key, got, want[key]))
		}
	}
	return errors.Join(problems...)
}

// sameOrder tells in what a second view of an order differs from the first in a
// way that no passing of time explains. What the first does not show is not
// compared (see EVT-25), apart from name and UUID.
func sameOrder(first, second protocol.Object) error {
	want := members{}
	for _, key := range []string{"name", "uuid", "orderType", "locationName", "state", "created"} {
		value, err := first.String(key)
		switch {
		case err == nil:
			want[key] = value
		case key == "name" || key == "uuid":
			return err
		}
	}
	return shows(second, want)
}

// once returns the one item of the name. None and several are errors.
func once(items []protocol.Object, name string) (protocol.Object, error) {
	named := ofName(items, name)
	if len(named) != 1 {
		return nil, fmt.Errorf("%d of the %d active orders have the name %s", len(named), len(items), name)
	}
	return named[0], nil
}

func ofName(items []protocol.Object, name string) []protocol.Object {
	return slices.DeleteFunc(slices.Clone(items), func(o protocol.Object) bool { return text(o, "name") != name })
}

// listing reads the answer to GET /activeorders: an array of objects under
// "items", and under "count" how many they are (R).
func listing(o protocol.Object) ([]protocol.Object, error) {
	items, err := o.Objects("items")
	if err != nil {
		return nil, err
	}
	count, err := o.Int("count")
	if err != nil {
		return nil, err
	}
	if count != int64(len(items)) {
		return nil, fmt.Errorf("count is %d, and items holds %d", count, len(items))
	}
	return items, nil
}

// gone tells which of the orders, by UUID, are still among the items.
func gone(items []protocol.Object, uuids ...string) error {
	var problems []error
	for _, o := range items {
		if uuid := text(o, "uuid"); slices.Contains(uuids, uuid) {
			problems = append(problems, fmt.Errorf("order %.20q (uuid %.40s) is still listed", text(o, "name"), uuid))
		}
	}
	return errors.Join(problems...)
}

// blank are the names that a gateway makes up where it was given none.
var blank = []string{"", "0", "None", "null", "nil", "undefined", "NaN"}

// strays are the orders, none of them known by UUID, that a bad request may have
// made: those under one of the names that were posted, or under none. Whatever
// else came is somebody else's.
func strays(items []protocol.Object, known, posted []string) []protocol.Object {
	return slices.DeleteFunc(slices.Clone(items), func(o protocol.Object) bool {
		name := text(o, "name")
		ours := slices.Contains(posted, name) || slices.Contains(posted, strings.TrimSpace(name)) || slices.Contains(blank, name)
		return !ours || slices.Contains(known, text(o, "uuid"))
	})
}

func uuids(items []protocol.Object) []string {
	list := make([]string, 0, len(items))
	for _, o := range items {
		list = append(list, text(o, "uuid"))
	}
	return list
}

// text is a string member, or "" where it is no string.
func text(o protocol.Object, key string) string {
	s, _ := o.String(key)
	return s
}
