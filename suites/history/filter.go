package history

import (
	"errors"
	"fmt"
	"slices"

	"ttcheck/protocol"
)

// filter is a conjunction of the documented filters (R). What is zero does not
// filter.
type filter struct {
	after, before protocol.Datetime
	kind          protocol.OrderType
	location      string
}

func (f filter) params() params {
	p := params{}
	if !f.after.IsZero() {
		p["created_after"] = f.after.String()
	}
	if !f.before.IsZero() {
		p["created_before"] = f.before.String()
	}
	if f.kind != "" {
		p["order_type"] = string(f.kind)
	}
	if f.location != "" {
		p["location_name"] = f.location
	}
	return p
}

// admission is what a filter owes a row.
type admission int

const (
	excluded admission = iota
	// either is a row at the very bound of a date filter: it is open whether bounds
	// belong to the range.
	either
	included
)

func (f filter) admits(r row) admission {
	verdict := included
	if !f.after.IsZero() {
		verdict = min(verdict, side(r.Created.Sub(f.after)))
	}
	if !f.before.IsZero() {
		verdict = min(verdict, side(f.before.Sub(r.Created)))
	}
	if f.kind != "" && !r.Type.Same(f.kind) || f.location != "" && r.Location != f.location {
		return excluded
	}
	return verdict
}

// side is where a distance from a bound puts a row: within the range if positive.
func side[D ~int64](distance D) admission {
	switch {
	case distance > 0:
		return included
	case distance == 0:
		return either
	}
	return excluded
}

// sound tells which rows of an answer the filter should have kept back, or cannot
// be judged because they do not show what is filtered by.
func (f filter) sound(rows []row) error {
	for _, r := range rows {
		if err := f.legible(r); err != nil {
			return err
		}
		if f.admits(r) == excluded {
			return fmt.Errorf("it lists %s", r)
		}
	}
	return nil
}

// legible tells what a row does not show of what is filtered by.
func (f filter) legible(r row) error {
	var err error
	if !f.after.IsZero() || !f.before.IsZero() {
		_, problem := r.shown.Datetime("created")
		err = errors.Join(err, problem)
	}
	if f.kind != "" {
		_, problem := r.shown.String("orderType")
		err = errors.Join(err, problem)
	}
	if f.location != "" {
		_, problem := r.shown.String("locationName")
		err = errors.Join(err, problem)
	}
	if err != nil {
		return fmt.Errorf("it lists %s, of which %w", r, err)
	}
	return nil
}

// complete tells which row of a sample the filter should have let through and
// did not.
func (f filter) complete(rows, sample []row) error {
	for _, r := range sample {
		if f.admits(r) == included && !holds(rows, r.UUID) {
			return &omission{r}
		}
	}
	return nil
}

// omission is a row that a filter should have let through.
type omission struct{ row row }

func (o *omission) Error() string { return "it leaves out " + o.row.String() }

// parts are the filters of which f is the conjunction.
func (f filter) parts() []filter {
	return slices.DeleteFunc([]filter{{after: f.after}, {before: f.before}, {kind: f.kind}, {location: f.location}},
		func(part filter) bool { return part == filter{} })
}

// conjunctions are all filters made of two or more parts of f.
func (f filter) conjunctions() []filter {
	parts := []func(*filter){
		func(g *filter) { g.after = f.after },
		func(g *filter) { g.before = f.before },
		func(g *filter) { g.kind = f.kind },
		func(g *filter) { g.location = f.location },
	}
	var all []filter
	for chosen := range 1 << len(parts) {
		var g filter
		for i, set := range parts {
			if chosen&(1<<i) != 0 {
				set(&g)
			}
		}
		if len(g.params()) >= 2 {
			all = append(all, g)
		}
	}
	return all
}
