package authorization

import (
	"net/http"
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
	name := ""
	if endpoint.Method == http.MethodPost && endpoint.Path == protocol.PathActiveOrders {
		name = c.OrderName()
	}
	paths := []string{endpoint.Path}
	if strings.Contains(endpoint.Path, "{id}") {
		paths = nil
		for _, id := range someOrder(c, endpoint.Effect) {
			paths = append(paths, strings.ReplaceAll(endpoint.Path, "{id}", id))
		}
	}
	for _, path := range paths {
		res := c.Do(client.Request{Method: endpoint.Method, Path: path, JSON: bodyFor(endpoint, name)})
		isRefusedUnread(c, res, endpoint)
	}
}

func isRefusedUnread(c *spec.C, res *client.Response, endpoint protocol.Endpoint) {
	c.Expect(res, "%s without credentials", endpoint).To(match.Refusal())
	if c.InProfile(protocol.Reference) && spec.ReturnCode(res) != 0 {
		// Any other code tells that the request was looked at although nobody knows
		// who sent it. An endpoint that there is not may say so (R: -5).
		c.Should(res, "the refusal").To(match.ReturnCode(protocol.CodeMalformedAuth, protocol.CodeInvalidToken, protocol.CodeUnavailable))
	}
}

// someOrder is an order that is active if there can be one, by name and by UUID: one
// that is unknown would be refused anyway. One that is not the run's own is only read.
func someOrder(c *spec.C, effect protocol.Effect) (ids []string) {
	if kind, _ := c.Unmet([]spec.Need{spec.NeedToken, spec.NeedOrders}); kind == "" {
		o := c.Start(protocol.ToGo)
		return []string{o.Name, o.UUID}
	}
	if effect == protocol.Reads && c.Token() != "" {
		if o, err := c.Get(protocol.PathActiveOrders).Object(); err == nil {
			if id := firstUUID(o); id != "" {
				return []string{id}
			}
		}
	}
	c.Note("no active order to ask for: an unknown one was asked for")
	return []string{uuid.NewString()}
}

// firstUUID is the UUID of the first order of a list, or "".
func firstUUID(list protocol.Object) string {
	items, err := list.Objects("items")
	if err != nil || len(items) == 0 {
		return ""
	}
	id, _ := items[0].String("uuid")
	return id
}

// bodyFor is a body with which the request would be obeyed, if it were allowed,
// and would change as little as can be; nil if it needs none. The name is for an
// order to start.
func bodyFor(endpoint protocol.Endpoint, name string) any {
	if endpoint.Method != http.MethodPost {
		return nil
	}
	switch endpoint.Path {
	case protocol.PathActiveOrders:
		return map[string]any{"name": name, "orderType": protocol.ToGo}
	case protocol.PathPage("{id}"):
		return map[string]any{"tracking": true}
	case protocol.PathSettings:
		return map[string]any{"targetTimeDefault": 300}
	case protocol.PathActivate:
		return map[string]any{"deviceCode": "000-0000-000"}
	case protocol.PathBeginPairing:
		return map[string]any{"timeout": 0}
	case protocol.PathRegister:
		return map[string]any{"http_client": "http://127.0.0.1:9/"}
	}
	return nil
}
