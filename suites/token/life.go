package token

import (
	"net"
	"slices"
	"sync"

	"github.com/onsi/gomega"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// The cases on what becomes of a token: use, listing, revocation, restart.
var lifeCases = []spec.Case{
	{ID: "TOK-15", Needs: []spec.Need{spec.NeedToken}, Probes: []spec.AnyProbe{QuickWindow, LateWindow, ExpiredWindow}, Run: neverShowsATokenAgain},
	{ID: "TOK-18", Needs: []spec.Need{spec.NeedToken}, Run: servesSeveralClients},
	{ID: "TOK-19", Needs: []spec.Need{spec.NeedToken, spec.NeedTokens}, Run: revokesAToken},
	{ID: "TOK-20", Needs: []spec.Need{spec.NeedToken}, Run: tellsOfItsUse},
	{ID: "TOK-21", Lane: spec.ButtonLane, Needs: []spec.Need{spec.NeedToken}, Run: listsAllTokens},
	{ID: "TOK-23", Needs: []spec.Need{spec.NeedToken, spec.NeedRestart}, Run: keepsTokensAcrossARestart},
}

// neverShowsATokenAgain asks where a token might stand, and then judges every
// answer and message of the whole run: it waits for the last probe.
func neverShowsATokenAgain(c *spec.C) {
	for _, path := range []string{protocol.PathToken, protocol.PathTokens, protocol.PathActiveOrders, protocol.PathHistory, protocol.Base} {
		c.Get(path)
	}
	if stream, _ := c.Connect(spec.ByMessage); stream != nil {
		stream.Close()
	}
	for _, shown := range c.Transcript().Revealed() {
		c.Expect(shown.Error, "a later answer").ProvedBy(shown).To(gomega.BeEmpty())
	}
}

func servesSeveralClients(c *spec.C) {
	const clients = 8
	answers := make([]*client.Response, clients)
	var wait sync.WaitGroup
	for i := range clients {
		other := c.Another()
		c.Later(other.Close)
		wait.Go(func() {
			answers[i] = other.Do(c, client.Request{Path: protocol.PathHistory, Token: c.Token()})
		})
	}
	wait.Wait()
	for _, res := range answers {
		c.Expect(res, "GET %s by one of %d clients with the same token at the same time", protocol.PathHistory, clients).To(match.Success())
	}
	for _, mode := range []spec.AuthMode{spec.ByHeader, spec.ByMessage, spec.ByHeader} {
		stream, reason := c.Connect(mode)
		c.Expect(stream != nil, "that a WebSocket beside others with the same token is served (%s)", reason).To(gomega.BeTrue())
	}
	c.Expect(c.Get(protocol.PathHistory), "GET %s beside the WebSockets", protocol.PathHistory).To(match.Success())
}

func revokesAToken(c *spec.C) {
	secret := further(c, "ttcheck-revoked")
	if secret == "" {
		c.Unsupported("no further token could be made (see TOK-16)")
	}
	before := c.Do(client.Request{Path: protocol.PathHistory, Token: secret})
	c.Expect(before, "GET %s under the token before it is revoked", protocol.PathHistory).To(match.Success())
	res := c.Revoke(secret)
	c.Expect(res, "DELETE %s", protocol.PathToken).To(match.Success())
	c.Expect(res, "the answer").To(match.ReturnCode(protocol.CodeTokenDeleted))
	for _, path := range []string{protocol.PathHistory, protocol.PathToken} {
		after := c.Do(client.Request{Path: path, Token: secret})
		c.Expect(after, "GET %s under the revoked token", path).To(match.Refusal())
	}
	stream, _ := c.ConnectAs(secret, spec.ByMessage)
	c.Expect(stream == nil, "that a WebSocket with the revoked token is not served").To(gomega.BeTrue())
	c.Expect(c.Get(protocol.PathHistory), "GET %s under the token that was not revoked", protocol.PathHistory).To(match.Success())
}

func tellsOfItsUse(c *spec.C) {
	used := c.Get(protocol.PathHistory)
	c.Expect(used, "GET %s", protocol.PathHistory).To(match.Success())
	res := c.Get(protocol.PathToken)
	c.Expect(res, "GET %s", protocol.PathToken).To(match.Success())
	o, err := res.Object()
	c.Expect(err, "the answer").ProvedBy(res.Exchange).To(match.OK())
	described := descriptionIn(o)
	_, err = described.Datetime("last_used")
	c.Expect(err, "last_used of a token that was used").ProvedBy(res.Exchange).To(match.OK())
	address, err := described.String("ip_address")
	c.Expect(err, "ip_address of a token that was used").ProvedBy(res.Exchange).To(match.OK())
	seen := net.ParseIP(address)
	c.Expect(seen != nil && seen.Equal(used.LocalIP), "that ip_address %.40q is the caller's, %v", address, used.LocalIP).
		ProvedBy(res.Exchange).To(gomega.BeTrue())
}

// descriptionIn finds the description of a token in an answer: under which key it
// stands is not documented.
func descriptionIn(o protocol.Object) protocol.Object {
	for key := range o {
		if inner, err := o.Object(key); err == nil && inner.Has("creation_date") {
			return inner
		}
	}
	return o
}

func listsAllTokens(c *spec.C) {
	res := c.Get(protocol.PathTokens)
	c.Expect(res, "GET %s", protocol.PathTokens).To(match.Success())
	o, err := res.Object()
	c.Expect(err, "the answer").ProvedBy(res.Exchange).To(match.OK())
	items, err := o.Objects("items")
	c.Expect(err, "the list of tokens").ProvedBy(res.Exchange).To(match.OK())
	count, err := o.Int("count")
	c.Expect(err, "the count of tokens").ProvedBy(res.Exchange).To(match.OK())
	c.Expect(count, "the count of tokens").ProvedBy(res.Exchange).To(gomega.BeEquivalentTo(len(items)))
	c.Expect(len(items), "the number of tokens listed, under a valid one").ProvedBy(res.Exchange).To(gomega.BeNumerically(">", 0))
	for _, item := range items {
		_, err := item.String("name")
		c.Expect(err, "the name of a token that is listed").ProvedBy(res.Exchange).To(match.OK())
	}
	if kind, _ := c.Unmet([]spec.Need{spec.NeedTokens}); kind == "" {
		listsANewToken(c, len(items))
	}
}

// listsANewToken makes a token and looks for it in the list.
func listsANewToken(c *spec.C, before int) {
	const name = "ttcheck-listed"
	if further(c, name) == "" {
		return
	}
	res := c.Get(protocol.PathTokens)
	o, _ := res.Object()
	items, _ := o.Objects("items")
	listed := slices.ContainsFunc(items, func(item protocol.Object) bool {
		itsName, _ := item.String("name")
		return itsName == name
	})
	c.Expect(listed, "that a new token is among the %d listed (%d before)", len(items), before).ProvedBy(res.Exchange).To(gomega.BeTrue())
}

func keepsTokensAcrossARestart(c *spec.C) {
	if err := c.Target.Restart(c); err != nil {
		c.Broken("the set-up failed: restart the gateway: %v", err)
	}
	res := c.Do(client.Request{Path: protocol.PathHistory, Token: c.Token()})
	c.Expect(res, "GET %s after a restart, under a token from before", protocol.PathHistory).To(match.Success())
}
