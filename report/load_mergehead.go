package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
)

// startsApart is by how much the starts of shards may differ: all have theirs from one
// --start-at.
const startsApart = time.Second

// belongTogether refuses what are not shards of one run.
func belongTogether(parts []Load) error {
	first := parts[0]
	plan, err := decodedPlan(first)
	if err != nil {
		return err
	}
	begin := earliest(parts)
	for _, p := range parts {
		a, b := first.Head, p.Head
		if shardsOf(a) != shardsOf(b) {
			return fmt.Errorf("shard %d is one of %d, shard %d one of %d", a.Shard, shardsOf(a), b.Shard, shardsOf(b))
		}
		if a.Target != b.Target {
			return fmt.Errorf("shard %d loaded %.60q, shard %d %.60q", a.Shard, a.Target, b.Shard, b.Target)
		}
		other, err := decodedPlan(p)
		if err != nil {
			return err
		}
		if !reflect.DeepEqual(plan, other) {
			return fmt.Errorf("the plans of shards %d and %d differ", a.Shard, b.Shard)
		}
		// A shard that could not begin may have no start.
		if late := b.Started.Sub(begin); !b.Started.IsZero() && late > startsApart {
			return fmt.Errorf("shard %d started %v after the first; shards of one run start within %v", b.Shard, late.Round(time.Millisecond), startsApart)
		}
		if len(p.Steps) > 0 && len(parts) > 1 {
			return fmt.Errorf("shard %d searched for the limit, which cannot be merged", b.Shard)
		}
	}
	return nil
}

// decodedPlan is the plan to compare: without regard to white space and the order of
// keys. Numbers are compared as they are written: a seed is more than a float64 can tell.
func decodedPlan(l Load) (any, error) {
	if len(l.Plan) == 0 {
		return nil, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(l.Plan))
	decoder.UseNumber()
	var plan any
	if err := decoder.Decode(&plan); err != nil {
		return nil, fmt.Errorf("the plan of shard %d: %w", l.Head.Shard, err)
	}
	return plan, nil
}

// shardsOf is of how many shards a report is one.
func shardsOf(h LoadHead) int { return max(1, h.Shards) }

// complete tells whether every shard is there, once.
func complete(parts []Load) error {
	n, times := shardsOf(parts[0].Head), map[int]int{}
	for _, p := range parts {
		if p.Head.Shard < 0 || p.Head.Shard >= n {
			return fmt.Errorf("there is a shard %d of %d", p.Head.Shard, n)
		}
		times[p.Head.Shard]++
	}
	var missing, double []string
	for i := range n {
		switch {
		case times[i] == 0:
			missing = append(missing, fmt.Sprint(i))
		case times[i] > 1:
			double = append(double, fmt.Sprint(i))
		}
	}
	var wrong []string
	if len(missing) > 0 {
		wrong = append(wrong, "missing: shard "+listed(missing, namedAtMost))
	}
	if len(double) > 0 {
		wrong = append(wrong, "given more than once: shard "+listed(double, namedAtMost))
	}
	if len(wrong) > 0 {
		return fmt.Errorf("of the shards 0 to %d, %s", n-1, strings.Join(wrong, "; "))
	}
	return nil
}

// earliest is when the first shard started; zero if none did.
func earliest(parts []Load) time.Time {
	var begin time.Time
	for _, p := range parts {
		if s := p.Head.Started; !s.IsZero() && (begin.IsZero() || s.Before(begin)) {
			begin = s
		}
	}
	return begin
}

func mergedHead(parts []Load) LoadHead {
	h := parts[0].Head
	h.Shard, h.Shards, h.Started, h.Sources, h.TimingSource = 0, 1, earliest(parts), nil, ""
	var timing []string
	for _, p := range parts {
		h.Duration = max(h.Duration, p.Head.Duration)
		for _, s := range p.Head.Sources {
			if !slices.Contains(h.Sources, s) {
				h.Sources = append(h.Sources, s)
			}
		}
		if t := p.Head.TimingSource; t != "" && !slices.Contains(timing, t) {
			timing = append(timing, t)
		}
	}
	h.TimingSource = strings.Join(timing, "; ")
	if len(parts) > 1 {
		h.Reproduce = "" // each part has one, for its own share
	}
	return h
}

// mergedRemarks are those of the shards, and what there is to say of several.
func mergedRemarks(parts []Load) []string {
	remarks := said(parts, func(p Load) []string { return p.Remarks })
	if len(parts) == 1 {
		return remarks
	}
	var hosts, versions []string
	for _, p := range parts {
		if host := p.Head.Environment.Host; !slices.Contains(hosts, host) {
			hosts = append(hosts, host)
		}
		if v := p.Head.Version; !slices.Contains(versions, v) {
			versions = append(versions, v)
		}
	}
	if len(hosts) == 1 {
		remarks = append(remarks, fmt.Sprintf("merged from %d shards on one machine", len(parts)))
	} else {
		remarks = append(remarks, fmt.Sprintf("merged from %d shards on %d machines, %s: the environment is that of shard 0, "+
			"and the difference of their clocks is in event_latency and skew, but not in event_latency_own",
			len(parts), len(hosts), listed(hosts, namedAtMost)))
	}
	if len(versions) > 1 {
		remarks = append(remarks, "the shards were run by several versions of ttcheck: "+listed(versions, namedAtMost))
	}
	return remarks
}
