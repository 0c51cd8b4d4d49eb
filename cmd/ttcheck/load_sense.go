package main

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"

	"ttcheck/load"
	"ttcheck/load/plan"
	"ttcheck/report"
)

// makesSense refuses a load that would run to its end and could not tell what it is to tell.
func makesSense(cfg load.Config) error {
	_, changes := cfg.Plan.Changes().Next()
	if !changes && cfg.Plan.PeakRate() > 0 {
		return errors.New("no changes would be made: the plan takes too little time for one at its rate; plan longer, or listen only by --rate 0")
	}
	_, queries := cfg.Plan.Queries().Next()
	for _, t := range cfg.Thresholds {
		if why := neverSampled(t, cfg, changes, queries); why != "" {
			return fmt.Errorf("--threshold %s has no samples, and cannot hold: %s", t, why)
		}
	}
	return nil
}

// neverSampled says why a threshold has no samples under a plan, with or without changes and
// queries of the history; "" if it may have some.
func neverSampled(t load.Threshold, cfg load.Config, changes, queries bool) string {
	text := t.String()
	end := strings.IndexAny(text, ".<>=") // of the metric
	share := strings.HasSuffix(text, "%")
	switch metric := text[:max(end, 0)]; metric {
	case report.MetricEventLatencyOwn:
		if cfg.Shard.Count <= 1 {
			return "only shards have them"
		}
		return without(changes, "changes")
	case report.MetricEventLatency, report.MetricUncorrected, report.MetricHTTPCreate, report.MetricHTTPLocate, report.MetricHTTPClear:
		return without(changes, "changes")
	case report.MetricHTTPPage:
		if changes && cfg.Plan.Mix.Page == 0 {
			return "no order is paged, as the mix has none of it"
		}
		return without(changes, "changes")
	case report.MetricChangesFailed, report.MetricChangesLate, report.MetricChangesSkipped:
		return without(changes || !share, "changes")
	case report.MetricHTTPHistory:
		return without(queries, "queries of the history (--history-rate)")
	case report.MetricSendLateness:
		return without(changes || queries, "changes or queries of the history")
	}
	return ""
}

func without(planned bool, what string) string {
	if planned {
		return ""
	}
	return "the plan makes no " + what
}

// beginLine says when a load begins that is to wait, and what.
func beginLine(cfg load.Config, in plan.Span) string {
	what, _ := strings.CutSuffix(planLines(cfg.Plan, cfg.Shard)[0], ":")
	return fmt.Sprintf("begins at %s, in %s: %s", cfg.StartAt.Local().Format("15:04:05"), short(in), what)
}

// checkListen refuses what is no HOST:PORT to listen at. The host may be empty.
func checkListen(address string) error {
	_, port, err := net.SplitHostPort(address)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return fmt.Errorf("%.80q is no HOST:PORT such as 127.0.0.1:9464", address)
	}
	return nil
}
