package events

import (
	"fmt"
	"net/http"
	"slices"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/spec"
)

// What must not be sent: a second event for one change, or one for none.
var restraintCases = []spec.Case{
	{ID: "EVT-19", Needs: needOrders, Run: pagedOnly},
	{ID: "EVT-22", Name: "repeated requests", Needs: needOrders, Run: repetitionsSilent},
	{ID: "EVT-22", Name: "refused requests", Needs: needOrders, Run: refusalsSilent},
	{ID: "EVT-22", Name: "reading requests", Needs: needOrders, Run: readingSilent},
}

// quiet waits until each stream has told all that has happened to the orders.
func quiet(c *spec.C, streams []*spec.Stream, orders ...protocol.Order) {
	for _, o := range orders {
		awaitTold(c, streams, o)
	}
	c.Fence(streams...)
}

// aftermath acts, and returns what each stream brought from then on until it told
// of another order, which was made afterwards.
func aftermath(c *spec.C, streams []*spec.Stream, act func()) [][]client.Message {
	from := marks(streams)
	act()
	c.Fence(streams...)
	brought := make([][]client.Message, len(streams))
	for i, s := range streams {
		brought[i] = s.Messages()[from[i]:]
	}
	return brought
}

func pagedOnly(c *spec.C) {
	streams := openStreams(c, 2)
	paged := 0
	for _, o := range []protocol.Order{c.Start(protocol.ToGo), c.Locate(c.Start(protocol.OnPremise), "31")} {
		able := false
		quiet(c, streams, o)
		brought := aftermath(c, streams, func() {
			able = page(c, o)
			for i := 0; able && i < len(streams); i++ {
				streams[i].Event(o.UUID, protocol.OrderPaged)
			}
		})
		if !able {
			continue
		}
		paged++
		for i, s := range streams {
			err := pagedInPlace(of(o.UUID, brought[i]))
			expect(c, prove(err, proofOf(causeOf(c, o), brought[i], o)...), s.Channel(), "tell of a page by ORDER_PAGED in place of ORDER_MODIFIED")
		}
	}
	if paged == 0 {
		c.Unsupported("no order could be paged: paging needs a tracker")
	}
}

// pagedInPlace judges the events about an order from a page on. An ORDER_MODIFIED
// that shows it as not paged (any more) is of something else: the end of the page.
func pagedInPlace(events []client.Message) error {
	told := false
	for _, m := range events {
		ended := m.Object.Has("paged") && !pagedIn(m)
		switch {
		case m.Type() == protocol.OrderPaged:
			told = true
		case m.Type() == protocol.OrderModified && !ended:
			return fmt.Errorf("it told: %s", briefs(events))
		}
	}
	if !told {
		return fmt.Errorf("it told: %s", briefs(events))
	}
	return nil
}

// silence acts, and asserts that no stream tells of the orders.
func silence(c *spec.C, streams []*spec.Stream, what string, orders []protocol.Order, act func()) {
	judgeSilence(c, streams, what, orders, aftermath(c, streams, act), client.Exchange{})
}

// judgeSilence asserts that nothing of what the streams brought is of the orders.
// The cause is the request after which they were to be silent; if it is empty, the
// latest that was to change the order that they told of.
func judgeSilence(c *spec.C, streams []*spec.Stream, what string, orders []protocol.Order, brought [][]client.Message, cause client.Exchange) {
	for i, s := range streams {
		told := slices.DeleteFunc(brought[i], func(m client.Message) bool { return !concerns(m, orders) })
		var err error
		if len(told) > 0 {
			if cause == (client.Exchange{}) {
				cause = causeOf(c, protocol.Order{Name: nameOf(told[0]), UUID: told[0].UUID()})
			}
			err = because(cause, faultf(told, "it told: %s", briefs(told)))
		}
		expect(c, err, s.Channel(), "stay silent after "+what)
	}
}

// concerns tells whether a message is an event about one of the orders, known by
// uuid or, where none is active, by name.
func concerns(m client.Message, orders []protocol.Order) bool {
	if !tellsOfOrder(m) {
		return false
	}
	return slices.ContainsFunc(orders, func(o protocol.Order) bool {
		return o.UUID == m.UUID() || o.UUID == "" && o.Name == nameOf(m)
	})
}

func repetitionsSilent(c *spec.C) {
	streams := openStreams(c, 2)
	started := c.Start(protocol.ToGo)
	located := c.Locate(c.Start(protocol.OnPremise), "32")
	own := []protocol.Order{started, located}
	quiet(c, streams, own...)
	start := func() { c.PostOrder(started.Name, protocol.ToGo, "") }
	locate := func() { c.PostOrder(located.Name, protocol.OnPremise, "32") }
	silence(c, streams, "a repeated start", own, start)
	silence(c, streams, "a repeated locate", own, locate)
	silence(c, streams, "a third start and locate", own, func() { start(); locate() })
}

// refusalsSilent sends requests that are to be refused. One that is not is the
// subject of other requirements, and says nothing here.
func refusalsSilent(c *spec.C) {
	streams := openStreams(c, 2)
	active, unused := c.Start(protocol.ToGo), protocol.Order{Name: c.OrderName()}
	own := []protocol.Order{active, unused}
	quiet(c, streams, active)
	anonymous := client.Request{
		Method: http.MethodPost, Path: protocol.PathActiveOrders,
		JSON: map[string]any{"name": active.Name, "orderType": protocol.ToGo, "locationName": "33"},
	}
	for _, refused := range []struct {
		what string
		send func() *client.Response
	}{
		{"a start with a bad type", func() *client.Response { return c.PostOrder(unused.Name, "BY_BOAT", "") }},
		{"a locate with a bad type", func() *client.Response { return c.PostOrder(active.Name, "BY_BOAT", "33") }},
		{"a locate at a bad location", func() *client.Response { return c.PostOrder(active.Name, protocol.ToGo, "x") }},
		{"a page of no order", func() *client.Response {
			return c.Post(protocol.PathPage(unused.Name), map[string]any{"tracking": true})
		}},
		{"a clear of no order", func() *client.Response { return c.Delete(protocol.PathOrder(unused.Name)) }},
		{"a locate without credentials", func() *client.Response { return c.Do(anonymous) }},
	} {
		var res *client.Response
		brought := aftermath(c, streams, func() { res = refused.send() })
		if res.Status/100 != 4 {
			c.Note("%s was not refused: %s", refused.what, res)
			continue
		}
		judgeSilence(c, streams, refused.what, own, brought, res.Exchange)
	}
}

// readingSilent asks for everything that can be read, and comes and goes.
func readingSilent(c *spec.C) {
	streams := openStreams(c, 2)
	o := c.StartNamed(c.OrderName(), protocol.OnPremise, "34")
	quiet(c, streams, o)
	silence(c, streams, "requests that only read", []protocol.Order{o}, func() {
		for _, path := range []string{
			protocol.Base, protocol.PathActiveOrders, protocol.PathOrder(o.Name), protocol.PathOrder(o.UUID),
			protocol.PathHistory, protocol.PathToken, protocol.PathStatistics,
		} {
			c.Get(path)
		}
		c.Stream(spec.ByMessage).Close()
	})
}
