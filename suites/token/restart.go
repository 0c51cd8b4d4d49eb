package token

import (
	"time"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// The cases on what becomes of tokens in a restart. They share one: an operator may have
// to see to it.
var restartCases = []spec.Case{
	{ID: "TOK-23", Needs: []spec.Need{spec.NeedToken, spec.NeedRestart}, Lane: restartLane, Run: keepsTokensAcrossARestart},
	{ID: "TOK-23", Name: "made without the button", Needs: overRestart, Lane: restartLane, Run: keepsAFurtherToken},
	{ID: "TOK-19", Name: "across a restart", Needs: overRestart, Lane: restartLane, Run: keepsARevocation},
}

var overRestart = []spec.Need{spec.NeedToken, spec.NeedTokens, spec.NeedRestart}

// restartLane keeps the cases out of the button's lane, which the restart takes.
const restartLane = "tokens across a restart"

// restarted is made when the first of the cases asks for it, and not beside others.
var restarted = &spec.Probe[Restarted]{
	Name: "tokens across a restart of the gateway", Lane: spec.ButtonLane,
	Takes: func(protocol.Timing) time.Duration { return 0 },
	Needs: []spec.Need{spec.NeedToken, spec.NeedRestart},
	Run:   observeRestart,
}

// Restarted is how tokens were accepted before a restart and after it.
type Restarted struct {
	WentDown bool // the gateway was seen to
	// Own is the run's token. Further was made without the button, and Revoked was
	// revoked, unless the run has no leave for that.
	Own, Further, Revoked Tried
}

// Tried is what a request under a token was answered, before and after. Both are nil if
// there was no such token.
type Tried struct{ Before, After *client.Response }

func observeRestart(s *spec.Scene) (seen Restarted, err error) {
	tokens := map[*Tried]string{&seen.Own: s.Token()}
	if kind, _ := s.Unmet([]spec.Need{spec.NeedTokens}); kind == "" {
		if made := further(s); made != "" {
			tokens[&seen.Further] = made
		}
		if made := further(s); made != "" {
			s.Revoke(made)
			tokens[&seen.Revoked] = made
		}
	}
	ask := func(token string) *client.Response {
		return s.Do(client.Request{Path: protocol.PathHistory, Token: token})
	}
	for tried, token := range tokens {
		tried.Before = ask(token)
	}
	if seen.WentDown, err = s.Restart(s); err != nil {
		return seen, err
	}
	for tried, token := range tokens {
		tried.After = ask(token)
	}
	return seen, nil
}

// afterRestart returns what was seen of the restart, which it makes if it is not made yet.
func afterRestart(c *spec.C) Restarted {
	_, _ = restarted.Now(c, c.Env)
	seen := restarted.Of(c)
	if !seen.WentDown {
		c.Note("a restart was ordered, but the gateway was not seen to go down")
	}
	return seen
}

// good tells whether a token was there and accepted before the restart.
func (t Tried) good() bool { return t.Before != nil && t.Before.Status/100 == 2 }

func keepsTokensAcrossARestart(c *spec.C) {
	own := afterRestart(c).Own
	if !own.good() {
		c.Unsupported("the token is not good even before the restart: %s", own.Before)
	}
	c.Expect(own.After, "GET %s under a token from before the restart, after it", protocol.PathHistory).To(match.Success())
}

// keepsAFurtherToken judges a token that a gateway may keep in another place than those
// of the window.
func keepsAFurtherToken(c *spec.C) {
	made := afterRestart(c).Further
	if !made.good() {
		c.Unsupported("no further token could be made (see TOK-16)")
	}
	c.Expect(made.After, "GET %s under a further token from before the restart, after it", protocol.PathHistory).To(match.Success())
}

func keepsARevocation(c *spec.C) {
	revoked := afterRestart(c).Revoked
	switch {
	case revoked.Before == nil:
		c.Unsupported("no further token could be made (see TOK-16)")
	case revoked.good():
		c.Unsupported("a revoked token is good even before the restart")
	}
	c.Expect(revoked.After, "GET %s under a token that was revoked before a restart, after it", protocol.PathHistory).To(match.Refusal())
}
