package pos

import (
	"strings"
	"testing"
	"time"

	"ttcheck/internal/link/lan"
	"ttcheck/internal/nodelab"
	"ttcheck/report"
	"ttcheck/suites/pos/drive"
)

const (
	// nodeSpeedup is how fast the clock of the gateway runs that the sample in Node meets. It
	// knows nothing of that, and is judged fairly all the same: its one timer, the second
	// between polls, is only longer on that clock (nothing here is to find it too short),
	// still fits many times into the 24 s for which the button works, and all else that it
	// does it does at once. Faster, and a busy machine could not tell a late integration from
	// a late harness.
	nodeSpeedup = 5
	// nodePatience is, besides the time of a process, 6 s for what never comes: it polls in
	// that time again and again, and to come back it would have to do so at once.
	nodePatience = 30 * time.Second
)

// sampleVerdicts are those of the sample on each case that does not pass, and what has to be
// said to it.
var sampleVerdicts = map[string]struct {
	verdict report.Verdict
	says    string
}{
	"POS-01":                        {report.Skipped, "was told the address"},
	"POS-03":                        {report.Warning, "the first request is GET /api/v2/accesstoken/generate"},
	"POS-07 after a stop":           {report.Fail, "it asked for a new one"},
	"POS-07 after a crash":          {report.Fail, "it asked for a new one"},
	"POS-08 in the header":          {report.Skipped, "made no secured request"},
	"POS-11 after a close frame":    {report.Fail, "it did not connect again"},
	"POS-11 after a normal closure": {report.Fail, "it did not connect again"},
	"POS-11 after a break":          {report.Fail, "it did not connect again"},
	"POS-11 after a silence":        {report.Skipped, "does not come back by itself"},
	"POS-11 after an absence":       {report.Skipped, "does not come back by itself"},
	"POS-12":                        {report.Skipped, "does not connect again"},
	"POS-13":                        {report.Skipped, "the integration "},
	"POS-18":                        {report.Skipped, "does not connect again by itself"},
	"POS-19 parameters":             {report.Skipped, "never asked for the history"},
	"POS-19 pages":                  {report.Skipped, "never asked for a second page"},
	"POS-20 silent":                 {report.Warning, "nothing of that"},
	"POS-21 at a restart":           {report.Warning, "without one"},
	"POS-21 at the end":             {report.Warning, "without one"},
}

// TestNode proves that a POS on other libraries, which does no more than the Quickstart's
// sample, is found guilty of just what it leaves undone.
func TestNode(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it takes more than a minute")
	}
	program := drive.Command(nodelab.Script(t, "../../fixtures/pos/testdata/quickstart.mjs"))
	t.Cleanup(program.Close)
	network := &lan.Network{}
	found, err := Run(t.Context(), Config{
		Integration: program, Name: "Quickstart sample", Speedup: nodeSpeedup, Patience: nodePatience, State: t.TempDir(),
		Link: network.Host("127.0.0.1/8"), Home: "127.0.0.1:0", Away: "127.0.0.1:0",
	})
	if err != nil {
		t.Fatal(err)
	}
	left := len(sampleVerdicts)
	for _, r := range found.Results {
		want, other := sampleVerdicts[r.Name()]
		if !other {
			want.verdict = report.Pass
		} else {
			left--
		}
		if said := saidOf(r); r.Verdict != want.verdict || !strings.Contains(said, want.says) {
			t.Errorf("%s: %s, %q; want %s, %q", r.Name(), r.Verdict, said, want.verdict, want.says)
		}
		if r.Verdict == report.Skipped && r.Skip != report.NotShown {
			t.Errorf("%s: %s, want that it was not shown", r.Name(), r.Skip)
		}
	}
	if left != 0 || len(found.Results) != len(Cases()) {
		t.Errorf("%d of %d cases have a result, and %d of those that are not to pass have none", len(found.Results), len(Cases()), left)
	}
	if found.ExitCode() != report.ExitFailed || found.Certifies() || len(found.Remarks) > 0 {
		t.Errorf("exit code %d, %s, remarks %q", found.ExitCode(), found.Certification(), found.Remarks)
	}
}

// saidOf is what a verdict says: why there is none, or what was found.
func saidOf(r report.Result) string {
	words := []string{r.Reason}
	for _, f := range r.Findings {
		words = append(words, f.Actual)
	}
	return strings.Join(words, "; ")
}
