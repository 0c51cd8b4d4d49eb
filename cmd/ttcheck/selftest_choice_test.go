package main

import (
	"strings"
	"testing"

	"ttcheck/fixtures/faults"
	"ttcheck/fixtures/pos/posfaults"
)

// TestSample proves that a sample leaves no requirement without a fault that has one.
func TestSample(t *testing.T) {
	t.Parallel()
	var first []string
	for _, f := range faults.All() {
		first = append(first, f.Breaks[0])
	}
	for _, f := range posfaults.All() {
		first = append(first, f.Breaks[0])
	}
	const each = 2
	some := sample(first, each, func(id string) string { return id })
	taken := map[string]int{}
	for _, id := range some {
		taken[id]++
	}
	for _, id := range first {
		if n := taken[id]; n == 0 || n > each {
			t.Errorf("%d faults of the sample break %s first", n, id)
		}
	}
	if len(some) < 150 || len(some) >= len(first) {
		t.Errorf("a sample of %d of %d faults", len(some), len(first))
	}
}

// TestOfSubject proves that one side of the wire can be tried alone.
func TestOfSubject(t *testing.T) {
	t.Parallel()
	count := func(subject string) int {
		f := selftestFlags{subject: subject, combinations: 1, jobs: 1}
		trials, err := f.ofSubject(f.trials(false))
		if err != nil {
			t.Fatal(err)
		}
		return len(trials)
	}
	all, gateways, integrations := count(""), count("gateway"), count("integration")
	if want := 1 + len(posfaults.All()) + len(posfaults.Variants()); integrations != want || all != gateways+integrations {
		t.Errorf("%d trials: %d of gateways, %d of integrations, want %d", all, gateways, integrations, want)
	}
	for says, f := range map[string]selftestFlags{
		"use gateway or integration": {subject: "pos", jobs: 1},
		"is of that side":            {subject: "integration", faults: []string{"window-*"}, jobs: 1},
	} {
		if _, err := f.ofSubject(f.trials(false)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("--subject %s: %v, want %q", f.subject, err, says)
		}
	}
}
