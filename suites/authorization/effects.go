package authorization

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/onsi/gomega"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// The cases on what a refused request may neither do nor show.
var effectCases = []spec.Case{
	{ID: "AUTH-05", Name: "orders", Needs: []spec.Need{spec.NeedToken, spec.NeedOrders}, Run: refusedRequestsChangeNoOrder},
	{ID: "AUTH-05", Name: "tokens", Lane: spec.ButtonLane, Needs: []spec.Need{spec.NeedToken}, Run: refusedRequestsChangeNoToken},
	{ID: "AUTH-05", Name: "settings", Needs: []spec.Need{spec.NeedToken, spec.NeedSettings}, Run: refusedRequestsChangeNoSetting},
	{ID: "AUTH-08", Needs: []spec.Need{spec.NeedToken}, Run: refusalsShowNoOrders},
}

// refusedRequestsChangeNoOrder asks for every change of an order, with each kind
// of bad credentials, and then looks at the orders and at what a WebSocket told.
func refusedRequestsChangeNoOrder(c *spec.C) {
	stream := c.Stream(spec.ByHeader)
	kept := c.Start(protocol.ToGo)
	for _, bad := range badCredentials(c) {
		never := c.OrderName()
		proof := mustAllBeRefused(c, bad, changes(c, kept, never))
		names := namesOf(c.ActiveOrders())
		c.Expect(names, "the active orders after refused requests %s", bad.how).ProvedBy(proof...).NotTo(gomega.ContainElement(never))
		c.Expect(names, "the active orders after refused requests %s", bad.how).ProvedBy(proof...).To(gomega.ContainElement(kept.Name))
		isUnchanged(c, kept, "after refused requests "+bad.how, proof)
	}
	c.Fence(stream)
	for _, m := range stream.EventsOf(kept.UUID) {
		changed := slices.Contains([]protocol.EventType{protocol.OrderModified, protocol.OrderPaged}, m.Type())
		c.Expect(changed, "that a WebSocket tells of a change of the order (%s)", m).ProvedBy(m.Exchange).To(gomega.BeFalse())
	}
}

// mustAllBeRefused sends requests; one that is obeyed ends the case, as AUTH-01 to
// AUTH-03 are about that.
func mustAllBeRefused(c *spec.C, bad credentials, requests []client.Request) []client.Exchange {
	var exchanges []client.Exchange
	for _, req := range requests {
		req.Header = bad.header
		res := c.Do(req)
		if res.Status/100 == 2 {
			c.Unsupported("%s %s %s was not refused (see AUTH-01 to AUTH-03)", req.Method, req.Path, bad.how)
		}
		exchanges = append(exchanges, res.Exchange)
	}
	return exchanges
}

// changes are requests that would change orders.
func changes(c *spec.C, kept protocol.Order, never string) []client.Request {
	start := map[string]any{"name": never, "orderType": protocol.ToGo}
	locate := map[string]any{"name": kept.Name, "orderType": protocol.OnPremise, "locationName": "7"}
	page := map[string]any{"tracking": true}
	requests := []client.Request{
		{Method: http.MethodPost, Path: protocol.PathActiveOrders, JSON: start},
		{Method: http.MethodPost, Path: protocol.PathActiveOrders, JSON: locate},
		{Method: http.MethodPost, Path: protocol.PathPage(kept.Name), JSON: page},
		{Method: http.MethodPost, Path: protocol.PathPage(kept.UUID), JSON: page},
		{Method: http.MethodDelete, Path: protocol.PathOrder(kept.Name)},
		{Method: http.MethodDelete, Path: protocol.PathOrder(kept.UUID)},
	}
	if kind, _ := c.Unmet([]spec.Need{spec.NeedDestructive}); kind == "" {
		requests = append(requests, client.Request{Method: http.MethodDelete, Path: protocol.PathActiveOrders})
	}
	return requests
}

func namesOf(orders []protocol.Object) []string {
	names := make([]string, len(orders))
	for i, order := range orders {
		names[i], _ = order.String("name")
	}
	return names
}

// isUnchanged asserts that an order is as it was.
func isUnchanged(c *spec.C, was protocol.Order, when string, proof []client.Exchange) {
	is := c.Order(was.Name)
	c.Expect(is.UUID, "the uuid of the order %s", when).ProvedBy(proof...).To(gomega.Equal(was.UUID))
	c.Expect(is.State, "the state of the order %s", when).ProvedBy(proof...).To(gomega.Equal(was.State))
	c.Expect(is.Type, "the type of the order %s", when).ProvedBy(proof...).To(gomega.Equal(was.Type))
	c.Expect(is.Location, "the location of the order %s", when).ProvedBy(proof...).To(gomega.Equal(was.Location))
	c.Expect(is.Paged, "paged of the order %s", when).ProvedBy(proof...).To(gomega.Equal(was.Paged))
}

