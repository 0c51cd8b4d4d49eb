// Package authorization holds the cases on who may ask: requests without a token,
// with a wrong one, or with one presented in a wrong way.
package authorization

import (
	"net/http"
	"slices"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/spec"
)

// Chapter is the chapter on authorization.
var Chapter = spec.Chapter{
	Name:  protocol.Authorization,
	Cases: slices.Concat(endpointCases(), keptCases, tokenCases, effectCases, hostileCases),
}

// credentials are what a request presents, in words and as its header.
type credentials struct {
	how    string
	header http.Header
}

// badCredentials are three that must be refused, each for a reason of its own.
func badCredentials(c *spec.C) []credentials {
	return []credentials{
		{"without credentials", nil},
		{"under an unknown token", client.BearerHeader(unknownToken(c))},
		{"with a malformed Authorization header", http.Header{"Authorization": {"ttcheck"}}},
	}
}

// guarded lists paths that the cases read to find out which credentials a gateway
// takes: the one that the Quickstart names, and the one that holds most. A path
// that is served without any says nothing of them and is left out, as AUTH-01 is
// about that.
func guarded(c *spec.C) []string {
	paths := slices.DeleteFunc([]string{protocol.PathHistory, protocol.PathActiveOrders}, func(path string) bool {
		return c.Do(client.Request{Path: path}).Status/100 == 2
	})
	if len(paths) == 0 {
		c.Unsupported("GET %s and GET %s are served without any credentials (see AUTH-01)", protocol.PathHistory, protocol.PathActiveOrders)
	}
	return paths
}
