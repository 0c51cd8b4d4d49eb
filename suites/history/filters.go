package history

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// The filters. Every case runs twice: on orders of the run's own, made so that
// each filter that is overlooked shows, and on what the history holds anyway,
// which needs no leave.

var filterCases = []spec.Case{
	onOwn("HIST-06", filtersByDate), onOthers("HIST-06", filtersByDate),
	onOwn("HIST-07", filtersByType), onOthers("HIST-07", filtersByType),
	onOwn("HIST-08", filtersByLocation), onOthers("HIST-08", filtersByLocation),
	onOwn("HIST-09", combinesFilters), onOthers("HIST-09", combinesFilters),
}

// sampler returns rows of the history by which a filter is judged.
type sampler func(c *spec.C) []row

func onOwn(id string, run func(*spec.C, sampler)) spec.Case {
	return spec.Case{
		ID: id, Name: "on orders of this run", Needs: makes, Probes: []spec.AnyProbe{ownOrders},
		Run: func(c *spec.C) { run(c, ownSample) },
	}
}

func onOthers(id string, run func(*spec.C, sampler)) spec.Case {
	return spec.Case{
		ID: id, Name: "on the history as it is", Needs: reads,
		Run: func(c *spec.C) { run(c, anySample) },
	}
}

// anySample is the first page of the history, whatever is on it.
func anySample(c *spec.C) []row {
	rows := list(c, page(0, maxLimit))
	if len(rows) < 2 {
		c.Unsupported("the history holds %d orders, too few to filter", len(rows))
	}
	return rows
}

// expectFiltered asserts that a filter lets through what it should of the rows,
// and nothing that it should not. It tries again with a new sample, because an
// order may change or be purged meanwhile.
func expectFiltered(c *spec.C, f filter, rows []row, sample sampler) {
	c.Expect(misfiltered(c, f, rows, sample), "%s", f.params()).To(match.NoFault("list the orders that it asks for and no others"))
}

// misfiltered tells what is wrong with a filter. What it seems to leave out where one
// page does not lead to the next is not held against it.
func misfiltered(c *spec.C, f filter, rows []row, sample sampler) error {
	var err error
	for try := range attempts {
		if try > 0 {
			rows = sample(c)
		}
		if err = filtered(c, f, rows); err == nil {
			return nil
		}
	}
	if _, omits := errors.AsType[*omission](err); omits && !readsOn(c, f.params()) {
		c.Note("%s cannot be read on by offset (see HIST-05), so that it was not judged what it leaves out", f.params())
		return nil
	}
	return err
}

// readsOn tells whether pages of a list follow each other as their offsets do; so do
// those of a list that is one page.
func readsOn(c *spec.C, p params) bool {
	const half = maxLimit / 2
	for range attempts {
		first := uuids(listIfAny(c, p.with(page(0, maxLimit))))
		if len(first) < maxLimit {
			return true
		}
		shifted := uuids(listIfAny(c, p.with(page(half, maxLimit))))
		again := uuids(listIfAny(c, p.with(page(0, maxLimit))))
		if slices.Equal(first, again) && len(shifted) >= half && slices.Equal(first[half:], shifted[:half]) {
			return true
		}
	}
	return false
}

// filtered tells what is wrong with the answer to a filter.
func filtered(c *spec.C, f filter, sample []row) error {
	var wrong error
	rows, _, err := walk(c, f.params(), func(rows []row) bool {
		wrong = f.sound(rows)
		return wrong != nil || f.complete(rows, sample) == nil
	})
	switch {
	case err != nil:
		return err
	case wrong != nil:
		return wrong
	}
	return f.complete(rows, sample)
}

// far is beyond every order of a history.
const far = 300 * 24 * time.Hour

func filtersByDate(c *spec.C, sample sampler) {
	rows := sample(c)
	bounds := boundsOf(rows)
	if len(bounds) == 0 {
		c.Unsupported("no order of the history shows when it was created")
	}
	first, last := bounds[0], bounds[len(bounds)-1]
	filters := []filter{{after: last.Add(far)}, {before: first.Add(-far)}, {after: first.Add(-far)}, {before: last.Add(far)}}
	for _, bound := range bounds {
		filters = append(filters, filter{after: bound}, filter{before: bound})
	}
	if first.Before(last) {
		filters = append(filters, filter{after: first, before: last})
	}
	for _, f := range filters {
		expectFiltered(c, f, rows, sample)
	}
}

// filtersByType asks by the documented names, and by the other spelling of
// on-premise, which may also be refused.
func filtersByType(c *spec.C, sample sampler) {
	rows := sample(c)
	for _, kind := range []protocol.OrderType{protocol.ToGo, protocol.OnPremise} {
		expectFiltered(c, filter{kind: kind}, rows, sample)
	}
	other := filter{kind: protocol.OnPremises}
	if res := ask(c, other.params()); res.Status == http.StatusBadRequest {
		c.Note("%s is refused: %s", other.params(), res)
		return
	}
	expectFiltered(c, other, rows, sample)
}

const (
	// maxLocations bounds the locations that are asked for.
	maxLocations = 6
	// nowhere is a table that hardly any restaurant has.
	nowhere = "987"
)

func filtersByLocation(c *spec.C, sample sampler) {
	rows := sample(c)
	locations := locationsOf(rows)
	if len(locations) == 0 {
		c.Unsupported("no order of the history shows a location")
	}
	for _, location := range locations[:min(len(locations), maxLocations)] {
		expectFiltered(c, filter{location: location}, rows, sample)
	}
	unknown := filter{location: nowhere}
	if res := ask(c, unknown.params()); res.Status == http.StatusBadRequest {
		c.Note("%s is refused: %s", unknown.params(), res)
		return
	}
	expectFiltered(c, unknown, rows, sample)
}

func locationsOf(rows []row) []string {
	var locations []string
	for _, r := range rows {
		if protocol.IsDigits(r.Location) && !slices.Contains(locations, r.Location) {
			locations = append(locations, r.Location)
		}
	}
	return locations
}

// combinesFilters tries every combination of the four filters around one order
// that passes all of them.
func combinesFilters(c *spec.C, sample sampler) {
	rows := sample(c)
	f, ok := middle(rows)
	if !ok {
		c.Unsupported("the history holds no three orders that show a location, a type and when they were created")
	}
	together := heldAlone(c, f, rows, sample).conjunctions()
	if len(together) == 0 {
		c.Unsupported("of the filters no two hold alone (see HIST-06 to HIST-08)")
	}
	for _, g := range together {
		expectFiltered(c, g, rows, sample)
	}
}

// heldAlone is the conjunction of those parts of a filter that hold alone: what is wrong
// with the others is not wrong with how they are combined.
func heldAlone(c *spec.C, f filter, rows []row, sample sampler) filter {
	for _, part := range f.parts() {
		err := misfiltered(c, part, rows, sample)
		if err == nil {
			continue
		}
		c.Note("%s is left out, as it does not hold alone: %v", part.params(), err)
		switch {
		case !part.after.IsZero():
			f.after = protocol.Datetime{}
		case !part.before.IsZero():
			f.before = protocol.Datetime{}
		case part.kind != "":
			f.kind = ""
		default:
			f.location = ""
		}
	}
	return f
}
