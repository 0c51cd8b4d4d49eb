package token

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/spec"
)

const unpolledName = "token windows before which nobody asks for a token"

// Unpolled are windows before which nobody asked for a token, like those of the other
// probes but for that. There is one only where the like of it was not as it should be:
// it tells whether the polling is to blame.
type Unpolled struct{ Quick, Late, Expired *Window }

// UnpolledWindows are opened on a gateway whose windows are not as they should be, and
// on no other: each waits for minutes.
var UnpolledWindows = &spec.Probe[Unpolled]{
	Name: unpolledName, Lane: spec.ButtonLane, Needs: []spec.Need{spec.NeedButton},
	Takes: func(t protocol.Timing) time.Duration { return 2 * t.TokenWindow },
	Run:   observeUnpolled,
}

func observeUnpolled(s *spec.Scene) (u Unpolled, err error) {
	quick, err := QuickWindow.Now(s, s.Env)
	if err == nil && !isGranted(quick) {
		if u.Quick, err = unpolled(s, askAtOnce); err != nil {
			return u, err
		}
	}
	late, err := LateWindow.Now(s, s.Env)
	if err == nil && !isGranted(late) {
		if u.Late, err = unpolled(s, askLate); err != nil {
			return u, err
		}
	}
	expired, err := ExpiredWindow.Now(s, s.Env)
	if err == nil && isGranted(expired) {
		u.Expired, err = unpolled(s, func(s *spec.Scene, w Window, _ int) (Window, error) {
			return askTooLate(s, w, quick.Delay)
		})
		return u, err
	}
	return u, nil // a window that could not be watched tells why by itself
}

// unpolled watches a window before which nothing was asked for as long as a window is
// open.
func unpolled(s *spec.Scene, watch func(s *spec.Scene, w Window, before int) (Window, error)) (*Window, error) {
	before, _ := listed(s)
	at := time.Now().Add(s.Real(s.Timing.TokenWindow) + s.Grace())
	s.Waiting("some quiet before a token window", at)
	if err := s.Until(at); err != nil {
		return nil, err
	}
	press, err := s.Target.Press.Press(s)
	if err != nil {
		return nil, err
	}
	w, err := watch(s, Window{Press: press}, before)
	return &w, err
}

// NamedWindow is a window in which first a name is asked for that the gateway refuses,
// and then none. It is opened only if a further token shows that it refuses the name;
// if not, it is nil.
var NamedWindow = &spec.Probe[*Window]{
	Name: "a token after a name that is refused", Lane: spec.ButtonLane,
	Needs: []spec.Need{spec.NeedButton, spec.NeedToken, spec.NeedTokens},
	Takes: func(t protocol.Timing) time.Duration { return 2 * t.TokenWindow },
	Run:   observeNamed,
}

// oddNames are names that a gateway may refuse.
var oddNames = []string{strings.Repeat("k", 300), "k\x00k", "\u202e"}

func observeNamed(s *spec.Scene) (*Window, error) {
	refused := slices.IndexFunc(oddNames, func(name string) bool {
		res, _ := s.FurtherToken(s.Token(), name)
		return res.Status == http.StatusBadRequest
	})
	if refused < 0 {
		return nil, nil
	}
	press, err := s.Target.Press.Press(s)
	if err != nil {
		return nil, err
	}
	w := Window{Press: press, Before: []*client.Response{}, Asked: []Ask{ask(s, oddNames[refused])}}
	if w.FirstToken() == "" {
		w.Asked = append(w.Asked, ask(s, ""))
	}
	w, err = settle(s, w)
	return &w, err
}
