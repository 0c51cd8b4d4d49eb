package pos

import (
	"strings"
	"testing"
	"time"

	"ttcheck/fixtures/pos/posfaults"
	"ttcheck/report"
)

// TestEvidence proves that a finding shows what it is about: of more than it has room for, not
// what came later.
func TestEvidence(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		fault, name, first string // what the first exchange holds
		within             time.Duration
	}{
		{"no-pongs", "POS-15 ping", `ping ""`, pongLimit},
		{"keeps-no-token", "POS-07 after a crash", "GET /api/v2/accesstoken/generate", 4 * time.Second},
	} {
		t.Run(test.fault, func(t *testing.T) {
			t.Parallel()
			fault, err := posfaults.Lookup(test.fault)
			if err != nil {
				t.Fatal(err)
			}
			inBubble(t, changed(fault.Make), func(t *testing.T, found report.Run, err error) {
				if err != nil {
					t.Fatal(err)
				}
				for _, r := range found.Results {
					if r.Name() != test.name {
						continue
					}
					if len(r.Findings) != 1 || len(r.Findings[0].Evidence) == 0 {
						t.Fatalf("findings %+v", r.Findings)
					}
					shown := r.Findings[0].Evidence
					first, last := shown[0], shown[len(shown)-1]
					if !strings.Contains(first.Sent+first.Received, test.first) || last.At-first.At > test.within {
						t.Errorf("from %v %q%q to %v", first.At, first.Sent, first.Received, last.At)
					}
				}
			})
		})
	}
}
