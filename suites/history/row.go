package history

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"ttcheck/protocol"
)

// row is an order as the history shows it. Fields that are missing or odd are
// zero in Order.
type row struct {
	protocol.Order
	shown protocol.Object
}

func (r row) String() string {
	return fmt.Sprintf("order %.20q (uuid %.40q, %.20q, location %.20q, created %s)", r.Name, r.UUID, r.Type, r.Location, r.Created)
}

// rowsOf reads the orders of an answer. The key is not documented: it is "items"
// in every answer known, else the only member that is a list of objects. A bare
// array will do, too.
func rowsOf(body []byte) ([]row, error) {
	if trimmed := bytes.TrimSpace(body); len(trimmed) > 0 && trimmed[0] == '[' {
		body = slices.Concat([]byte(`{"items":`), trimmed, []byte(`}`))
	}
	o, err := protocol.ParseObject(body)
	if err != nil {
		return nil, err
	}
	key, err := listKey(o)
	if err != nil {
		return nil, err
	}
	items, err := o.Objects(key)
	if err != nil {
		return nil, err
	}
	rows := make([]row, len(items))
	for i, item := range items {
		order, _ := protocol.DecodeOrder(item)
		rows[i] = row{order, item}
	}
	return rows, nil
}

// isNull tells whether an answer has null where its list should be.
func isNull(body []byte) bool {
	o, err := protocol.ParseObject(body)
	return err == nil && o.IsNull("items")
}

func listKey(o protocol.Object) (string, error) {
	if o.Has("items") {
		return "items", nil
	}
	var lists, filled []string
	for key := range o {
		items, err := o.Objects(key)
		if err != nil {
			continue
		}
		lists = append(lists, key)
		if len(items) > 0 {
			filled = append(filled, key)
		}
	}
	switch {
	case len(filled) == 1:
		return filled[0], nil
	case len(lists) == 1, len(lists) > 1 && len(filled) == 0:
		return lists[0], nil // of several empty lists each says the same
	case len(lists) == 0:
		return "", errors.New("no member of it is a list of objects")
	}
	slices.Sort(filled)
	return "", fmt.Errorf("it has several lists of objects: %.100q", filled)
}

func uuids(rows []row) []string {
	list := make([]string, len(rows))
	for i, r := range rows {
		list[i] = r.UUID
	}
	return list
}

// identified tells which row has no UUID.
func identified(rows []row) error {
	for i, r := range rows {
		uuid, err := r.shown.String("uuid")
		if err == nil && uuid == "" {
			err = errors.New(`"uuid" is empty`)
		}
		if err != nil {
			return fmt.Errorf("in row %d of %d %w", i+1, len(rows), err)
		}
	}
	return nil
}
