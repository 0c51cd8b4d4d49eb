package report

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"ttcheck/protocol"
)

// bothSides is a self-test of gateways and of integrations.
func bothSides() SelfTest {
	s := trials()
	polls, _ := protocol.Lookup("POS-06")
	s.Trials = append(s.Trials,
		Trial{Subject: IntegrationSubject, Kind: Sound, Name: "sound-pos", What: "does nothing wrong", Duration: 21 * time.Second},
		Trial{Subject: IntegrationSubject, Kind: Variant, Name: "header", What: "authenticates by header", Duration: 21 * time.Second},
		Trial{
			Subject: IntegrationSubject, Kind: Faulty, Name: "polls-on", What: "goes on asking for a token", Breaks: []string{"POS-06"},
			Caught: []string{"POS-06"}, Duration: 22 * time.Second, Results: []Result{{Requirement: polls, Verdict: Fail}},
		},
		Trial{Subject: IntegrationSubject, Kind: Faulty, Name: "says-nothing", What: "never connects", Breaks: []string{"POS-02"}, Duration: 22 * time.Second},
	)
	return s
}

func TestSelfTestOfBothSides(t *testing.T) {
	t.Parallel()
	all := bothSides()
	sound, soundPOS, variant, caught, caughtPOS := all.Trials[0], all.Trials[7], all.Trials[8], all.Trials[3], all.Trials[9]
	alarm := variant
	alarm.Sides = []Side{{ID: "POS-12"}}
	named := sound
	named.Subject = GatewaySubject
	for _, c := range []struct {
		name   string
		trials []Trial
		want   string
	}{
		{"all well", []Trial{sound, named, caught, soundPOS, variant, caughtPOS}, "PASSED: 2 of 2 faults caught, no false alarm on 2 sound gateways and 2 sound integrations"},
		{"integrations alone", []Trial{soundPOS, caughtPOS}, "PASSED: 1 of 1 fault caught, no false alarm on 1 sound integration"},
		{"faults alone", []Trial{caught, caughtPOS}, "PASSED: 2 of 2 faults caught"},
		{"a false alarm on an integration", []Trial{sound, soundPOS, alarm}, "FAILED: false alarms on 0 of 1 sound gateway and 1 of 2 sound integrations"},
		{"everything", all.Trials, "FAILED: 3 of 6 faults caught, false alarms on 1 of 3 sound gateways and 0 of 2 sound integrations, 1 side finding unexplained, 2 trials without a result"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := (SelfTest{Trials: c.trials}).Conclusion(); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
	if raised, of := all.Alarms(); raised != 1 || of != 5 {
		t.Errorf("%d alarms of %d", raised, of)
	}
	if caught, of := all.Kills(); caught != 3 || of != 6 {
		t.Errorf("%d of %d caught", caught, of)
	}
}

func TestSelfTestReportsOfBothSides(t *testing.T) {
	t.Parallel()
	s := bothSides()
	var b bytes.Buffer
	c := NewSelfTestConsole(&b, len(s.Trials), 16)
	for _, trial := range s.Trials {
		c.Done(trial)
	}
	c.End(s)
	golden(t, "selftest_both.txt", b.Bytes())
	for _, want := range []string{
		"a gateway that answers 201 to a new order", "an integration that never connects", "POS-06       MUST    polls-on",
		"sound POS       1 tried: 1 clean", "POS variants    1 tried: 1 clean",
		"faults          4 tried: 2 caught, 1 missed, 1 not made (kill rate 50.0 %)",
		"POS faults      2 tried: 1 caught, 1 missed (kill rate 50.0 %)",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing on the console", want)
		}
	}

	b.Reset()
	if err := WriteSelfTestMarkdown(&b, s); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| POS faults | 2 tried: ", "| POS-06 | MUST | polls-on |",
		"### Tried: POS faults\n\n| name | an integration that … |", "### Tried: faults\n\n| name | a gateway that … |",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing in Markdown", want)
		}
	}
	if _, faults, _ := strings.Cut(b.String(), "### Tried: faults"); !strings.Contains(faults, "polls-on") || strings.Contains(strings.Split(faults, "###")[0], "polls-on") {
		t.Error("the fault of an integration stands among those of gateways")
	}

	b.Reset()
	if err := WriteSelfTestJSON(&b, s); err != nil {
		t.Fatal(err)
	}
	var document struct {
		Trials []struct{ Subject, Name string }
	}
	if err := json.Unmarshal(b.Bytes(), &document); err != nil {
		t.Fatal(err)
	}
	for i, trial := range document.Trials {
		want := "gateway"
		if i >= 7 {
			want = "integration"
		}
		if trial.Subject != want {
			t.Errorf("%s is of the subject %q, not %s", trial.Name, trial.Subject, want)
		}
	}
}
