package report

import (
	"time"

	"ttcheck/protocol"
)

// posRun is a certify run of all acts in which every requirement holds, each in one case
// but for POS-15, which has two.
func posRun() Run {
	run := Run{Head: Head{
		Target: "127.0.0.1:8000", SuiteVersion: "0.1.0", Profile: "quickstart", Chapters: []protocol.Chapter{protocol.POS},
		Timing: protocol.Published, Speedup: 1, Grace: time.Second,
		Started:  time.Date(2026, 3, 14, 9, 26, 53, 0, time.UTC),
		Duration: 9*time.Minute + 41*time.Second,
		Integration: &Integration{
			Name: "Example POS", Version: "4.2", Driven: "command", Discovery: "eth0", Patience: 2 * time.Minute,
			Acts: []string{"start", "work", "trouble", "restart", "evening"},
		},
		Reproduce: "ttcheck certify --pos-cmd 'example-pos --demo' --name 'Example POS' --version 4.2 --discovery eth0",
	}}
	for _, q := range protocol.Catalogue {
		if q.Chapter != protocol.POS {
			continue
		}
		run.Coverage.Selected++
		run.Coverage.Ran++
		result := Result{Requirement: q, Verdict: Pass, Duration: 120 * time.Millisecond}
		if q.ID == "POS-15" {
			result.Case = "ping"
			run.Results = append(run.Results, result)
			result.Case = "close"
		}
		run.Results = append(run.Results, result)
	}
	return run
}

// with changes the result of that name.
func (r Run) with(name string, change func(*Result)) Run {
	for i := range r.Results {
		if r.Results[i].Name() == name {
			change(&r.Results[i])
			return r
		}
	}
	panic("no result " + name)
}

// without takes the requirement's results out, as if it had not been played.
func (r Run) without(id, reason string) Run {
	var kept []Result
	for _, result := range r.Results {
		if result.Requirement.ID != id {
			kept = append(kept, result)
		}
	}
	r.Results = kept
	r.Coverage.Ran--
	r.Coverage.NotRun = append(r.Coverage.NotRun, NotRun{id, reason})
	return r
}

// unshowing has the only case of the requirement not be shown.
func (r Run) unshowing(id, reason string) Run {
	r.Coverage.Ran--
	r.Coverage.NotRun = append(r.Coverage.NotRun, NotRun{id, reason})
	return r.with(id, func(result *Result) { result.Verdict, result.Skip, result.Reason = Skipped, NotShown, reason })
}

// literalPOS is a run on an integration with much to find, as an engine would hand it over.
func literalPOS() Run {
	const told = "the integration was told the address"
	run := posRun()
	run.Head.Speedup = 20
	run.Head.Integration.Discovery = ""
	run.Head.Integration.Acts = []string{"start", "work"}
	run.Head.NoCertification = []string{"the gateway's clock ran 20 times fast", "only the acts start, work were played"}
	run.Remarks = []string{"the integration was ended by force: it ran on for 10 s after SIGTERM"}
	run = run.unshowing("POS-01", told).unshowing("POS-02", told).unshowing("POS-13", told)
	run = run.unshowing("POS-19", "it never asked for history")
	run = run.without("POS-18", "its act was not played").without("POS-21", "its act was not played")
	run = run.with("POS-05", func(r *Result) {
		r.Verdict = Warning
		r.Findings = []Finding{{Level: protocol.Should, Expected: "a second from an answer to the next request", Actual: "0.2 s, 41 times",
			Evidence: []Exchange{{At: 1200 * time.Millisecond, Took: 3 * time.Millisecond, Channel: "http",
				Sent: "GET /api/v2/accesstoken/generate HTTP/1.1\r\nHost: 127.0.0.1:8000", Received: "HTTP/1.1 403 Forbidden"}}}}
	})
	run = run.with("POS-09", func(r *Result) { r.Notes = []string{"by message, 0.3 s after the handshake"} })
	run = run.with("POS-15 close", func(r *Result) {
		r.Verdict, r.Skip, r.Reason = Skipped, NotShown, "no socket was open when the gateway closed"
	})
	run = run.with("POS-11", func(r *Result) {
		r.Verdict = Fail
		r.Findings = []Finding{{Expected: "a new connection within 2 min of the close", Actual: "none",
			Evidence: []Exchange{{At: 31 * time.Second, Channel: "ws#1", Sent: "close 1000", Received: "close 1001 \"going away\""}}}}
	})
	const lost = "the witness lost count of 12 requests"
	run.Coverage.Ran--
	run.Coverage.NotRun = append(run.Coverage.NotRun, NotRun{"POS-24", "error: " + lost})
	return run.with("POS-24", func(r *Result) { r.Verdict, r.Reason = Error, lost })
}