// refusedRequestsChangeNoToken asks for a token, and for the end of one, with each
// kind of bad credentials: there must be as many as before. It tries twice, as
// others may make and revoke theirs meanwhile.
func refusedRequestsChangeNoToken(c *spec.C) {
	for try := range 2 {
		before, _ := countTokens(c)
		var proof []client.Exchange
		for _, bad := range badCredentials(c) {
			proof = append(proof, mustAllBeRefused(c, bad, []client.Request{
				{Method: http.MethodPost, Path: protocol.PathGenerate},
				{Method: http.MethodDelete, Path: protocol.PathToken},
			})...)
		}
		after, listed := countTokens(c)
		if after == before {
			return
		}
		if try > 0 {
			c.Expect(after, "the number of tokens after refused requests to make and to revoke one").
				ProvedBy(append(proof, listed.Exchange)...).To(gomega.Equal(before))
		}
	}
}

// countTokens counts the tokens that the gateway lists.
func countTokens(c *spec.C) (int, *client.Response) {
	res := c.Get(protocol.PathTokens)
	o, err := res.Object()
	if err != nil || res.Status/100 != 2 {
		c.Unsupported("the gateway does not list its tokens (see TOK-21): %s", res)
	}
	items, err := o.Objects("items")
	if err != nil {
		c.Unsupported("the gateway does not list its tokens (see TOK-21): %v", err)
	}
	return len(items), res
}

// refusedRequestsChangeNoSetting asks for another target time, with each kind of bad
// credentials.
func refusedRequestsChangeNoSetting(c *spec.C) {
	before, _ := targetTime(c)
	change := func(to int64) client.Request {
		return client.Request{Method: http.MethodPost, Path: protocol.PathSettings, JSON: map[string]any{"targetTimeDefault": to}}
	}
	var proof []client.Exchange
	c.Later(func() { c.Post(protocol.PathSettings, change(before).JSON) })
	for _, bad := range badCredentials(c) {
		proof = append(proof, mustAllBeRefused(c, bad, []client.Request{change(before + 60)})...)
	}
	after, read := targetTime(c)
	c.Expect(after, "the setting targetTimeDefault after refused requests to change it").
		ProvedBy(append(proof, read.Exchange)...).To(gomega.Equal(before))
}

// targetTime reads a setting that every client may change without harm.
func targetTime(c *spec.C) (int64, *client.Response) {
	res := c.Get(protocol.PathSettings)
	o, err := res.Object()
	if err != nil || res.Status/100 != 2 {
		c.Unsupported("the gateway does not show its settings (see MGMT-02): %s", res)
	}
	for _, part := range []protocol.Object{o, inner(o, "settings")} {
		if value, err := part.Int("targetTimeDefault"); err == nil {
			return value, res
		}
	}
	c.Unsupported("the gateway shows no setting targetTimeDefault (see MGMT-02): %s", res)
	return 0, nil
}

func inner(o protocol.Object, key string) protocol.Object {
	object, _ := o.Object(key)
	return object
}

func refusalsShowNoOrders(c *spec.C) {
	requests := []client.Request{{Path: protocol.PathActiveOrders}, {Path: protocol.PathHistory}}
	secret := ""
	if kind, _ := c.Unmet([]spec.Need{spec.NeedOrders}); kind == "" {
		order := c.Start(protocol.ToGo)
		secret = order.UUID
		requests = append(requests, client.Request{Path: protocol.PathOrder(order.Name)}, client.Request{Path: protocol.PathOrder(order.UUID)})
		requests = append(requests, changes(c, order, c.OrderName())...)
	}
	for _, req := range requests {
		for _, bad := range badCredentials(c) {
			req.Header = bad.header
			res := c.Do(req)
			if res.Status/100 == 2 {
				c.Note("%s %s %s was not refused (see AUTH-01 to AUTH-03)", req.Method, req.Path, bad.how)
				continue
			}
			c.Expect(res.Body, "the refusal of %s %s %s", req.Method, req.Path, bad.how).ProvedBy(res.Exchange).NotTo(match.OrderData())
			c.Expect(tells(res.Body, secret, req.Path), "the refusal of %s %s %s", req.Method, req.Path, bad.how).
				ProvedBy(res.Exchange).To(match.NoFault("tell nothing of an order"))
		}
	}
}

// tells returns what a body tells of an order: its UUID, if that is not what the
// request named.
func tells(body []byte, uuid, path string) error {
	if uuid != "" && !strings.Contains(path, uuid) && strings.Contains(string(body), uuid) {
		return errors.New("it holds the uuid of an order")
	}
	return nil
}
