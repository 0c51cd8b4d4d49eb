package plan_test

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"

	"ttcheck/load/plan"
)

func TestSpan(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"0s": 0, "10s": 10 * time.Second, "1m30s": 90 * time.Second, "1m": time.Minute, "10m": 10 * time.Minute,
		"2h": 2 * time.Hour, "1h0m1s": time.Hour + time.Second, "1h10m": 70 * time.Minute, "1.5s": 1500 * time.Millisecond, "20ms": 20 * time.Millisecond,
	} {
		var s plan.Span
		if err := s.Set(text); err != nil || time.Duration(s) != want {
			t.Errorf("%s is read as %v, %v", text, s, err)
		}
		if s.String() != text {
			t.Errorf("%s is written as %s", text, s)
		}
		var fromJSON, fromYAML plan.Span
		if j, err := json.Marshal(s); err != nil || json.Unmarshal(j, &fromJSON) != nil || fromJSON != s || string(j) != `"`+text+`"` {
			t.Errorf("JSON: %s, %v, read as %v", j, err, fromJSON)
		}
		if y, err := yaml.Marshal(s); err != nil || yaml.Unmarshal(y, &fromYAML) != nil || fromYAML != s || string(y) != text+"\n" {
			t.Errorf("YAML: %s, %v, read as %v", y, err, fromYAML)
		}
	}
	for _, text := range []string{"", "10", "-1s", "s", "1e9h", "ten seconds", "\n"} {
		s := plan.Span(7)
		oneLine(t, s.Set(text), "no duration such as 10s")
		if s != 7 {
			t.Errorf("%q sets a span", text)
		}
	}
}

func TestSpanFlag(t *testing.T) {
	t.Parallel()
	p := plan.Default()
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	flags.Var(&p.Ramp, "ramp", "")
	if err := flags.Parse([]string{"--ramp", "90s"}); err != nil || p.Ramp != seconds(90) {
		t.Errorf("%v, %v", p.Ramp, err)
	}
	oneLine(t, flags.Parse([]string{"--ramp", "soon"}), "no duration")
}

func TestParseMix(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]plan.Mix{
		"create=4,locate=3,page=1,clear=2": {Create: 4, Locate: 3, Page: 1, Clear: 2},
		"clear=2,create=1":                 {Create: 1, Clear: 2},
		"create=1,page=0":                  {Create: 1},
	} {
		m, err := plan.ParseMix(text)
		if err != nil || m != want {
			t.Errorf("%s is read as %v, %v", text, m, err)
		}
		if again, err := plan.ParseMix(m.String()); err != nil || again != m {
			t.Errorf("%v is read as %v, %v", m, again, err)
		}
	}
	for text, words := range map[string]string{
		"":                  "KEY=VALUE",
		"create":            "KEY=VALUE",
		"create=1,":         "KEY=VALUE",
		"delete=1":          "unknown key \"delete\": use create, locate, page, clear",
		"create=1,create=2": "create is given twice",
		"create=-1":         "create: \"-1\" is no whole number",
		"create=1.5":        "no whole number",
		"create=0,clear=0":  "all weights are 0",
		"create=1, clear=1": "unknown key",
	} {
		_, err := plan.ParseMix(text)
		oneLine(t, err, words)
	}
}

func TestParseStage(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]plan.Stage{
		"30s:sockets=500,rate=20": {Duration: seconds(30), Sockets: 500, Rate: 20},
		"1m:rate=300/m":           {Duration: seconds(60), Rate: 5},
		"1m:sockets=2":            {Duration: seconds(60), Sockets: 2},
	} {
		s, err := plan.ParseStage(text)
		if err != nil || s != want {
			t.Errorf("%s is read as %v, %v", text, s, err)
		}
		if again, err := plan.ParseStage(s.String()); err != nil || again != s {
			t.Errorf("%v is read as %v, %v", s, again, err)
		}
	}
	for text, words := range map[string]string{
		"":                   "not like 30s:sockets=500,rate=20",
		"30s":                "not like 30s:",
		"30s:":               "KEY=VALUE",
		"soon:sockets=1":     "no duration",
		"-1s:sockets=1":      "no duration",
		"1s:sockets=-1":      "sockets: ",
		"1s:rate=-1":         "no rate",
		"1s:duration=1s":     "unknown key \"duration\": use sockets, rate",
		"1s:rate=1,rate=1":   "rate is given twice",
		"1s:sockets=1:rate=": "no whole number",
	} {
		_, err := plan.ParseStage(text)
		oneLine(t, err, words)
	}
}

func TestParseRate(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]float64{"5": 5, "5/s": 5, "300/m": 5, "0": 0, "0.25": 0.25, "1e3/s": 1000} {
		if v, err := plan.ParseRate(text); err != nil || v != want {
			t.Errorf("%s is read as %v, %v", text, v, err)
		}
	}
	for _, text := range []string{"", "/s", "-1", "5/", "5/h", "5/s/s", "NaN", "inf", "1e999", "5 /s", "five"} {
		_, err := plan.ParseRate(text)
		oneLine(t, err, "no rate such as 5, 5/s or 300/m")
	}
}

func FuzzParseMix(f *testing.F) {
	f.Add("create=4,locate=3,page=1,clear=2")
	f.Add("create=1,create=\n")
	f.Fuzz(func(t *testing.T, text string) {
		m, err := plan.ParseMix(text)
		if err != nil {
			oneLine(t, err, "mix")
			return
		}
		if min(m.Create, m.Locate, m.Page, m.Clear) < 0 || m == (plan.Mix{}) {
			t.Errorf("%q is read as %v", text, m)
		}
		if again, err := plan.ParseMix(m.String()); err != nil || again != m {
			t.Errorf("%v is read as %v, %v", m, again, err)
		}
	})
}

func FuzzParseStage(f *testing.F) {
	f.Add("30s:sockets=500,rate=20")
	f.Add("1m:rate=300/m")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := plan.ParseStage(text)
		if err != nil {
			oneLine(t, err, "stage")
			return
		}
		if s.Duration < 0 || s.Sockets < 0 || !(s.Rate >= 0) || math.IsInf(s.Rate, 0) {
			t.Errorf("%q is read as %v", text, s)
		}
		if again, err := plan.ParseStage(s.String()); err != nil || again != s {
			t.Errorf("%v is read as %v, %v", s, again, err)
		}
	})
}
