package token

import (
	"net/http"
	"sync"
	"time"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/spec"
)

// How tokens are asked for while a window is observed, and what is kept of it.

const (
	// An observation polls before the button is pressed, as a client does that
	// waits for it: for pollSpan of protocol time, within these bounds.
	pollSpan               = time.Second
	fewestPolls, mostPolls = 5, 12
)

// Window is what was seen of one token window.
type Window struct {
	// Stray tells that a window was open before the button was pressed; it was
	// left to end before anything else was asked.
	Stray  bool
	Before []*client.Response // asked before the press
	Press  client.Press
	// Asked are the requests in the window, or after it: the first two at the
	// same time.
	Asked []Ask
	// After is one more request, right after a token was given; nil if none was.
	After *client.Response
	// Delay is how long after the press the first token was given, if it took
	// several tries.
	Delay time.Duration
	// Post is the answer to a POST without a token in the window; nil if none was
	// sent.
	Post *client.Response
}

// Ask is one request for a token.
type Ask struct {
	Name     string // the name asked for; empty for none
	Response *client.Response
	Token    protocol.Object  // nil if there was none in the answer
	Used     *client.Response // the answer to a request under the token; nil if none was sent
}

// Secret is the token itself, or "".
func (a Ask) Secret() string {
	secret, _ := a.Token.String("token")
	return secret
}

// isGiven tells whether the request was granted with a token. A refusal that shows
// one grants nothing.
func (a Ask) isGiven() bool { return a.Secret() != "" && a.Response.Status/100 == 2 }

// Given returns the requests that were granted with a token.
func (w Window) Given() []Ask {
	var given []Ask
	for _, ask := range w.Asked {
		if ask.isGiven() {
			given = append(given, ask)
		}
	}
	return given
}

// FirstToken is the first token that was given and works. If none works it is
// just the first, and if none was given "".
func (w Window) FirstToken() string {
	given := w.Given()
	for _, ask := range given {
		if ask.Used != nil && ask.Used.Status/100 == 2 {
			return ask.Secret()
		}
	}
	if len(given) > 0 {
		return given[0].Secret()
	}
	return ""
}

// LastAnswer is the answer to the last request in the window.
func (w Window) LastAnswer() *client.Response { return w.Asked[len(w.Asked)-1].Response }

// ask asks for a token, under a name if it is not empty.
func ask(s *spec.Scene, name string) Ask {
	res, token := s.GenerateToken(name)
	return Ask{Name: name, Response: res, Token: token}
}

// poll asks as a client does that waits for the button, until it is given a token
// although nobody pressed.
func poll(s *spec.Scene) ([]*client.Response, error) {
	var asked []*client.Response
	for began := time.Now(); len(asked) < mostPolls; {
		if len(asked) >= fewestPolls && time.Since(began) >= s.Real(pollSpan) {
			break
		}
		one := ask(s, "")
		asked = append(asked, one.Response)
		if one.isGiven() {
			break
		}
		if err := s.Until(time.Now().Add(s.Real(pollSpan) / mostPolls)); err != nil {
			return asked, err
		}
	}
	return asked, nil
}

// calm waits for the end of a window that somebody opened before the run. It returns the
// refusal that tells that there was none; nil if there was one. The first token closes
// it, or else its time.
func calm(s *spec.Scene) (refusal *client.Response, err error) {
	first := ask(s, "")
	if !first.isGiven() {
		return first.Response, nil
	}
	if !ask(s, "").isGiven() {
		return nil, nil
	}
	at := time.Now().Add(s.Real(s.Timing.TokenWindow) + s.Grace())
	s.Waiting("the end of a token window that was open before the run", at)
	return nil, s.Until(at)
}

// race asks for tokens at the same time.
func race(s *spec.Scene, names ...string) []Ask {
	asked := make([]Ask, len(names))
	var wait sync.WaitGroup
	for i, name := range names {
		wait.Go(func() { asked[i] = ask(s, name) })
	}
	wait.Wait()
	return asked
}

// settle asks once more after a token was given, and uses what was given.
func settle(s *spec.Scene, w Window) (Window, error) {
	if w.FirstToken() == "" {
		return w, nil
	}
	after := ask(s, "")
	w.After = after.Response
	for i, given := range w.Asked {
		if given.isGiven() {
			w.Asked[i].Used = s.Do(client.Request{Path: protocol.PathHistory, Token: given.Secret()})
		}
	}
	if !after.isGiven() {
		return w, nil
	}
	return w, waitOut(s, w)
}

// waitOut waits for the end of a window that may still be open: what a press inside
// it would do is not documented.
func waitOut(s *spec.Scene, w Window) error {
	at := w.Press.Latest.Add(w.Delay + s.Real(s.Timing.TokenWindow) + s.Grace())
	s.Waiting("the end of a token window that no token closed", at)
	return s.Until(at)
}

// taken tells whether a token was given to somebody else since before: there are
// more of them now. It needs a token to ask, and a gateway that tells.
func taken(s *spec.Scene, before int) bool {
	if before < 0 {
		return false
	}
	now, _ := listed(s)
	return now > before
}

// post asks for a token by POST with the given header. A token that comes is the
// run's own to revoke, though it should not have come.
func post(s *spec.Scene, header http.Header) *client.Response {
	res := s.Do(client.Request{Method: http.MethodPost, Path: protocol.PathGenerate, Header: header})
	if o, err := res.Object(); err == nil {
		if token, err := o.Object("token"); err == nil {
			if secret, err := token.String("token"); err == nil {
				s.OwnToken(secret)
			}
		}
	}
	return res
}
