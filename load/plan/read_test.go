package plan_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"ttcheck/load/plan"
)

func read(text string) (plan.Plan, error) { return plan.Read(strings.NewReader(text)) }

func TestRead(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		text string
		want func(p *plan.Plan)
	}{
		"nothing":        {"", func(*plan.Plan) {}},
		"a comment":      {"# later\n", func(*plan.Plan) {}},
		"an empty list":  {"{}", func(*plan.Plan) {}},
		"one field":      {"sockets: 7\n", func(p *plan.Plan) { p.Sockets = 7 }},
		"zeros are kept": {"rate: 0\nramp: 0s\nseed: 0", func(p *plan.Plan) { p.Rate, p.Ramp, p.Seed = 0, 0, 0 }},
		"all": {`
sockets: 2000
ramp: 1m30s
duration: "2h"
rate: 600/m
mix: {create: 1, clear: 1}
history_rate: 0.5/s
auth: message
churn: 5/s
arrivals: poisson
seed: 18446744073709551615
order_names: 1-2 # few
`, func(p *plan.Plan) {
			p.Sockets, p.Ramp, p.Duration, p.Rate = 2000, seconds(90), seconds(7200), 10
			p.Mix, p.HistoryRate, p.Auth, p.Churn = plan.Mix{Create: 1, Clear: 1}, 0.5, plan.ByMessage, 5
			p.Arrivals, p.Seed, p.Names = plan.Poisson, 1<<64-1, "1-2"
		}},
		"a mix as a flag has it": {"mix: create=1,page=2", func(p *plan.Plan) { p.Mix = plan.Mix{Create: 1, Page: 2} }},
		"stages": {`
stages:
  - duration: 10s
    sockets: 100
    rate: 5
  - {duration: 1m, sockets: 100, rate: 300/m}
  - {duration: 5s}
`, func(p *plan.Plan) {
			*p = p.WithStages(plan.Stage{Duration: seconds(10), Sockets: 100, Rate: 5},
				plan.Stage{Duration: seconds(60), Sockets: 100, Rate: 5}, plan.Stage{Duration: seconds(5)})
		}},
		"aliases": {`
stages: [&a {duration: 1s, sockets: &n 5}, *a, {duration: 2s, sockets: *n}]
`, func(p *plan.Plan) {
			one := plan.Stage{Duration: seconds(1), Sockets: 5}
			*p = p.WithStages(one, one, plan.Stage{Duration: seconds(2), Sockets: 5})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := plan.Default()
			test.want(&want)
			got, err := read(test.text)
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Fatalf("got %+v, %v, want %+v", got, err, want)
			}
			if err := got.Validate(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	for text, words := range map[string]string{
		"sockets: 1\nsocket: 5":                  `line 2: unknown key "socket": use sockets, ramp,`,
		"sockets: 5\nrate: many":                 `line 2: rate: "many" is no rate`,
		"rate: .inf":                             "line 1: rate: ",
		"churn: -1":                              "line 1: churn: ",
		"sockets: 1.5":                           "line 1: sockets: ",
		"sockets: [1]":                           "line 1: sockets: takes a single value",
		"sockets:\nrate: 1":                      "line 1: sockets: no value",
		"rate: ~":                                "no value",
		"ramp: 10":                               "line 1: ramp: \"10\" is no duration",
		"seed: -1":                               "line 1: seed: ",
		"sockets: 1\n\nsockets: 2":               "line 3: sockets: given twice",
		"stages: []":                             "takes a list of 1 to 1000 stages",
		"stages: 5":                              "stages: takes a list of 1 to 1000 stages",
		"stages:\n - 5":                          "line 2: stages: takes keys with values",
		"stages:\n - duration: 1s\n   socket: 5": `line 3: stages: unknown key "socket": use duration, sockets, rate`,
		"stages:\n - duration: 1s\n   rate: -5":  `line 3: stages: rate: "-5" is no rate`,
		"stages: [" + strings.Repeat("{},", 1001) + "]": "list of 1 to 1000",
		"mix: {create: -1}":                             "line 1: mix: create: ",
		"mix: {create: 0}":                              "all weights are 0",
		"mix: {}":                                       "all weights are 0",
		"mix: [1]":                                      "mix: takes keys with values",
		"mix: {create: 1, delete: 2}":                   "mix: unknown key",
		"mix: delete=1":                                 "unknown key",
		"- sockets: 1":                                  "line 1: takes keys with values",
		"just words":                                    "line 1: takes keys with values",
		"sockets: 1\n---\nsockets: 2":                   "line 2: a second document",
		"sockets: 1\n---\n\tx: [":                       "no YAML: ",
		"sockets: 'x":                                   "no YAML: ",
		"a: b: c":                                       "no YAML: ",
		"sockets: \x00":                                 "no YAML: ",
		"? [a]\n: 1":                                    "unknown key",
		"stages: [{duration: 1s}]\nrate: 5":             "stages exclude the key rate",
		"sockets: 5\nstages: [{duration: 1s}]":          "stages exclude the key sockets",
		"ramp: 5s\nstages: [{duration: 1s}]":            "stages exclude the key ramp",
		"duration: 5s\nstages: [{duration: 1s}]":        "stages exclude the key duration",
		"# " + strings.Repeat("x", 64<<10):              "longer than 64 KiB",
		"order_names: &a [*a]":                          "line 1: order_names: takes a single value",
		"&a stages: *a":                                 "takes a list",
		"<<: {sockets: 1}":                              "unknown key",
	} {
		t.Run(fmt.Sprintf("%.30s", text), func(t *testing.T) {
			t.Parallel()
			p, err := read(text)
			oneLine(t, err, words)
			if !reflect.DeepEqual(p, plan.Plan{}) {
				t.Errorf("beside the error there is %+v", p)
			}
		})
	}
	broken := errors.New("the disk is gone")
	if _, err := plan.Read(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

// TestAliasBomb: what would be a billion values were all aliases followed is refused for
// what it is.
func TestAliasBomb(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("stages:\n - &a0 [x, x, x, x, x, x, x, x, x]\n")
	for i := range 9 {
		fmt.Fprintf(&b, " - &a%d [%s]\n", i+1, strings.Repeat(fmt.Sprintf("*a%d,", i), 9))
	}
	_, err := read(b.String())
	oneLine(t, err, "line 2: stages: takes keys with values")
}

// TestReadBack: what a report repeats is a plan again, the same one.
func TestReadBack(t *testing.T) {
	t.Parallel()
	more := plans()
	more["default"] = plan.Default()
	passive := plan.Default()
	passive.Rate, passive.Ramp, passive.Seed = 0, 0, 0
	more["passive"] = passive
	for name, p := range more {
		text, err := json.MarshalIndent(p, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		got, err := plan.Read(bytes.NewReader(text))
		if err != nil || !reflect.DeepEqual(got, p) {
			t.Errorf("%s: got %+v, %v, want %+v from\n%s", name, got, err, p, text)
		}
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	p := plan.Default()
	p.Rate = 0
	got, err := json.Marshal(p)
	const want = `{"sockets":500,"ramp":"10s","duration":"1m","rate":0,"mix":{"create":4,"locate":3,"page":1,"clear":2},` +
		`"auth":"header","arrivals":"constant","seed":1,"order_names":"9000-9199"}`
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v", got, err)
	}
	var back plan.Plan
	if err := json.Unmarshal(got, &back); err != nil || !reflect.DeepEqual(back, p) {
		t.Errorf("read back as %+v, %v", back, err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("sockets: 5\nrate: 300/m\nmix: {create: 1}\n"))
	f.Add([]byte("stages: [&a {duration: 1s, sockets: 5}, *a]"))
	f.Add([]byte("&a stages: *a\n---\n<<: *b"))
	f.Add([]byte("mix: create=1\nseed: 5\n# x\n? y\n: - z"))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := plan.Read(bytes.NewReader(text))
		if err != nil {
			oneLine(t, err, "")
			return
		}
		if err := p.Validate(); err != nil {
			oneLine(t, err, "")
			return
		}
		// A plan that is valid has a program, which begins, and is the same when read back.
		again, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		q, err := plan.Read(bytes.NewReader(again))
		if err != nil || !reflect.DeepEqual(p, q) {
			t.Fatalf("%s is read back as %+v, %v", again, q, err)
		}
		if p.PeakSockets() <= 10_000 && listing(p, 20) != listing(q, 20) {
			t.Error("the same plan makes two programs")
		}
	})
}
