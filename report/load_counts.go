package report

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// loadCounts writes what was opened, sent and answered.
func (p *page) loadCounts(l Load) {
	n := func(metric, what string) string { return grouped(l.Counters[metric]) + " " + what }
	var sockets []string
	if planned := l.plannedSockets(); planned > 0 {
		text := grouped(planned) + " planned"
		if l.Head.Shards > 1 {
			text += " for all shards"
		}
		sockets = append(sockets, text)
	}
	sockets = append(sockets, n(MetricSocketsOpened, "opened"), n(MetricSocketsPeak, "at the peak"), n(MetricDropped, "dropped"))
	if l.Counters[MetricConnectErrors] > 0 {
		sockets = append(sockets, n(MetricConnectErrors, "could not be opened or were not served"))
	}
	p.loadField("sockets", strings.Join(sockets, ", "))
	if text := l.cutOff(); text != "" {
		p.field(2, loadLabels, "", red, text)
	}
	causes, more := frequent(l.Closes, causesAtMost)
	if len(causes) > 0 {
		p.loadField("closed", strings.Join(andMore(causes, more, "other cause"), ", "))
	}
	events := n(MetricEvents, "deliveries")
	if l.Counters[MetricOtherEvents] > 0 {
		events += ", " + n(MetricOtherEvents, "of them of events that no change of the run made")
	}
	p.loadField("events", events)
	changes := []string{strings.Join([]string{
		n(MetricChangesPlanned, "planned"), n(MetricChangesSent, "sent"), n(MetricChangesLate, "late"),
		n(MetricChangesSkipped, "skipped"), n(MetricChangesFailed, "failed"),
	}, ", ")}
	if kinds := l.kinds(); kinds != "" {
		changes = append(changes, kinds)
	}
	p.loadFields("changes", changes)
	if l.Counters[MetricHistoryPlanned] > 0 {
		p.loadField("history", n(MetricHistoryPlanned, "queries planned, ")+n(MetricHistorySkipped, "skipped"))
	}
	p.answers(l)
	if l.Counters[MetricOnlineUnanswered] > 0 {
		p.field(2, loadLabels, "online", red, n(MetricOnlineUnanswered, "not answered in time (GET /api/v2, each second)"))
	}
	if l.Counters[MetricBadMessages] > 0 {
		p.field(2, loadLabels, "messages", red, n(MetricBadMessages, "could not be understood"))
	}
}

// answers writes what each endpoint answered.
func (p *page) answers(l Load) {
	var lines []string
	endpoints := slices.Sorted(maps.Keys(l.Answers))
	shown := min(len(endpoints), endpointsAtMost)
	for _, endpoint := range endpoints[:shown] {
		statuses, more := frequent(l.Answers[endpoint], statusesAtMost)
		if len(statuses) > 0 {
			lines = append(lines, inline(endpoint)+": "+strings.Join(andMore(statuses, more, "other answer"), ", "))
		}
	}
	p.loadFields("answers", andMore(lines, len(endpoints)-shown, "other endpoint"))
}

// plannedSockets is the most that the plan asks for at one time; 0 if it does not say, or
// if a search for the limit chose the number.
func (l Load) plannedSockets() int64 {
	var plan struct {
		Sockets int64 `json:"sockets"`
		Stages  []struct {
			Sockets int64 `json:"sockets"`
		} `json:"stages"`
	}
	if len(l.Steps) > 0 || json.Unmarshal(l.Plan, &plan) != nil {
		return 0
	}
	most := plan.Sockets
	for _, stage := range plan.Stages {
		most = max(most, stage.Sockets)
	}
	return most
}

// cutOff says from when on no socket was up, if they went because they were dropped; else
// it is empty. That a plan ends without sockets is nothing to speak of.
func (l Load) cutOff() string {
	const why = ": sockets that are cut off do not come back"
	first := len(l.Series)
	for first > 0 && l.Series[first-1].Sockets == 0 {
		first--
	}
	last, dropped := int64(1), int64(0)
	if first > 0 {
		last = l.Series[first-1].Sockets
	}
	for _, s := range l.Series[first:] {
		dropped += s.Dropped
	}
	switch {
	case dropped < (last+1)/2: // most of the last were to leave
		return ""
	case first == 0:
		return "no socket was up at the end of any second" + why
	}
	return "no socket was up from " + clock(time.Duration(l.Series[first].At+1)*time.Second) + " on" + why
}

// kinds says what the changes that were sent did, in what shares, and what shares the
// plan's mix asks for: where no order is there for a change, the plan puts another kind in
// its place. It is empty if nothing is known of them.
func (l Load) kinds() string {
	var plan struct {
		Mix map[string]int64 `json:"mix"`
	}
	if json.Unmarshal(l.Plan, &plan) != nil {
		plan.Mix = nil
	}
	all := []struct{ metric, kind string }{
		{MetricHTTPCreate, "create"}, {MetricHTTPLocate, "locate"}, {MetricHTTPPage, "page"}, {MetricHTTPClear, "clear"},
	}
	known, asked := 0.0, 0.0
	counts := map[string]int64{}
	for _, k := range all {
		if h := l.Latencies[k.metric]; sampled(h) {
			counts[k.kind] = h.TotalCount()
		}
		known += float64(counts[k.kind])
		asked += float64(plan.Mix[k.kind])
	}
	if known == 0 {
		return ""
	}
	var parts, shares, mix []string
	for _, k := range all {
		parts = append(parts, numbered(counts[k.kind], k.kind))
		shares = append(shares, fmt.Sprintf("%.0f", 100*float64(counts[k.kind])/known))
		mix = append(mix, fmt.Sprintf("%.0f", 100*float64(plan.Mix[k.kind])/max(asked, 1)))
	}
	text := "of those sent " + strings.Join(parts, ", ")
	if failed := l.Counters[MetricChangesSent] - int64(known); failed > 0 {
		text += ", and " + grouped(failed) + " whose connection failed"
	}
	if asked > 0 {
		text += ": " + strings.Join(shares, ", ") + " %, where the mix asks for " + strings.Join(mix, ", ") + " %"
	}
	return text
}
