package orders

import (
	"net/http"

	"github.com/google/uuid"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// What the gateway does not serve.

var routeCases = []spec.Case{
	{ID: "ORD-16", Name: "path", Needs: reads, Run: refusesUnknownPaths},
	{ID: "ORD-16", Name: "method", Needs: reads, Run: refusesWrongMethods},
}

// unknownPaths are beside and below paths that exist, but not where an id of an
// order could stand.
var unknownPaths = []string{
	protocol.Base + "/nosuchthing",
	protocol.Base + "/nosuchthing/12",
	protocol.Base + "/activeorder",
	protocol.PathToken + "/nosuchthing",
	protocol.Base + "/gateway/nosuchthing",
}

func refusesUnknownPaths(c *spec.C) {
	for _, path := range unknownPaths {
		c.Expect(c.Get(path), "GET of the unknown path %s", path).To(match.Status(http.StatusNotFound))
	}
}

// wrongMethods do no harm even on a gateway that obeys them: none has a body,
// none is a DELETE, and none goes to a list that could be replaced by nothing.
var wrongMethods = []client.Request{
	{Method: http.MethodPost, Path: protocol.Base},
	{Method: http.MethodPut, Path: protocol.Base},
	{Method: http.MethodPost, Path: protocol.PathHistory},
	{Method: http.MethodPatch, Path: protocol.PathHistory},
	{Method: http.MethodPost, Path: protocol.PathStatistics},
	{Method: http.MethodPut, Path: protocol.PathStatistics},
}

func refusesWrongMethods(c *spec.C) {
	nobody := uuid.NewString()
	requests := append([]client.Request{
		{Method: http.MethodPost, Path: protocol.PathOrder(nobody)},
		{Method: http.MethodGet, Path: protocol.PathPage(nobody)},
	}, wrongMethods...)
	for _, req := range requests {
		req.Token = c.Token()
		res := c.Do(req)
		refused := []int{http.StatusNotFound, http.StatusMethodNotAllowed}
		if req.Method == http.MethodPut || req.Method == http.MethodPatch {
			// A server that knows the method for no path at all says 501 (RFC 9110 §15.6.2).
			refused = append(refused, http.StatusNotImplemented)
		}
		c.Expect(res, "%s on %s", req.Method, req.Path).To(match.Status(refused...))
		if res.Status == http.StatusMethodNotAllowed && res.Header.Get("Allow") == "" {
			c.Note("%s on %s is answered 405 without an Allow header (RFC 9110 §15.5.6)", req.Method, req.Path)
		}
	}
}
