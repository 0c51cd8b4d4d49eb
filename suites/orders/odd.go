package orders

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// Odd input (ORD-15). Whether it is refused or obeyed is for other requirements to
// say; here it must be answered, by no 5xx, and must not touch other orders.

var oddCases = []spec.Case{
	{ID: "ORD-15", Name: "values", Needs: takesOdd, Run: survivesOddValues},
	{ID: "ORD-15", Name: "bodies", Needs: takesOdd, Run: survivesOddBodies},
	{ID: "ORD-15", Name: "content types", Needs: takesOdd, Run: survivesOddLabels},
	{ID: "ORD-15", Name: "paths", Needs: takesOdd, Run: survivesOddPaths},
}

// takesOdd is what a case needs that posts odd input.
var takesOdd = []spec.Need{spec.NeedRobustness, spec.NeedToken, spec.NeedOrders}

const (
	labelJSON = "application/json"
	// large is the size of a body that a gateway may refuse to read.
	large = 1 << 20
)

// odd is a request that a client of good will does not send.
type odd struct {
	what string
	req  client.Request
}

// posts is an odd POST; without a content type where the label is empty.
func posts(what, label, body string) odd {
	req := client.Request{Method: http.MethodPost, Path: protocol.PathActiveOrders, Body: []byte(body)}
	if label != "" {
		req.Header = http.Header{"Content-Type": {label}}
	}
	return odd{"POST with " + what, req}
}

func survivesOddValues(c *spec.C) {
	survives(c, func(name string) []odd {
		var all []odd
		for key, values := range map[string][]string{"name": oddStrings(name), "orderType": oddStrings("TO_GO"), "locationName": oddStrings("12")} {
			for _, value := range slices.Concat(values, oddValues(name)) {
				all = append(all, posts(fmt.Sprintf("%s %.40s", key, value), labelJSON, bodyWith(name, key, value)))
			}
		}
		slices.SortFunc(all, func(a, b odd) int { return strings.Compare(a.what, b.what) })
		return all
	})
}

func survivesOddBodies(c *spec.C) { survives(c, oddBodies) }
func survivesOddLabels(c *spec.C) { survives(c, oddLabels) }
func survivesOddPaths(c *spec.C) {
	survives(c, func(name string) []odd { return oddPaths(name, destroys(c)) })
}

// destroys tells whether orders of others may be touched.
func destroys(c *spec.C) bool {
	kind, _ := c.Unmet([]spec.Need{spec.NeedDestructive})
	return kind == ""
}

// survives sends each odd request under a name that no order has, beside two orders
// of the run's own, one of them at a table.
func survives(c *spec.C, requests func(name string) []odd) {
	before := []protocol.Object{
		active(c, c.Start(protocol.ToGo).Name), active(c, c.StartNamed(c.OrderName(), protocol.OnPremise, "7").Name),
	}
	name := c.OrderName()
	made := &offspring{c: c, name: name, known: uuids(c.ActiveOrders())}
	c.Later(func() { remove(c, made.among(listQuietly(c))) })
	for _, o := range requests(name) {
		o.req.Token = c.Token()
		res := c.Do(o.req)
		c.Expect(answered(c, o, res), "%s", o.what).ProvedBy(res.Exchange).To(match.NoFault("be answered, and not by 5xx"))
		if o.req.Method != "" { // which is no GET
			made.account(o, res)
		}
	}
	for _, order := range before {
		c.Expect(sameOrder(order, active(c, text(order, "name"))), "order %s after odd requests", text(order, "name")).
			To(match.NoFault("be as it was"))
	}
}

// answered tells what is wrong with the answer to an odd request. Who refuses a
// large body before the end of it may close the connection (RFC 9110 §15.5.14), and
// the answer may be lost with it.
func answered(c *spec.C, o odd, res *client.Response) error {
	switch {
	case res.Err != nil && len(o.req.Body) >= large && hungUp(res.Err):
		c.Note("%s: the connection was ended without an answer", o.what)
		return nil
	case res.Err != nil:
		return res.Err
	case res.Status >= http.StatusInternalServerError:
		return errors.New("it is answered: " + res.String())
	}
	return nil
}

// offspring is what odd requests made.
type offspring struct {
	c     *spec.C
	name  string   // under which they were to make it
	known []string // UUIDs that were there before
}

// among are the orders that odd requests made: new ones under their name, under none,
// or under one that nobody else chooses, being no digits or too many.
func (m *offspring) among(items []protocol.Object) []protocol.Object {
	const longest = 16 // digits that somebody else's name may have
	return slices.DeleteFunc(slices.Clone(items), func(o protocol.Object) bool {
		name := text(o, "name")
		ours := name == m.name || slices.Contains(blank, name) || !protocol.IsDigits(name) || len(name) > longest
		return !ours || slices.Contains(m.known, text(o, "uuid"))
	})
}

// account looks what the latest request made, and clears it. A refusal that makes an
// order all the same is only noted here: ORD-08 and ORD-12 are about that.
func (m *offspring) account(o odd, res *client.Response) {
	list := m.c.Get(protocol.PathActiveOrders)
	m.c.Expect(list, "the list of active orders after %s", o.what).To(match.Success())
	object, err := list.Object()
	items, wrong := object.Objects("items")
	m.c.Expect(errors.Join(err, wrong), "the list of active orders after %s", o.what).ProvedBy(list.Exchange).To(match.NoFault("hold the orders"))
	made := m.among(items)
	if res.Err == nil && res.Status >= http.StatusBadRequest {
		for _, order := range made {
			m.c.Note("%s is refused, and made order %.40q all the same", o.what, text(order, "name"))
		}
	}
	remove(m.c, made)
	m.known = append(m.known, uuids(made)...)
}
