package spec

import (
	"testing"

	"go.uber.org/goleak"

	"ttcheck/protocol"
	"ttcheck/report"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// idOf is a requirement of the level.
func idOf(level protocol.Level) string {
	for _, r := range protocol.Catalogue {
		if r.Level == level {
			return r.ID
		}
	}
	panic("the catalogue has no requirement of level " + string(level))
}

// nowhere is a run without a gateway.
func nowhere(t *testing.T) *Env {
	t.Helper()
	e := NewEnv(Target{Address: "127.0.0.1:9"}, Settings{Profile: "reference"})
	t.Cleanup(e.Close)
	return e
}

// judge runs a case of the level without a gateway.
func judge(t *testing.T, level protocol.Level, run func(*C)) Outcome {
	t.Helper()
	return Execute(t.Context(), nowhere(t), Case{ID: idOf(level), Run: run})
}

// wantVerdict compares what came of a case with what should have.
func wantVerdict(t *testing.T, got Outcome, verdict report.Verdict, reason string) {
	t.Helper()
	if got.Verdict != verdict {
		t.Errorf("the verdict is %s (%.300s), want %s", got.Verdict, got.Reason, verdict)
	}
	if got.Reason != reason {
		t.Errorf("the reason is %q, want %q", got.Reason, reason)
	}
}
