package main

import (
	"cmp"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"ttcheck/fixtures/pos"
	"ttcheck/protocol"
)

const (
	// maxCell is how many characters of a value the table shows: far more than any that
	// keeps to the protocol has.
	maxCell = 24
	// maxStateLine is how long the line may be that says what goes on.
	maxStateLine = 200
)

// orderColumns are the heads of the table.
var orderColumns = []string{"name", "type", "place", "state", "since", "paged"}

// orderRow is an order as a row of the table.
func orderRow(o protocol.Order) []string {
	kind := map[protocol.OrderType]string{protocol.OnPremise: "on premise", protocol.OnPremises: "on premise", protocol.ToGo: "to go"}[o.Type]
	paged := ""
	if o.Paged {
		paged = "paged"
	}
	return []string{cell(o.Name), cell(cmp.Or(kind, string(o.Type))), cell(o.Location), cell(string(o.State)), since(o), paged}
}

// since is when the order came into its state, by the gateway's clock.
func since(o protocol.Order) string {
	if _, clock, ok := strings.Cut(o.StateChanged.String(), "T"); ok {
		return clock
	}
	return "-"
}

// cell is a value of the gateway's, fit to be shown in a table: a character in a column. What
// keeps to the protocol is ASCII.
func cell(text string) string {
	return orDash(shorten(strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '\uFFFD'
		}
		return r
	}, text), maxCell))
}

// printable replaces what a terminal would act upon.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '\uFFFD'
	}, text)
}

// tableOf is what a terminal of so many columns and rows shows; no limit where they are 0.
func tableOf(v pos.View, columns, rows int) []string {
	lines := []string{shorten(printable(cmp.Or(v.Gateway, "no gateway")+" · "+v.State), maxStateLine)}
	if v.Orders != nil { // a snapshot came
		lines = append(lines, summaryOf(v))
	}
	cells := [][]string{orderColumns}
	for _, o := range v.Orders {
		cells = append(cells, orderRow(o))
	}
	if len(v.Orders) > 0 {
		const others = 4 // lines besides the orders: the two above, an empty one, the heads
		left := 0
		if room := max(rows-others-1, 1); rows > 0 && len(v.Orders) > room {
			room = max(room-1, 1)
			left = len(v.Orders) - room
			cells = cells[:1+room]
		}
		lines = append(append(lines, ""), aligned(cells)...)
		if left > 0 {
			lines = append(lines, fmt.Sprintf("and %d more", left))
		}
	}
	for i, line := range lines {
		if columns > 0 {
			lines[i] = shorten(line, columns-1)
		}
	}
	if rows > 1 && len(lines) > rows-1 { // or what is above would scroll away
		lines = lines[:rows-1]
	}
	return lines
}

// summaryOf counts the orders.
func summaryOf(v pos.View) string {
	text := plural(len(v.Orders), "active order")
	if !v.Live {
		text += ", when last heard of"
	}
	if v.Finished != pos.Unknown {
		text += fmt.Sprintf(" · %d finished today", v.Finished)
	}
	return text
}

// aligned puts cells into columns.
func aligned(rows [][]string) []string {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, text := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(text))
		}
	}
	lines := make([]string, len(rows))
	for n, row := range rows {
		var line strings.Builder
		for i, text := range row {
			line.WriteString(text + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(text)+2))
		}
		lines[n] = strings.TrimRight(line.String(), " ")
	}
	return lines
}
