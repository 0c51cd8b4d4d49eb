package load

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"ttcheck/load/expose"
	"ttcheck/load/plan"
	"ttcheck/report"
)

func doc(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../docs/load.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// metricsTable is the table of all metrics, as docs/load.md is to have it.
func metricsTable() string {
	var b strings.Builder
	b.WriteString("| metric | what it is | a threshold takes |\n|---|---|---|\n")
	for _, m := range report.Metrics {
		takes := "a number"
		if m.Kind == report.Lasting {
			takes = "a duration"
		}
		if base, ok := shareBases[m.Name]; ok {
			takes += ", or a % of the " + base.of
		}
		for _, d := range DefaultThresholds() {
			if d.metric == m.Name {
				takes += "; `" + strings.TrimPrefix(d.text, m.Name) + "`"
			}
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", m.Name, m.What, takes)
	}
	return b.String()
}

func TestDocumentedMetrics(t *testing.T) {
	t.Parallel()
	if want := metricsTable(); !strings.Contains(doc(t), "\n"+want+"\n") {
		t.Errorf("docs/load.md is to have this table of metrics:\n%s", want)
	}
}

// TestDocumentedPlan holds the keys of a plan and their defaults against the reader's.
func TestDocumentedPlan(t *testing.T) {
	t.Parallel()
	text := doc(t)
	begin := strings.Index(text, "| key | default | |\n|---|---|---|\n")
	if begin < 0 {
		t.Fatal("no table of keys")
	}
	table, _, _ := strings.Cut(text[begin:], "\n\n")
	var keys []string
	var defaults strings.Builder
	for _, row := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\| (?:`(.+?)`|none) \\|").FindAllStringSubmatch(table, -1) {
		keys = append(keys, row[1])
		if row[2] != "" {
			fmt.Fprintf(&defaults, "%s: %s\n", row[1], row[2])
		}
	}
	var want []string
	for i := range reflect.TypeFor[plan.Plan]().NumField() {
		key, _, _ := strings.Cut(reflect.TypeFor[plan.Plan]().Field(i).Tag.Get("yaml"), ",")
		want = append(want, key)
	}
	if !slices.Equal(keys, want) {
		t.Errorf("keys %q, want %q", keys, want)
	}
	if got, err := plan.Read(strings.NewReader(defaults.String())); err != nil || !reflect.DeepEqual(got, plan.Default()) {
		t.Errorf("the defaults are read as %+v, %v; want %+v", got, err, plan.Default())
	}
	if n := strings.Count(defaults.String(), "\n"); n != len(want)-1 {
		t.Errorf("%d keys have a default, want all but stages", n)
	}
}

func TestExamplePlan(t *testing.T) {
	t.Parallel()
	file, err := os.Open("../docs/load-plan.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	p, err := plan.Read(file)
	if err == nil {
		err = p.Validate()
	}
	if err != nil {
		t.Fatal(err)
	}
	if p.Total().Minutes() != 7 || p.PeakSockets() != 300 {
		t.Errorf("it takes %v, with %d sockets: its first lines say otherwise", p.Total(), p.PeakSockets())
	}
}

// TestDocumentedOutputs: each field, column and metric that comes out is named.
func TestDocumentedOutputs(t *testing.T) {
	t.Parallel()
	_, text, ok := strings.Cut(doc(t), "\n## What comes out\n")
	if !ok {
		t.Fatal("nothing is told of the outputs")
	}
	var out bytes.Buffer
	if err := report.WriteLoadCSV(&out, report.Load{}); err != nil || !strings.Contains(text, "`"+strings.TrimSpace(out.String())+"`") {
		t.Errorf("%v, or not the header row %s", err, out.String())
	}
	out.Reset()
	if err := report.WriteLoadJSON(&out, report.Load{Spreads: []report.Spread{{ID: 1}}}); err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(out.Bytes(), &fields); err != nil {
		t.Fatal(err)
	}
	for field := range fields {
		if !strings.Contains(text, "`"+field+"`") {
			t.Errorf("not told: the field %s", field)
		}
	}
	if !strings.Contains(text, "`"+report.LoadSchema+"`") {
		t.Errorf("not told: the schema %s", report.LoadSchema)
	}
	served := make(chan *prometheus.Desc, 100)
	expose.New(report.LoadHead{}).Describe(served)
	close(served)
	name := regexp.MustCompile(`fqName: "ttcheck_load_(\w+)"`)
	for d := range served {
		if m := name.FindStringSubmatch(d.String()); m == nil || !strings.Contains(text, "`"+m[1]+"`") {
			t.Errorf("not told, or its name begins otherwise: %v", d)
		}
	}
}
