package history

import (
	"cmp"
	"slices"
	"time"

	"ttcheck/protocol"
)

// maxBounds is how many bounds of each kind are tried.
const maxBounds = 3

func earlier(a, b protocol.Datetime) int { return cmp.Compare(a.Sub(b), 0) }

// boundsOf chooses dates to filter by: some at which orders were created, and some
// a second before or after, where an error of a second shows; earliest first.
func boundsOf(rows []row) []protocol.Datetime {
	var created, between []protocol.Datetime
	for _, r := range dated(rows) {
		created = append(created, r.Created)
	}
	created = slices.Compact(created)
	for i := 1; i < len(created); i++ {
		for _, date := range []protocol.Datetime{created[i-1].Add(time.Second), created[i].Add(-time.Second)} {
			if date.After(created[i-1]) && date.Before(created[i]) {
				between = append(between, date)
			}
		}
	}
	between = slices.Compact(between)
	bounds := slices.Concat(spread(created), spread(between))
	slices.SortFunc(bounds, earlier)
	return slices.Compact(bounds)
}

// dated are the rows that show when they were created, earliest first.
func dated(rows []row) []row {
	rows = slices.DeleteFunc(slices.Clone(rows), func(r row) bool { return r.Created.IsZero() })
	slices.SortStableFunc(rows, func(a, b row) int { return earlier(a.Created, b.Created) })
	return rows
}

// midway is a second between two dates; the earlier one if there is none between.
func midway(a, b protocol.Datetime) protocol.Datetime {
	return a.Add((b.Sub(a) / 2).Truncate(time.Second))
}

// spread picks at most maxBounds of a list, evenly.
func spread(dates []protocol.Datetime) []protocol.Datetime {
	if len(dates) <= maxBounds {
		return dates
	}
	var picked []protocol.Datetime
	for i := range maxBounds {
		picked = append(picked, dates[(2*i+1)*len(dates)/(2*maxBounds)])
	}
	return picked
}

// middle is a filter of four parts for the middle third of the rows, by creation:
// the one of which most parts tell some row apart that all others let through.
func middle(rows []row) (filter, bool) {
	rows = dated(rows)
	third := len(rows) / 3
	if third == 0 {
		return filter{}, false
	}
	var best filter
	most := -1
	for _, pivot := range rows[third : len(rows)-third] {
		f := filter{
			after:  midway(rows[third-1].Created, rows[third].Created),
			before: midway(rows[len(rows)-third-1].Created, rows[len(rows)-third].Created),
			kind:   asked(pivot.Type), location: pivot.Location,
		}
		if n := f.telling(rows); f.kind != "" && protocol.IsDigits(f.location) && n > most {
			best, most = f, n
		}
	}
	return best, most >= 0
}

// asked is the spelling of a type by which the reference has one ask for it; none
// of a type that it does not know.
func asked(kind protocol.OrderType) protocol.OrderType {
	switch {
	case kind.Same(protocol.OnPremise):
		return protocol.OnPremise
	case kind == protocol.ToGo:
		return kind
	}
	return ""
}

// telling counts the parts of the filter without which it would let another row
// through.
func (f filter) telling(rows []row) int {
	n := 0
	for _, drop := range []func(*filter){
		func(g *filter) { g.after = protocol.Datetime{} },
		func(g *filter) { g.before = protocol.Datetime{} },
		func(g *filter) { g.kind = "" },
		func(g *filter) { g.location = "" },
	} {
		g := f
		drop(&g)
		if slices.ContainsFunc(rows, func(r row) bool { return f.admits(r) == excluded && g.admits(r) == included }) {
			n++
		}
	}
	return n
}
