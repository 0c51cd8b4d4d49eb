package suites

import (
	"cmp"
	"math"
	"slices"
	"time"

	"ttcheck/suites/spec"
)

// inOrder sorts the cases: quick ones first, in the order of the catalogue, then
// those that wait for a probe or for the end of its lane, the longest wait last, then
// those that look back on all of them, and at the very end those that restart the
// gateway, the last of them those after which it has another address.
func inOrder(env *spec.Env, cases []spec.Case) []spec.Case {
	sorted := slices.Clone(cases)
	slices.SortStableFunc(sorted, func(a, b spec.Case) int {
		return cmp.Compare(wait(env, a, cases), wait(env, b, cases))
	})
	return sorted
}

// wait is the protocol time that passes before a case can run.
func wait(env *spec.Env, k spec.Case, cases []spec.Case) time.Duration {
	var longest time.Duration
	for _, p := range k.Probes {
		longest = max(longest, p.Duration(env.Timing))
	}
	for _, other := range cases {
		for _, p := range other.Probes {
			if p.LaneName() == k.LaneName() {
				longest = max(longest, p.Duration(env.Timing))
			}
		}
	}
	switch needs := k.AllNeeds(); {
	case slices.Contains(needs, spec.NeedReaddress):
		longest += 2 * math.MaxInt32 * time.Second
	case slices.Contains(needs, spec.NeedRestart):
		longest += math.MaxInt32 * time.Second
	case k.Last:
		longest += math.MaxInt32 / 2 * time.Second
	}
	return longest
}
