package spec

import (
	"context"
	"slices"
	"testing"
	"time"

	"ttcheck/client"
	"ttcheck/internal/link"
	"ttcheck/internal/link/lan"
	"ttcheck/protocol"
	"ttcheck/report"
)

func TestSpeed(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	for _, x := range []struct {
		speedup                      float64
		real, protocol, slack, grace time.Duration // of 20 s, of 20 s, in all, of 1 s
	}{
		{0, 20 * time.Second, 20 * time.Second, 250 * ms, 1250 * ms},
		{1, 20 * time.Second, 20 * time.Second, 250 * ms, 1250 * ms},
		{0.5, 40 * time.Second, 10 * time.Second, 250 * ms, 2250 * ms},
		{20, time.Second, 400 * time.Second, 250 * ms, 300 * ms},
		{100, 200 * ms, 2000 * time.Second, 50 * ms, 60 * ms},
	} {
		e := NewEnv(Target{}, Settings{Speedup: x.speedup, Grace: time.Second})
		for what, pair := range map[string][2]time.Duration{
			"the real time of 20 s":     {e.Real(20 * time.Second), x.real},
			"the protocol time of 20 s": {e.Protocol(20 * time.Second), x.protocol},
			"the slack":                 {e.Slack(), x.slack},
			"the grace":                 {e.Grace(), x.grace},
		} {
			if pair[0] != pair[1] {
				t.Errorf("%g times: %s is %v, want %v", x.speedup, what, pair[0], pair[1])
			}
		}
	}
}

// TestUnmetLeave goes through every need, every single permission, and none.
func TestUnmetLeave(t *testing.T) {
	t.Parallel()
	asks := map[Need]Leave{
		NeedToken: "", NeedButton: "", NeedRestart: "", NeedReaddress: "", NeedLink: "",
		NeedTokens: "orders", NeedOrders: "orders", NeedOrdersLeave: "orders",
		NeedDestructive: "destructive", NeedSettings: "settings", NeedRobustness: "robustness",
	}
	for need, leave := range asks {
		for _, given := range append(slices.Clone(Leaves), "") {
			for _, embedded := range []bool{false, true} {
				e := whole(embedded, given)
				kind, reason := e.Unmet([]Need{NeedToken, need})
				if leave == "" || leave == given || embedded {
					if kind != "" || reason != "" {
						t.Errorf("%s with leave %q, embedded %t: %s (%s), want none", need, given, embedded, kind, reason)
					}
					continue
				}
				if want := "needs leave: --allow " + string(leave); kind != report.NotPermitted || reason != want {
					t.Errorf("%s with leave %q: %s (%s), want %s", need, given, kind, reason, want)
				}
			}
		}
	}
}

// whole is a run in which nothing is missing but leave.
func whole(embedded bool, leaves ...Leave) *Env {
	e := NewEnv(Target{
		Embedded:  embedded,
		Press:     client.PressFunc(func() {}),
		Restarter: client.RestartFunc(func(context.Context, bool) error { return nil }),
		Links:     []link.Link{new(lan.Network).Host("10.77.0.1/24")},
	}, Settings{Allowed: leaves})
	e.UseToken(goodToken)
	return e
}

