package authorization

import (
	"net/http"
	"strings"

	"github.com/onsi/gomega"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// The cases on what a refused request may neither do nor show.
var effectCases = []spec.Case{
	{ID: "AUTH-05", Needs: []spec.Need{spec.NeedToken, spec.NeedOrders}, Run: refusedRequestsChangeNothing},
	{ID: "AUTH-08", Needs: []spec.Need{spec.NeedToken}, Run: refusalsShowNoOrders},
}

// refusedRequestsChangeNothing asks for every change of an order, without a token
// and with a wrong one, and then looks at the orders and at what a WebSocket told.
func refusedRequestsChangeNothing(c *spec.C) {
	stream := c.Stream(spec.ByHeader)
	kept, never := c.Start(protocol.ToGo), c.OrderName()
	for _, token := range []string{"", unknownToken(c)} {
		for _, req := range changes(kept, never) {
			req.Token = token
			c.Expect(c.Do(req), "%s %s without a valid token", req.Method, req.Path).To(match.Refusal())
		}
	}
	c.Fence(stream)
	var names []string
	for _, item := range c.ActiveOrders() {
		name, _ := item.String("name")
		names = append(names, name)
	}
	c.Expect(names, "the active orders after refused requests").To(gomega.ContainElement(kept.Name))
	c.Expect(names, "the active orders after refused requests").NotTo(gomega.ContainElement(never))
	after := c.Order(kept.Name)
	c.Expect(after.UUID, "the uuid of the order after refused requests").To(gomega.Equal(kept.UUID))
	c.Expect(after.State, "the state of the order after refused requests").To(gomega.Equal(kept.State))
	c.Expect(after.Type, "the type of the order after refused requests").To(gomega.Equal(kept.Type))
	c.Expect(after.Location, "the location of the order after refused requests").To(gomega.Equal(kept.Location))
	c.Expect(after.Paged, "paged of the order after refused requests").To(gomega.Equal(kept.Paged))
	for _, m := range stream.EventsOf(kept.UUID) {
		c.Expect(m, "what a WebSocket tells of the order beside its start").To(match.MessageOf(protocol.OrderCreated))
	}
}

// changes are requests that would change orders.
func changes(kept protocol.Order, never string) []client.Request {
	start := map[string]any{"name": never, "orderType": protocol.ToGo}
	locate := map[string]any{"name": kept.Name, "orderType": protocol.OnPremise, "locationName": "7"}
	return []client.Request{
		{Method: http.MethodPost, Path: protocol.PathActiveOrders, JSON: start},
		{Method: http.MethodPost, Path: protocol.PathActiveOrders, JSON: locate},
		{Method: http.MethodPost, Path: protocol.PathPage(kept.Name), JSON: map[string]any{"tracking": true}},
		{Method: http.MethodDelete, Path: protocol.PathOrder(kept.Name)},
		{Method: http.MethodDelete, Path: protocol.PathOrder(kept.UUID)},
	}
}

func refusalsShowNoOrders(c *spec.C) {
	paths := []string{protocol.PathActiveOrders, protocol.PathHistory}
	secret := ""
	if kind, _ := c.Unmet([]spec.Need{spec.NeedOrders}); kind == "" {
		order := c.Start(protocol.ToGo)
		paths, secret = append(paths, protocol.PathOrder(order.Name), protocol.PathOrder(order.UUID)), order.UUID
	}
	for _, path := range paths {
		for _, header := range []http.Header{nil, client.BearerHeader(unknownToken(c)), {"Authorization": {"ttcheck"}}} {
			res := c.Do(client.Request{Path: path, Header: header})
			c.Expect(res, "GET %s without a valid token", path).To(match.Refusal())
			c.Expect(res.Body, "the refusal").ProvedBy(res.Exchange).NotTo(match.OrderData())
			told := secret != "" && !strings.Contains(path, secret) && strings.Contains(string(res.Body), secret)
			c.Expect(told, "that the refusal tells the uuid of an order").ProvedBy(res.Exchange).To(gomega.BeFalse())
		}
	}
}
