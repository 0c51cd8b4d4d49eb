package main

import (
	"slices"
	"testing"
	"time"

	"ttcheck/load/plan"
)

func TestPlanLines(t *testing.T) {
	t.Parallel()
	full := plan.Default()
	full.Churn, full.HistoryRate, full.Rate, full.Seed = 0.5, 1, 1.5, 3
	passive := plan.Default()
	passive.Sockets, passive.Rate, passive.Ramp, passive.Duration, passive.Auth = 1, 0, 0, plan.Span(90*time.Minute), plan.ByMessage
	staged := plan.Default()
	staged.Sockets, staged.Ramp, staged.Duration, staged.Rate = 0, 0, 0, 0
	for i := range 7 {
		staged.Stages = append(staged.Stages, plan.Stage{Duration: plan.Span(time.Minute), Sockets: i + 1, Rate: 1})
	}
	mix := "(create 4 : locate 3 : page 1 : clear 2), constant, seed "
	for name, test := range map[string]struct {
		plan  plan.Plan
		shard plan.Shard
		want  []string
	}{
		"all": {full, plan.Shard{Index: 1, Count: 4}, []string{
			"500 sockets (header), opened over 10s, held for 1m",
			"1.5 changes a second " + mix + "3, order names 9000-9199",
			"1 query of the history a second",
			"0.5 sockets leave a second, which come back 1s later",
			"of all this shard 1 of 0 to 3 has its share: 125 sockets",
		}},
		"passive": {passive, plan.One, []string{
			"1 socket (message), opened at once, held for 1h30m",
			"no changes: it listens to what others change",
		}},
		"stages": {staged, plan.One, []string{
			"7 sockets at most (header), in 7 stages:",
			"  within 1m to 1 socket and 1 change a second",
			"  within 1m to 2 sockets and 1 change a second",
			"  within 1m to 3 sockets and 1 change a second",
			"  within 1m to 4 sockets and 1 change a second",
			"  within 1m to 5 sockets and 1 change a second",
			"  and 2 more",
			"changes " + mix + "1, order names 9000-9199",
		}},
	} {
		if got := planLines(test.plan, test.shard); !slices.Equal(got, test.want) {
			t.Errorf("%s:\ngot  %q\nwant %q", name, got, test.want)
		}
	}
}

func TestShort(t *testing.T) {
	t.Parallel()
	for want, span := range map[string]time.Duration{
		"0s": 0, "10s": 10 * time.Second, "1m": time.Minute, "1m10s": 70 * time.Second, "1h": time.Hour, "1h0m1s": time.Hour + time.Second, "10m": 10 * time.Minute, "1h10m": 70 * time.Minute,
	} {
		if got := short(plan.Span(span)); got != want {
			t.Errorf("%v: %s, want %s", span, got, want)
		}
	}
}
