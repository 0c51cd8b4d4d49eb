package spec

import (
	"slices"
	"strings"
	"testing"
	"time"

	"ttcheck/protocol"
)

func TestFullName(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		k    Case
		want string
	}{
		{Case{ID: "ONL-01"}, "ONL-01"},
		{Case{ID: "AUTH-01", Name: "GET /orders"}, "AUTH-01 GET /orders"},
	} {
		if got := x.k.FullName(); got != x.want {
			t.Errorf("%q, want %q", got, x.want)
		}
	}
}

// TestLaneOfTokens: whatever may have tokens made keeps out of the windows of the
// button, whether it says so or not.
func TestLaneOfTokens(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		k    Case
		want string
	}{
		{Case{}, ""},
		{Case{Needs: []Need{NeedToken, NeedButton, NeedOrders}}, ""},
		{Case{Needs: []Need{NeedToken, NeedTokens}}, ButtonLane},
		{Case{Lane: "another", Needs: []Need{NeedTokens}}, "another"},
		{Case{Lane: "another"}, "another"},
	} {
		if got := x.k.LaneName(); got != x.want {
			t.Errorf("%+v: %q, want %q", x.k, got, x.want)
		}
	}
}

// TestUnknownRequirement: a case that checks nothing known is a mistake that must
// not go unseen.
func TestUnknownRequirement(t *testing.T) {
	t.Parallel()
	defer func() {
		if r, ok := recover().(string); !ok || !strings.Contains(r, `"ONL-99 x" names no requirement`) {
			t.Errorf("the panic is %v", r)
		}
	}()
	Case{ID: "ONL-99", Name: "x"}.Requirement()
}

func TestLabels(t *testing.T) {
	t.Parallel()
	silence := &Probe[int]{
		Name: "silence", Needs: []Need{NeedToken, NeedOrders},
		Takes: func(timing protocol.Timing) time.Duration { return timing.TokenDeadline },
	}
	glance := &Probe[int]{Name: "glance", Takes: func(protocol.Timing) time.Duration { return 0 }}
	for _, x := range []struct {
		k    Case
		want []string
	}{
		{Case{ID: "ONL-01"}, []string{"online", "MUST", "quickstart", "ONL-01"}},
		{Case{ID: "TOK-24", Needs: []Need{NeedToken, NeedTokens}}, []string{"token", "INFO", "reference", "TOK-24", "token", "tokens"}},
		{
			Case{ID: "ONL-01", Needs: []Need{NeedButton, NeedToken}, Probes: []AnyProbe{silence, silence}},
			[]string{"online", "MUST", "quickstart", "ONL-01", "button", "token", "orders", "slow"},
		},
		{Case{ID: "ONL-01", Probes: []AnyProbe{glance}}, []string{"online", "MUST", "quickstart", "ONL-01"}},
	} {
		if got := x.k.Labels(); !slices.Equal(got, x.want) {
			t.Errorf("%q, want %q", got, x.want)
		}
	}
}

// TestNeedsStayAsTheyAre: the cases of a chapter are shared by all who ask.
func TestNeedsStayAsTheyAre(t *testing.T) {
	t.Parallel()
	shared := append(make([]Need, 0, 8), NeedToken)
	k := Case{ID: "ONL-01", Needs: shared, Probes: []AnyProbe{&Probe[int]{Needs: []Need{NeedButton}}}}
	if got := k.AllNeeds(); !slices.Equal(got, []Need{NeedToken, NeedButton}) {
		t.Errorf("the needs are %q", got)
	}
	if shared[:2][1] != "" || !slices.Equal(k.Needs, []Need{NeedToken}) {
		t.Error("the case's own needs have been changed")
	}
}
