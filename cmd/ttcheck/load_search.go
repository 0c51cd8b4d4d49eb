package main

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/spf13/pflag"

	"ttcheck/load"
)

// What a search does by default: it raises sockets by 100, up to 10,000, or changes by 10 a
// second, up to 1,000.
var (
	standardStep = map[string]float64{load.Sockets: 100, load.Rate: 10}
	standardMax  = map[string]float64{load.Sockets: 10_000, load.Rate: 1000}
)

// searchFlags ask for the limit of a gateway.
type searchFlags struct {
	of        string
	step, max float64
}

func (f *searchFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.of, "find-limit", "", "raise `sockets` or rate from what the plan says, step by step, until a threshold breaks")
	flags.Float64Var(&f.step, "step", 0, fmt.Sprintf("by how much a step of --find-limit is higher than the last; default %v sockets, or a rate of %v/s", standardStep[load.Sockets], standardStep[load.Rate]))
	flags.Float64Var(&f.max, "max", 0, fmt.Sprintf("where --find-limit ends; default %v sockets, or a rate of %v/s", standardMax[load.Sockets], standardMax[load.Rate]))
}

// search is the search that is asked for; nil for none.
func (f searchFlags) search(flags *pflag.FlagSet, cfg load.Config) (*load.Search, error) {
	if f.of == "" {
		if flags.Changed("step") || flags.Changed("max") {
			return nil, errors.New("--step and --max need --find-limit")
		}
		return nil, nil //nolint:nilnil // nothing is what was asked for
	}
	search := &load.Search{Of: f.of, Step: standardStep[f.of], Max: standardMax[f.of]}
	first := float64(cfg.Plan.Sockets)
	switch f.of {
	case load.Sockets:
	case load.Rate:
		first = cfg.Plan.Rate
	default:
		return nil, fmt.Errorf("--find-limit %.40q: want sockets or rate", f.of)
	}
	if flags.Changed("step") {
		search.Step = f.step
	}
	if flags.Changed("max") {
		search.Max = f.max
	}
	switch {
	case len(cfg.Plan.Stages) > 0:
		return nil, errors.New("--find-limit makes its own steps: the plan must have no stages")
	case cfg.Shard.Count > 1:
		return nil, errors.New("--find-limit and --shard exclude each other")
	case !cfg.StartAt.IsZero():
		return nil, errors.New("--find-limit and --start-at exclude each other: only the first step could begin then")
	case !(search.Step > 0) || math.IsInf(search.Step, 0): // also false for NaN
		return nil, fmt.Errorf("--step %v: want a number above 0", search.Step)
	case f.of == load.Sockets && (search.Step != math.Trunc(search.Step) || search.Max != math.Trunc(search.Max)):
		return nil, errors.New("--step and --max: want whole numbers of sockets")
	case !(search.Max >= first) && !flags.Changed("max"):
		return nil, fmt.Errorf("--find-limit %s begins at %v, what the plan says, and ends at %v: give a higher --max", f.of, first, search.Max)
	case !(search.Max >= first): // also false for NaN
		return nil, fmt.Errorf("--max %v: the search begins at %v, what the plan says", search.Max, first)
	}
	highest := cfg.Plan
	if f.of == load.Sockets {
		highest.Sockets = int(min(search.Max, math.MaxInt32))
	} else {
		highest.Rate = search.Max
	}
	if err := highest.Validate(); err != nil {
		return nil, fmt.Errorf("--max %v: %w", search.Max, err)
	}
	return search, nil
}

// maxStart is how far ahead a load may be set to begin.
const maxStart = 24 * time.Hour

// parseStart reads when a load begins: RFC 3339, or a + and a duration. It is zero for "".
func parseStart(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	var start time.Time
	var err error
	if text[0] == '+' {
		var ahead time.Duration
		ahead, err = time.ParseDuration(text[1:])
		start = now.Add(ahead)
	} else {
		start, err = time.Parse(time.RFC3339, text)
	}
	switch {
	case err != nil:
		return start, fmt.Errorf("%.40q is neither a time such as 2026-03-07T18:00:00Z nor a + and a duration such as +30s", text)
	case start.Before(now):
		return start, fmt.Errorf("%.40s is past", text)
	case start.Sub(now) > maxStart:
		return start, fmt.Errorf("%.40s is more than %v ahead", text, maxStart)
	}
	return start, nil
}
