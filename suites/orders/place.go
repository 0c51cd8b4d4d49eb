package orders

import (
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// Starting and locating orders. These cases find out whether the gateway makes
// orders at all, so that a refused POST is their finding.

var placeCases = []spec.Case{
	{ID: "ORD-04", Needs: findsOut, Run: startsWithoutLocation},
	{ID: "ORD-04", Name: "under a name that was located before", Needs: findsOut, Run: startsAfresh},
	{ID: "ORD-05", Needs: findsOut, Run: locatesAtOnce},
	{ID: "ORD-06", Needs: findsOut, Run: locatesStarted},
	{ID: "ORD-07", Needs: findsOut, Run: takesEveryType},
}

var everyType = []protocol.OrderType{protocol.OnPremise, protocol.OnPremises, protocol.ToGo}

func started(name string) members {
	return members{"name": name, "state": string(protocol.Started), "locationName": ""}
}

func located(name, location string) members {
	return members{"name": name, "state": string(protocol.Located), "locationName": location}
}

func typed(name string, kind protocol.OrderType) members {
	return members{"name": name, "orderType": string(kind)}
}

func startsWithoutLocation(c *spec.C) {
	for _, kind := range []protocol.OrderType{protocol.ToGo, protocol.OnPremise} {
		name := c.OrderName()
		expectShown(c, place(c, name, kind, ""), started(name))
	}
}

// startsAfresh catches a record that outlives its order.
func startsAfresh(c *spec.C) {
	name := c.OrderName()
	former := place(c, name, protocol.OnPremise, "12")
	finish(c, protocol.Order{Name: name, UUID: text(former, "uuid")})
	expectShown(c, place(c, name, protocol.ToGo, ""), started(name))
}

// locatesAtOnce makes orders at different places, and looks at each again when
// all are there.
func locatesAtOnce(c *spec.C) {
	var want []members
	for i, location := range []string{"7", "12", "112"} {
		name, kind := c.OrderName(), []protocol.OrderType{protocol.ToGo, protocol.OnPremise}[i%2]
		shown := located(name, location)
		expectShown(c, place(c, name, kind, location), shown)
		want = append(want, shown)
	}
	for _, shown := range want {
		expectShown(c, active(c, shown["name"]), shown)
	}
}

// locatesStarted lets the clock of the gateway tick before it locates an order,
// so that a new creation date would show.
func locatesStarted(c *spec.C) {
	name, other := c.OrderName(), c.OrderName()
	first := place(c, name, protocol.ToGo, "")
	bystander := place(c, other, protocol.OnPremise, "")
	if err := c.Tick(2); err != nil {
		c.Broken("%v", err)
	}
	want := located(name, "12")
	for _, key := range []string{"uuid", "created"} {
		value, err := first.String(key)
		c.Expect(err, "the started order").To(match.NoFault("show its " + key))
		want[key] = value
	}
	expectShown(c, place(c, name, protocol.ToGo, "12"), want)
	item, err := once(c.ActiveOrders(), name)
	c.Expect(err, "the list of active orders").To(match.NoFault("hold order " + name + " once"))
	expectShown(c, item, want)
	expectUnmoved(c, bystander)
}

// takesEveryType starts an order of every type and locates it, and locates another at
// once.
func takesEveryType(c *spec.C) {
	for _, kind := range everyType {
		name, other := c.OrderName(), c.OrderName()
		expectShown(c, place(c, name, kind, ""), typed(name, kind))
		expectShown(c, place(c, name, kind, "12"), typed(name, kind))
		expectShown(c, place(c, other, kind, "7"), typed(other, kind))
	}
}
