package authorization

import (
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// leaveFor is what must be allowed before an endpoint is tried without
// credentials: a gateway that fails to refuse would do what it was asked.
var leaveFor = map[protocol.Effect][]spec.Need{
	protocol.Reads:           {},
	protocol.ChangesTokens:   {},
	protocol.ChangesOrders:   {spec.NeedToken, spec.NeedOrdersLeave},
	protocol.ClearsAllOrders: {spec.NeedDestructive},
	protocol.ChangesSettings: {spec.NeedSettings},
}

// endpointCases is one case per secured endpoint.
func endpointCases() []spec.Case {
	cases := make([]spec.Case, len(protocol.Secured))
	for i, endpoint := range protocol.Secured {
		cases[i] = spec.Case{
			ID: "AUTH-01", Name: endpoint.Method + " " + strings.TrimPrefix(endpoint.Path, protocol.Base),
			Needs: leaveFor[endpoint.Effect],
			Run:   func(c *spec.C) { refusesWithoutCredentials(c, endpoint) },
		}
		if endpoint.Effect == protocol.ChangesTokens {
			cases[i].Lane = spec.ButtonLane
		}
	}
	return cases
}

func refusesWithoutCredentials(c *spec.C, endpoint protocol.Endpoint) {
	req := client.Request{Method: endpoint.Method, Path: endpoint.Path, JSON: bodyFor(c, endpoint)}
	if strings.Contains(req.Path, "{id}") {
		req.Path = strings.ReplaceAll(req.Path, "{id}", someOrder(c))
	}
	res := c.Do(req)
	c.Expect(res, "%s without credentials", endpoint).To(match.Refusal())
	c.Expect(res.Body, "the refusal").ProvedBy(res.Exchange).NotTo(match.OrderData())
	authorizes := slices.Contains([]int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden}, res.Status)
	if authorizes && c.InProfile(protocol.Reference) {
		c.Should(res, "the refusal").To(match.ReturnCode(protocol.CodeMalformedAuth, protocol.CodeInvalidToken))
	}
}

// someOrder is the name of an order that is active if there can be one: an order
// that is unknown would be refused anyway.
func someOrder(c *spec.C) string {
	if kind, _ := c.Unmet([]spec.Need{spec.NeedToken, spec.NeedOrders}); kind == "" {
		return c.Start(protocol.ToGo).Name
	}
	if o, err := c.Get(protocol.PathActiveOrders).Object(); err == nil && c.Token() != "" {
		if items, err := o.Objects("items"); err == nil && len(items) > 0 {
			if id, err := items[0].String("uuid"); err == nil {
				return id
			}
		}
	}
	c.Note("no active order to ask for: an unknown one was asked for")
	return uuid.NewString()
}

// bodyFor is a body with which the request would be obeyed, if it were allowed,
// and would change as little as can be.
func bodyFor(c *spec.C, endpoint protocol.Endpoint) any {
	switch endpoint.Path {
	case protocol.PathActiveOrders:
		if endpoint.Method == http.MethodPost {
			return map[string]any{"name": c.OrderName(), "orderType": protocol.ToGo}
		}
	case protocol.PathPage("{id}"):
		return map[string]any{"tracking": true}
	case protocol.PathSettings:
		if endpoint.Method == http.MethodPost {
			return map[string]any{"targetTimeDefault": 300}
		}
	case protocol.PathActivate:
		if endpoint.Method == http.MethodPost {
			return map[string]any{"deviceCode": "000-0000-000"}
		}
	case protocol.PathBeginPairing:
		return map[string]any{"timeout": 0}
	case protocol.PathRegister:
		return map[string]any{"http_client": "http://127.0.0.1:9/"}
	}
	return nil
}
