package report

import (
	"testing"
	"time"
)

func TestLoadStepLine(t *testing.T) {
	t.Parallel()
	broken := []ThresholdResult{{Text: "lost==0", Actual: "0"}, {Text: "connect_errors==0", Actual: "50", Broken: true}}
	for want, step := range map[string]LoadStep{
		"60 sockets, 20 changes/s: held (event_latency p50 1.72ms, p99 6.46ms)": {
			Sockets: 60, Rate: 20, Held: true, P50: 1720 * time.Microsecond, P99: 6460 * time.Microsecond},
		"5,000 sockets, 0 changes/s: held (no samples of event_latency)": {Sockets: 5000, Held: true},
		"1 socket, 1,000 changes/s: did not hold (connect_errors==0: 50; the gateway was silent; event_latency p50 0µs, p99 1.00s)": {
			Sockets: 1, Rate: 1000, P99: time.Second, Thresholds: broken, Note: "the gateway\nwas silent"},
		"300 sockets, 5 changes/s: did not hold (connect_errors==0: 50; no samples of event_latency)": {Sockets: 300, Rate: 5, Thresholds: broken},
	} {
		if got := step.Line(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestLoadStepShown(t *testing.T) {
	t.Parallel()
	if got, want := searchedLoad().stepShown(), "Figures of the step with 1,000 sockets at 20 changes/s, the last that held:"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := noStepLoad().stepShown(), "Figures of the step with 5,000 sockets at 20 changes/s, the first, which did not hold:"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
