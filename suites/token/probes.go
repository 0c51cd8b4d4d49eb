package token

import (
	"sync"
	"time"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/spec"
)

const (
	// lane keeps the windows apart: there is one button. Cases that have tokens
	// made without it keep out of it too, for a token may close a window.
	// polls is how often an observation asks before the button is pressed, as a
	// client does that waits for it.
	polls   = 5
	pollGap = 200 * time.Millisecond // of protocol time
	// eager is how often a press whose effect is not seen at once is asked after.
	eager = 100 * time.Millisecond

	lateName    = "the end of a token window, to ask just before it"
	expiredName = "the end of a token window, to ask just after it"
)

// The three windows that a run opens, one after the other. In the first a token
// is asked for at once, in the second just before the end, in the third just
// after it.
var (
	QuickWindow = &spec.Probe[Window]{
		Name: "the first token", Lane: spec.ButtonLane, Needs: []spec.Need{spec.NeedButton},
		Takes: func(protocol.Timing) time.Duration { return time.Second },
		Run:   observeQuick,
	}
	LateWindow = &spec.Probe[Window]{
		Name: lateName, Lane: spec.ButtonLane, Needs: []spec.Need{spec.NeedButton},
		Takes: func(t protocol.Timing) time.Duration { return t.TokenWindow },
		Run:   observeLate,
	}
	ExpiredWindow = &spec.Probe[Window]{
		Name: expiredName, Lane: spec.ButtonLane, Needs: []spec.Need{spec.NeedButton},
		Takes: func(t protocol.Timing) time.Duration { return 2 * t.TokenWindow },
		Run:   observeExpired,
	}
)

// Window is what was seen of one token window.
type Window struct {
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
}

// Ask is one request for a token.
type Ask struct {
	Name     string // the name asked for; empty for none
	Response *client.Response
	Token    protocol.Object // nil if there was none in the answer
}

// Secret is the token itself, or "".
func (a Ask) Secret() string {
	secret, _ := a.Token.String("token")
	return secret
}

// Given returns the requests that were answered with a token.
func (w Window) Given() []Ask {
	var given []Ask
	for _, ask := range w.Asked {
		if ask.Secret() != "" {
			given = append(given, ask)
		}
	}
	return given
}

// FirstToken is the first token that was given, or "".
func (w Window) FirstToken() string {
	for _, ask := range w.Given() {
		return ask.Secret()
	}
	return ""
}

// LastAnswer is the answer to the last request in the window.
func (w Window) LastAnswer() *client.Response { return w.Asked[len(w.Asked)-1].Response }

func observeQuick(s *spec.Scene) (Window, error) {
	w, err := open(s)
	if err != nil {
		return w, err
	}
	w.Asked = race(s, "", "")
	for give := time.Now().Add(spec.Patience); w.FirstToken() == "" && time.Now().Before(give); {
		if err := s.Until(time.Now().Add(eager)); err != nil {
			return w, err
		}
		res, token := s.GenerateToken("")
		w.Asked = append(w.Asked, Ask{Response: res, Token: token})
		w.Delay = res.Received.Sub(w.Press.Latest)
	}
	return settle(s, w)
}

func observeLate(s *spec.Scene) (Window, error) {
	w, err := open(s)
	if err != nil {
		return w, err
	}
	at := w.Press.Earliest.Add(s.Real(s.Timing.TokenWindow) - s.Grace() - s.Slack()/2)
	s.Waiting(lateName, at)
	if err := s.Until(at); err != nil {
		return w, err
	}
	w.Asked = race(s, "ttcheck-a", "ttcheck-b")
	// Only a refusal that came back before the end proves anything.
	end := w.Press.Earliest.Add(s.Real(s.Timing.TokenWindow - s.Settings.Grace))
	if late := w.LastAnswer().Received.Sub(end); w.FirstToken() == "" && late > 0 {
		return w, spec.Inconclusive("the request just before the end of the window was answered %v too late to tell", late)
	}
	return settle(s, w)
}

func observeExpired(s *spec.Scene) (Window, error) {
	quick, err := QuickWindow.Now(s, s.Env)
	if err != nil {
		return Window{}, err
	}
	w, err := open(s)
	if err != nil {
		return w, err
	}
	at := w.Press.Latest.Add(quick.Delay + s.Real(s.Timing.TokenWindow) + s.Grace())
	s.Waiting(expiredName, at)
	if err := s.Until(at); err != nil {
		return w, err
	}
	res, token := s.GenerateToken("")
	w.Asked = []Ask{{Response: res, Token: token}}
	// A refusal that was asked for too late passes on a window that is too long.
	if late := res.Sent.Sub(at); token == nil && late > s.Grace() {
		return w, spec.Inconclusive("the request just after the end of the window went out %v too late to tell", late)
	}
	return w, nil
}

// open asks a few times, as a client does that polls, and has the button pressed.
func open(s *spec.Scene) (Window, error) {
	var w Window
	for range polls {
		res, _ := s.GenerateToken("")
		w.Before = append(w.Before, res)
		if err := s.Until(time.Now().Add(s.Real(pollGap))); err != nil {
			return w, err
		}
	}
	var err error
	w.Press, err = s.Target.Press.Press(s)
	return w, err
}

// race asks for two tokens at the same time.
func race(s *spec.Scene, names ...string) []Ask {
	asked := make([]Ask, len(names))
	var wait sync.WaitGroup
	for i, name := range names {
		wait.Go(func() {
			res, token := s.GenerateToken(name)
			asked[i] = Ask{Name: name, Response: res, Token: token}
		})
	}
	wait.Wait()
	return asked
}

// settle asks once more after a token was given. A window that is still open
// then is waited out, because what a press inside it would do is not documented.
func settle(s *spec.Scene, w Window) (Window, error) {
	if w.FirstToken() == "" {
		return w, nil
	}
	var token protocol.Object
	w.After, token = s.GenerateToken("")
	if token == nil {
		return w, nil
	}
	at := w.Press.Latest.Add(w.Delay + s.Real(s.Timing.TokenWindow) + s.Grace())
	s.Waiting("the end of a token window that a token did not close", at)
	return w, s.Until(at)
}
