package token

import (
	"sync"

	"github.com/onsi/gomega"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// The cases on what becomes of a token while the gateway is on: use, revocation.
var lifeCases = []spec.Case{
	{ID: "TOK-18", Needs: []spec.Need{spec.NeedToken}, Run: servesSeveralClients},
	{ID: "TOK-19", Needs: []spec.Need{spec.NeedToken, spec.NeedTokens}, Run: revokesAToken},
}

// several is how many clients use a token at the same time: enough to be several,
// and few enough for a slow gateway that is timed meanwhile.
const several = 4

func servesSeveralClients(c *spec.C) {
	answers := make([]*client.Response, several)
	var wait sync.WaitGroup
	for i := range several {
		other := c.Another()
		c.Later(other.Close)
		wait.Go(func() {
			answers[i] = other.Do(c, client.Request{Path: protocol.PathHistory, Token: c.Token()})
		})
	}
	wait.Wait()
	for _, res := range answers {
		c.Expect(res, "GET %s by one of %d clients with the same token at the same time", protocol.PathHistory, several).To(match.Success())
	}
	streams := []*spec.Stream{c.Stream(spec.ByHeader), c.Stream(spec.ByMessage)} // WS-02 and WS-03 are about the first
	for _, mode := range []spec.AuthMode{spec.ByHeader, spec.ByMessage} {
		stream, reason := c.Connect(mode)
		c.Expect(stream != nil, "that a WebSocket beside others with the same token is served (%s)", reason).To(gomega.BeTrue())
		streams = append(streams, stream)
	}
	accepts(c, c.Token(), "a token that WebSockets use at the same time")
	for _, stream := range streams {
		c.Expect(stream.Closure(), "a WebSocket beside others with the same token").To(match.Open())
	}
}

func revokesAToken(c *spec.C) {
	accepts(c, c.Token(), "a token that nobody revoked, though others may have been")
	secret := further(c.Scene)
	if secret == "" {
		c.Unsupported("no further token could be made (see TOK-16)")
	}
	if before := c.Do(client.Request{Path: protocol.PathHistory, Token: secret}); before.Status/100 != 2 {
		c.Unsupported("the further token is not good even before it is revoked (see TOK-16): %s", before)
	}
	res := c.Revoke(secret)
	c.Expect(res, "DELETE %s", protocol.PathToken).To(match.Success())
	c.Should(res, "the answer").To(match.ReturnCode(protocol.CodeTokenDeleted))
	for _, path := range []string{protocol.PathHistory, protocol.PathToken} {
		after := c.Do(client.Request{Path: path, Token: secret})
		c.Expect(after, "GET %s under the revoked token", path).To(match.Refusal())
	}
	for _, mode := range []spec.AuthMode{spec.ByHeader, spec.ByMessage} {
		c.Expect(c.Serves(secret, mode), "that a WebSocket with the revoked token is served by %s", mode).To(gomega.BeFalse())
	}
	accepts(c, c.Token(), "the token that was not revoked")
}
