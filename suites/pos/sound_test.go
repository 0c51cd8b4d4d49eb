package pos

import (
	"testing"
	"time"

	posfixture "ttcheck/fixtures/pos"
	"ttcheck/report"
)

// TestSound proves that every requirement is shown and found to hold on a sound POS, at true
// speed, and that this is certified.
func TestSound(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Config, *posfixture.Options){
		"as it is":        nil,
		"token in header": func(_ *Config, o *posfixture.Options) { o.ByHeader = true },
		"eager":           func(_ *Config, o *posfixture.Options) { o.First, o.Most = 100*time.Millisecond, 5*time.Second },
		"slow":            func(_ *Config, o *posfixture.Options) { o.First, o.Most = 10*time.Second, time.Minute },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, change, func(t *testing.T, found report.Run, err error) {
				if err != nil {
					t.Fatal(err)
				}
				wanted(t, found, nil)
				if !found.Certifies() {
					t.Error(found.Certification())
				}
				if len(found.Results) != len(Cases()) {
					t.Errorf("%d results of %d cases", len(found.Results), len(Cases()))
				}
			})
		})
	}
}
