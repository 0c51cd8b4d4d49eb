package token

import (
	"net/http"
	"slices"
	"time"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/spec"
)

const (
	// eager is how often a press whose effect is not seen at once is asked after.
	eager = 100 * time.Millisecond

	lateName    = "the end of a token window, to ask just before it"
	expiredName = "the end of a token window, to ask just after it"
)

// lateNames are the names that are asked for in a window. Which names a gateway
// takes is not documented; hardly any refuses these. They have letters of both cases,
// and differ late, so that a name that is changed or cut is seen.
var lateNames = []string{"TTcheckLeft", "TTcheckRight"}

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

func observeQuick(s *spec.Scene) (Window, error) {
	refusal, err := calm(s)
	if err != nil {
		return Window{}, err
	}
	before, _ := listed(s)
	w, err := open(s)
	if err != nil {
		return w, err
	}
	if w.Stray = refusal == nil; !w.Stray {
		w.Before = append([]*client.Response{refusal}, w.Before...)
	}
	return askAtOnce(s, w, before)
}

// askAtOnce asks in a window that was just opened; before is how many tokens there were.
func askAtOnce(s *spec.Scene, w Window, before int) (Window, error) {
	w.Asked = race(s, "", "")
	for give := time.Now().Add(spec.Patience); w.FirstToken() == "" && time.Now().Before(give); {
		if err := s.Until(time.Now().Add(eager)); err != nil {
			return w, err
		}
		w.Asked = append(w.Asked, ask(s, ""))
		w.Delay = w.LastAnswer().Received.Sub(w.Press.Latest)
	}
	if w.FirstToken() == "" && taken(s, before) {
		return w, spec.Inconclusive("somebody else was given a token as soon as the button was pressed")
	}
	return settle(s, w)
}

func observeLate(s *spec.Scene) (Window, error) {
	before, _ := listed(s)
	w, err := open(s)
	if err != nil {
		return w, err
	}
	return askLate(s, w, before)
}

// askLate asks just before the end of a window; before is how many tokens there were.
func askLate(s *spec.Scene, w Window, before int) (Window, error) {
	at := w.Press.Earliest.Add(s.Real(s.Timing.TokenWindow) - s.Grace() - s.Slack()/2)
	s.Waiting(lateName, at)
	if err := s.Until(at); err != nil {
		return w, err
	}
	w.Asked = race(s, lateNames...)
	if slices.ContainsFunc(w.Asked, nameRefused) && w.FirstToken() == "" {
		w.Asked = append(w.Asked, ask(s, ""))
	}
	if w.FirstToken() != "" {
		return settle(s, w)
	}
	somebodyElse := taken(s, before)
	if err := waitOut(s, w); err != nil {
		return w, err
	}
	// Only a refusal that came back before the end proves anything.
	end := w.Press.Earliest.Add(s.Real(s.Timing.TokenWindow - s.Settings.Grace))
	if late := w.LastAnswer().Received.Sub(end); late > 0 {
		return w, spec.Inconclusive("the request just before the end of the window was answered %v too late to tell", late)
	}
	if somebodyElse {
		return w, spec.Inconclusive("somebody else was given a token in the window")
	}
	return w, nil
}

// nameRefused tells whether a request was refused for the name that it asks for.
func nameRefused(a Ask) bool {
	return a.Response.Status == http.StatusBadRequest || spec.ReturnCode(a.Response) == protocol.CodeBadTokenName
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
	w.Post = post(s, nil)
	return askTooLate(s, w, quick.Delay)
}

// askTooLate asks just after the end of a window of a gateway that takes a press in with
// a delay.
func askTooLate(s *spec.Scene, w Window, delay time.Duration) (Window, error) {
	at := w.Press.Latest.Add(delay + s.Real(s.Timing.TokenWindow) + s.Grace())
	s.Waiting(expiredName, at)
	if err := s.Until(at); err != nil {
		return w, err
	}
	w.Asked = []Ask{ask(s, "")}
	// A refusal that was asked for too late passes on a window that is too long.
	last := w.Asked[0]
	if late := last.Response.Sent.Sub(at); !last.isGiven() && late > s.Grace() {
		return w, spec.Inconclusive("the request just after the end of the window went out %v too late to tell", late)
	}
	return w, nil
}

// open polls, and then has the button pressed.
func open(s *spec.Scene) (w Window, err error) {
	if w.Before, err = poll(s); err != nil {
		return w, err
	}
	w.Press, err = s.Target.Press.Press(s)
	return w, err
}