func TestUnmetMeans(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name   string
		lack   func(e *Env)
		need   Need
		kind   report.SkipKind
		reason string
	}{
		{"token", func(e *Env) { e.UseToken("") }, NeedToken, report.Unsupported, "needs a token, and the gateway gave none"},
		{"button", func(e *Env) { e.Target.Press = nil }, NeedButton, report.NeedsOperator, "needs the button: --press prompt, exec:COMMAND or http:URL"},
		{"restart", func(e *Env) { e.Target.Restarter = nil }, NeedRestart, report.NeedsOperator, "needs a restart of the gateway: --restart-cmd COMMAND or --press prompt"},
		{"another address", func(e *Env) { e.Target.Restarter = nil }, NeedReaddress, report.NeedsOperator, "needs the gateway to change its address: --restart-cmd COMMAND or --press prompt"},
		{"link", func(e *Env) { e.Target.Links, e.Target.NoLink = nil, "there is none" }, NeedLink, report.Unsupported, "there is none"},
		{"orders", func(e *Env) { e.NoOrders("POST is answered HTTP 405") }, NeedOrders, report.Unsupported, "needs orders: POST is answered HTTP 405"},
	} {
		for _, embedded := range []bool{false, true} {
			e := whole(embedded, Leaves...)
			if kind, reason := e.Unmet([]Need{x.need}); kind != "" {
				t.Errorf("%s, with everything: %s (%s)", x.name, kind, reason)
			}
			x.lack(e)
			for _, needs := range [][]Need{{x.need}, {NeedTokens, x.need}} {
				if kind, reason := e.Unmet(needs); kind != x.kind || reason != x.reason {
					t.Errorf("%s, embedded %t: %s (%s), want %s (%s)", x.name, embedded, kind, reason, x.kind, x.reason)
				}
			}
			others := slices.DeleteFunc([]Need{
				NeedToken, NeedButton, NeedTokens, NeedOrders, NeedOrdersLeave, NeedDestructive, NeedSettings, NeedRobustness, NeedRestart, NeedReaddress, NeedLink,
			}, func(n Need) bool {
				return n == x.need || (x.need == NeedRestart && n == NeedReaddress) || (x.need == NeedReaddress && n == NeedRestart)
			})
			if kind, reason := e.Unmet(others); kind != "" {
				t.Errorf("%s: others are not met either: %s (%s)", x.name, kind, reason)
			}
		}
	}
}

// TestUnmetLeaveComesFirst: without leave it does not matter what else is missing.
func TestUnmetLeaveComesFirst(t *testing.T) {
	t.Parallel()
	e := NewEnv(Target{}, Settings{})
	if kind, _ := e.Unmet([]Need{NeedToken, NeedButton, NeedOrders}); kind != report.NotPermitted {
		t.Errorf("the kind is %q", kind)
	}
	if kind, reason := e.Unmet(nil); kind != "" || reason != "" {
		t.Errorf("of no need: %s (%s)", kind, reason)
	}
}

func TestInProfile(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		selected string
		want     []bool // quickstart, reference, robustness
	}{
		{"quickstart", []bool{true, false, false}},
		{"reference", []bool{true, true, false}},
		{"full", []bool{true, true, true}},
	} {
		e := NewEnv(Target{}, Settings{Profile: x.selected})
		for i, p := range []protocol.Profile{protocol.Quickstart, protocol.Reference, protocol.Robustness} {
			if got := e.InProfile(p); got != x.want[i] {
				t.Errorf("%s in %s is %t, want %t", p, x.selected, got, x.want[i])
			}
		}
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	e := NewEnv(Target{}, Settings{})
	if e.Token() != "" || len(e.OwnTokens()) > 0 {
		t.Fatal("a run begins with tokens")
	}
	e.OwnToken(goodToken)
	e.UseToken(goodToken) // it was made by the run, and then used
	e.OwnToken(otherToken)
	e.OwnToken(otherToken)
	own := e.OwnTokens()
	if e.Token() != goodToken || !slices.Equal(own, []string{goodToken, otherToken}) {
		t.Errorf("uses %s, owns %q", e.Token(), own)
	}
	own[0] = ""
	if e.OwnTokens()[0] != goodToken {
		t.Error("the list that was returned is the run's own")
	}
	for _, token := range []string{goodToken, otherToken} {
		if shown := e.Secrets().Redact("Bearer of " + token); shown != "Bearer of "+protocol.Redact(token) {
			t.Errorf("it is shown as %q", shown)
		}
	}
}

// TestGivenToken: a token that the operator gave is not the run's to revoke, even
// if the gateway hands it out as a new one.
func TestGivenToken(t *testing.T) {
	t.Parallel()
	e := NewEnv(Target{}, Settings{})
	e.UseToken(goodToken)
	e.OwnToken(goodToken)
	if own := e.OwnTokens(); len(own) > 0 {
		t.Errorf("the run owns %q", own)
	}
}

type waiter struct {
	report.Listener
	what  string
	until time.Time
}

func (w *waiter) Waiting(what string, until time.Time) { w.what, w.until = what, until }

func TestWaiting(t *testing.T) {
	t.Parallel()
	NewEnv(Target{}, Settings{}).Waiting("nobody to hear", time.Time{})
	told, at := &waiter{}, time.Now()
	NewEnv(Target{}, Settings{Listener: told}).Waiting("the end", at)
	if told.what != "the end" || !told.until.Equal(at) {
		t.Errorf("told of %q until %v", told.what, told.until)
	}
}
