package main

import (
	"strings"
	"testing"
	"time"

	"ttcheck/load/plan"
)

// TestLoadConfigRefused proves that a load which cannot tell what it is to tell is refused,
// and that its neighbours are not.
func TestLoadConfigRefused(t *testing.T) {
	t.Parallel()
	comments, none := file(t, "comments.yaml", "# sockets: 5\n\n# rate: 0\n"), file(t, "none.yaml", "{}\n")
	empty := file(t, "empty.yaml", "")
	const soon = "2026-03-07T18:00:00Z"
	for words, says := range map[string]string{
		"--duration 0s":                                             "no changes would be made",
		"--rate 0.01 --duration 10s":                                "no changes would be made",
		"--stage 1s:sockets=1,rate=0.5":                             "no changes would be made",
		"--duration 0s --rate 0":                                    "",
		"--rate 1 --duration 1s":                                    "",
		"--plan " + empty:                                           "no key at all",
		"--plan " + comments:                                        "no key at all",
		"--plan " + none:                                            "no key at all",
		"--allow bogus":                                             `unknown permission "bogus"`,
		"--prometheus 9464":                                         "--prometheus",
		"--prometheus 127.0.0.1":                                    "--prometheus",
		"--prometheus 127.0.0.1:65536":                              "--prometheus",
		"--prometheus 127.0.0.1:http":                               "--prometheus",
		"--prometheus :65535":                                       "",
		"--source ::1":                                              "--source: ", // or there is no IPv6 here
		"--find-limit sockets --sockets 10001":                      "give a higher --max",
		"--find-limit sockets --max 1000000":                        "give a lower --max",
		"--rate 0 --threshold event_latency.p9<1s":                  "the plan makes no changes",
		"--rate 0 --threshold event_latency.count==0":               "the plan makes no changes",
		"--rate 0 --threshold event_latency_uncorrected.p9<=1s":     "the plan makes no changes",
		"--rate 0 --threshold http_create.p9>1s":                    "the plan makes no changes",
		"--rate 0 --threshold http_locate.p9>=1s":                   "the plan makes no changes",
		"--rate 0 --threshold http_page.p9<1s":                      "the plan makes no changes",
		"--rate 0 --threshold http_clear.p9<1s":                     "the plan makes no changes",
		"--rate 0 --threshold send_lateness.p9<1s":                  "the plan makes no changes or queries",
		"--rate 0 --threshold send_lateness.p9<1s --history-rate 1": "",
		"--rate 0 --threshold changes_failed<1%":                    "the plan makes no changes",
		"--rate 0 --threshold changes_failed<1":                     "",
		"--rate 0 --threshold skew.p9<1s":                           "",
		"--rate 0 --threshold lost<1%":                              "",
		"--mix create=1 --threshold http_page.p9<1s":                "no order is paged",
		"--mix create=1 --threshold http_clear.p9<1s":               "",
		"--threshold http_page.p9<1s":                               "",
		"--threshold event_latency.p9<1s":                           "",
		"--threshold http_history.p9<1s":                            "no queries of the history",
		"--threshold http_history.p9<1s --history-rate 1":           "",
		"--threshold event_latency_own.p9<1s":                       "only shards have them",
		"--threshold event_latency_own.p9<1s --target 192.0.2.1 --allow orders --token x --shard 0/2 --start-at " + soon: "",
	} {
		f, cmd := loadWith(t, strings.Fields(words)...)
		if f.startAt == soon {
			f.startAt = time.Now().Add(time.Hour).Format(time.RFC3339)
		}
		_, _, err := f.config(cmd)
		switch {
		case says == "" && err != nil:
			t.Errorf("%s: %v", words, err)
		case says != "" && (err == nil || !strings.Contains(err.Error(), says)):
			t.Errorf("%s: %v; want an error that says %q", words, err, says)
		}
	}
}

func TestBeginLine(t *testing.T) {
	t.Parallel()
	f, cmd := loadWith(t, "--sockets", "5", "--ramp", "0s", "--start-at", "+20s")
	cfg, _, err := f.config(cmd)
	if err != nil {
		t.Fatal(err)
	}
	want := "begins at " + cfg.StartAt.Local().Format("15:04:05") + ", in 20s: 5 sockets (header), opened at once, held for 1m"
	if got := beginLine(cfg, plan.Span(20*time.Second)); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	cfg.Plan = cfg.Plan.WithStages(plan.Stage{Duration: plan.Span(time.Second), Sockets: 2})
	if got := beginLine(cfg, 0); !strings.HasSuffix(got, ": 2 sockets at most (header), in 1 stage") {
		t.Errorf("%q", got)
	}
}
