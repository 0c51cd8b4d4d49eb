package load

import (
	"testing"
	"time"

	"ttcheck/fixtures/gateway"
	"ttcheck/report"
)

// TestRun: a sound gateway is loaded, and every figure is what the plan makes it.
func TestRun(t *testing.T) {
	t.Parallel()
	inBubble(t, gateway.Options{}, func(t *testing.T, cfg Config, g *gateway.Gateway) {
		cfg.Plan = thousand(10, 20, 5*time.Second)
		out := carryOut(t, cfg)
		if out.Broken() {
			t.Errorf("thresholds: %+v", out.Thresholds)
		}
		want(t, out, map[string]int64{
			report.MetricSocketsOpened: 10, report.MetricSocketsPeak: 10,
			report.MetricChangesPlanned: 100, report.MetricChangesSent: 100,
			report.MetricChangesSkipped: 0, report.MetricChangesLate: 0, report.MetricChangesFailed: 0,
			report.MetricEvents: 1000, report.MetricOtherEvents: 0, report.MetricLost: 0,
			report.MetricRepeated: 0, report.MetricOutOfOrder: 0, report.MetricSeqGaps: 0,
			report.MetricDropped: 0, report.MetricConnectErrors: 0, report.MetricBadMessages: 0,
		})
		if n := out.Latencies[report.MetricEventLatency].TotalCount(); n != 1000 {
			t.Errorf("%d latencies, want 1000", n)
		}
		if n := out.Latencies[report.MetricSkew].TotalCount(); n != 100 {
			t.Errorf("%d skews, want 100", n)
		}
		if out.Closes["ours"] != 10 || len(out.Closes) != 1 {
			t.Errorf("closes: %v, want 10 of ours", out.Closes)
		}
		if len(out.Errors) != 0 {
			t.Errorf("errors: %v", out.Errors)
		}
	})
}
