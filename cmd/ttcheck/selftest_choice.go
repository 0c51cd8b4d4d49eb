package main

import (
	"cmp"
	"fmt"
	"path"
	"slices"

	"ttcheck/report"
	"ttcheck/suites/selftest"
)

// sample leaves at most a number of faults for each requirement: of those that break it
// before all others, the first ones.
func sample[T any](all []T, each int, breaks func(T) string) []T {
	taken := map[string]int{}
	var some []T
	for _, f := range all {
		if taken[breaks(f)] < each {
			taken[breaks(f)]++
			some = append(some, f)
		}
	}
	return some
}

// ofSubject leaves the trials of the side of the wire that was asked for.
func (f selftestFlags) ofSubject(trials []selftest.Trial, err error) ([]selftest.Trial, error) {
	if err != nil || f.subject == "" {
		return trials, err
	}
	if f.subject != string(report.GatewaySubject) && f.subject != string(report.IntegrationSubject) {
		return nil, fmt.Errorf("--subject %.40q: use gateway or integration", f.subject)
	}
	trials = slices.DeleteFunc(trials, func(t selftest.Trial) bool {
		return f.subject != string(cmp.Or(t.Subject, report.GatewaySubject))
	})
	if len(trials) == 0 {
		return nil, fmt.Errorf("--subject %s: none of the faults and variants that were named is of that side", f.subject)
	}
	return trials, nil
}

// choice is things that can be chosen by their names.
type choice[T any] struct {
	items []T
	name  func(T) string
}

func side[T any](items []T, name func(T) string) choice[T] { return choice[T]{items, name} }

// chosenOf chooses things of both sides of the wire by names or patterns, each of which must
// name one; all if all is set.
func chosenOf[G, P any](kind string, patterns []string, all bool, gateways choice[G], integrations choice[P]) ([]G, []P, error) {
	if all {
		return gateways.items, integrations.items, nil
	}
	var left []G
	var right []P
	for _, pattern := range patterns {
		if _, err := path.Match(pattern, ""); err != nil {
			return nil, nil, fmt.Errorf("--%s: %.40q is no pattern", kind, pattern)
		}
		before := len(left) + len(right)
		left, right = append(left, gateways.matching(pattern)...), append(right, integrations.matching(pattern)...)
		if len(left)+len(right) == before {
			return nil, nil, fmt.Errorf("there is no %s %.40q: ttcheck gateway and ttcheck pos name all by --list-%ss", kind, pattern, kind)
		}
	}
	return gateways.once(left), integrations.once(right), nil
}

// matching are the things whose names match a pattern, which is one.
func (n choice[T]) matching(pattern string) []T {
	return slices.DeleteFunc(slices.Clone(n.items), func(item T) bool {
		match, _ := path.Match(pattern, n.name(item))
		return !match
	})
}

// once leaves every thing once.
func (n choice[T]) once(items []T) []T {
	taken := map[string]bool{}
	return slices.DeleteFunc(items, func(item T) bool {
		before := taken[n.name(item)]
		taken[n.name(item)] = true
		return before
	})
}
