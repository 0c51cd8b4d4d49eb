package token

import (
	"errors"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// The case on where a token may not stand.
var secrecyCases = []spec.Case{
	{
		ID: "TOK-15", Lane: spec.ButtonLane, Needs: []spec.Need{spec.NeedToken},
		Probes: []spec.AnyProbe{QuickWindow, LateWindow, ExpiredWindow}, Run: neverShowsATokenAgain,
	},
}

// neverShowsATokenAgain asks where a token might stand, and then judges every
// answer and message of the whole run so far: it waits for the last window.
func neverShowsATokenAgain(c *spec.C) {
	asksEverywhere(c)
	if kind, _ := c.Unmet([]spec.Need{spec.NeedTokens}); kind == "" {
		if secret := further(c.Scene); secret != "" {
			c.Do(client.Request{Path: protocol.PathToken, Token: secret})
			c.Get(protocol.PathTokens)
			c.Revoke(secret)
			c.Do(client.Request{Path: protocol.PathToken, Token: secret})
			c.Serves(secret, spec.ByMessage)
		}
	}
	for _, shown := range c.Transcript().Revealed() {
		c.Expect(errors.New(shown.Error), "a later answer").ProvedBy(shown).To(match.NoFault("hold no token"))
	}
}

// asksEverywhere reads whatever can be read without naming an order.
func asksEverywhere(c *spec.C) {
	for _, endpoint := range protocol.Secured {
		if endpoint.Effect == protocol.Reads && endpoint.Path != protocol.PathOrder("{id}") {
			c.Get(endpoint.Path)
		}
	}
	c.Get(protocol.Base)
	for _, mode := range []spec.AuthMode{spec.ByHeader, spec.ByMessage} {
		if stream, _ := c.Connect(mode); stream != nil {
			_ = stream.Authenticate(c.Token()) // a second time, to see what comes of it
			_ = stream.Ping("and then")
			ctx, cancel := c.Within(spec.Patience)
			stream.AwaitPong(ctx, "and then")
			cancel()
			stream.Close()
		}
	}
}
