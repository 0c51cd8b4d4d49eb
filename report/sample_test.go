package report

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ttcheck/protocol"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares with a file under testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (go test -update writes it)", err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; look at it with -update and git diff. Got:\n%s", path, got)
	}
}

// hostile holds what a gateway might send to those who read its bytes.
const hostile = "\x1b[2J\x1b]0;owned\x07\u009b31m\u202egnp.exe\x00\xff\xfe\ufffe \t]]> </failure><script>alert(1)</script> ```` | `x` @everyone [a](http://b) \r\nlast"

func requirement(id string, chapter protocol.Chapter, level protocol.Level, source, sentence, advice string) protocol.Requirement {
	return protocol.Requirement{
		ID: id, Chapter: chapter, Level: level, Profile: protocol.Quickstart, Since: "0.1.0",
		Source: source, Sentence: sentence, Advice: advice,
	}
}

// sample is a run with every verdict, as an engine would hand it over.
func sample() Run {
	const ms = time.Millisecond
	online := requirement("ONL-01", protocol.Online, protocol.Must, "Q",
		"answers GET /api/v2 without credentials, by a 2xx status and a JSON object", "Serve the path before the check of tokens.")
	secured := requirement("AUTH-01", protocol.Authorization, protocol.Must, "Q",
		"refuses every secured endpoint to a request without credentials", "Guard by default; list what is open, not what is closed.")
	return Run{
		Head: Head{
			Target: "127.0.0.1:8000", Embedded: true, SuiteVersion: "0.1.0", Profile: "reference",
			Chapters: []protocol.Chapter{protocol.Online, protocol.Tokens, protocol.Authorization, protocol.WebSocket, protocol.Orders},
			Allowed:  []string{"orders", "destructive"}, OrderNames: "9000-9099", Press: "by the reference gateway itself",
			Timing: protocol.Published, Speedup: 40, Grace: time.Second,
			Started:  time.Date(2026, 3, 14, 9, 26, 53, 589793000, time.FixedZone("", 3600)),
			Duration: 14*time.Second + 218*ms,
			NoCertification: []string{
				"the gateway's clock runs 40 times fast",
				"only 5 of 11 chapters were selected",
			},
			Reproduce: "ttcheck run --suite online,token,authorization,websocket,orders --speedup 40 --allow orders,destructive --order-names 9000-9099",
		},
		Results: []Result{
			{Requirement: online, Verdict: Pass, Duration: 1234 * time.Microsecond},
			{Requirement: requirement("ONL-03", protocol.Online, protocol.Must, "Q",
				"answers it while hundreds of WebSockets are open", "Give the listener more than one worker."),
				Verdict: Inconclusive, Reason: "this machine took 3.2s to open 300 sockets; the check allows 1s", Duration: 3212 * ms},
			{Requirement: requirement("TOK-03", protocol.Tokens, protocol.Must, "Q",
				"answers with 201 and a token object when asked within the window", "Return 201, not 200."), Verdict: Pass, Duration: 12 * ms},
			{Requirement: requirement("TOK-09", protocol.Tokens, protocol.Should, "Q",
				"shows last_used and ip_address of a new token as null", "Write null, neither \"\" nor no member at all."),
				Verdict: Warning, Duration: 11 * ms,
				Findings: []Finding{{Level: protocol.Should, Expected: `"ip_address": null`, Actual: `"ip_address": ""`,
					Evidence: []Exchange{{At: 2*time.Second + 31*ms, Took: 11 * ms, Channel: "http",
						Sent:     "GET /api/v2/accesstoken/generate HTTP/1.1",
						Received: "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n\r\n{\"status\":201,\"token\":{\"name\":\"default\",\"token\":\"2f1f…d186\",\"creation_date\":\"2026-03-14T09:26:55\",\"last_used\":null,\"ip_address\":\"\"}}"}}}}},
			{Requirement: requirement("TOK-11", protocol.Tokens, protocol.Must, "Q",
				"closes the window after 2 minutes: a request just after its end is refused",
				"Compare with the time of the press, not with that of the last request, and use a clock that nobody sets."),
				Verdict: Fail, Duration: 3*time.Second + 25*ms,
				Findings: []Finding{{Level: protocol.Must,
					Expected: "a refusal 121 s after the press (2 min and 1 s of grace)", Actual: "201 Created, with a token",
					Evidence: []Exchange{
						{At: 4100 * ms, Channel: "button", Sent: "press"},
						{At: 7125 * ms, Took: 9 * ms, Channel: "http", Sent: "GET /api/v2/accesstoken/generate HTTP/1.1\r\nHost: 127.0.0.1:8000",
							Received: "HTTP/1.1 201 Created\r\n\r\n{\"status\":201,\"token\":{\"name\":\"default\",\"token\":\"91c0…77aa\"}}"},
					}}}},
			{Requirement: requirement("TOK-23", protocol.Tokens, protocol.Should, "good sense", "keeps its tokens across a restart", ""),
				Verdict: Skipped, Skip: NeedsOperator, Reason: "nobody here to restart it"},
			{Requirement: requirement("TOK-24", protocol.Tokens, protocol.Info, "R", "refuses certain token names, in its own way", ""),
				Verdict: Info, Duration: 30 * ms, Notes: []string{"refuses the empty name by 400 and -4", "takes a name of 300 characters"}},
			{Requirement: secured, Case: "GET /api/v2/activeorders", Verdict: Pass, Duration: 2 * ms},
			{Requirement: secured, Case: "DELETE /api/v2/activeorders", Verdict: Fail, Duration: 2 * ms, Notes: []string{"the 3 orders were still there afterwards"},
				Findings: []Finding{
					{Level: protocol.Must, Expected: "401 or 400", Actual: "200 OK",
						Evidence: []Exchange{{At: 900 * ms, Took: 2 * ms, Channel: "http", Sent: "DELETE /api/v2/activeorders HTTP/1.1", Received: "HTTP/1.1 200 OK\r\n\r\n" + hostile}}},
					{Level: protocol.Should, Expected: "returnCode -1 or -2", Actual: "no returnCode"},
				}},
			{Requirement: requirement("WS-14", protocol.WebSocket, protocol.Must, "Q; RFC 6455 §5.5.2",
				"does not let pings lengthen the 20 seconds that a client has to pass its token", "Start the timer at the handshake and never again."),
				Verdict: Fail, Duration: 1525 * ms,
				Findings: []Finding{{Expected: "the gateway closes the connection between 19 s and 21 s", Actual: "still open after 61 s\nand it went on answering pings",
					Evidence: []Exchange{
						{At: 1200 * ms, Channel: "ws#3", Sent: "ping 6b656570", Received: "pong 6b656570", Took: ms},
						{At: 2725 * ms, Channel: "ws#3", Received: strings.Repeat("0123456789abcdef", 200), Error: "closed by this side: nothing came for 1 s"},
					}}}},
			{Requirement: requirement("WS-16", protocol.WebSocket, protocol.Must, "RFC 6455 §5.5.3", "answers a ping by a pong with the same payload", ""),
				Verdict: Error, Reason: "dial ws://127.0.0.1:8000/api/v2/websocket: connect: connection refused", Duration: 5 * ms},
			{Requirement: requirement("ORD-01", protocol.Orders, protocol.Should, "R", "lists its active orders", ""), Verdict: Pass, Duration: 180 * ms},
			{Requirement: requirement("ORD-02", protocol.Orders, protocol.Should, "R", "finds an order by name and by UUID", ""),
				Verdict: Skipped, Skip: Unsupported, Reason: "the gateway creates no orders through its API"},
			{Requirement: requirement("ORD-03", protocol.Orders, protocol.Should, "R", "answers an unknown order with 404", ""),
				Verdict: Skipped, Skip: Unsupported, Reason: "the gateway creates no orders through its API"},
			{Requirement: requirement("ORD-04", protocol.Orders, protocol.Should, "R", "starts an order without location", ""),
				Verdict: Skipped, Skip: Unsupported, Reason: "the gateway creates no orders through its API"},
		},
		Coverage: Coverage{Selected: 14, Ran: 8, NotRun: []NotRun{
			{"ONL-03", "inconclusive: this machine took 3.2s to open 300 sockets; the check allows 1s"},
			{"TOK-23", "needs an operator: nobody here to restart it"},
			{"WS-16", "error: dial ws://127.0.0.1:8000/api/v2/websocket: connect: connection refused"},
			{"ORD-02", "unsupported: the gateway creates no orders through its API"},
			{"ORD-03", "unsupported: the gateway creates no orders through its API"},
			{"ORD-04", "unsupported: the gateway creates no orders through its API"},
		}},
		Remarks: []string{"order 9004 could not be cleared: DELETE /api/v2/activeorders/9004: 500"},
	}
}

// results makes a run of one case for each verdict given.
func results(verdicts ...Verdict) Run {
	var r Run
	for i, v := range verdicts {
		id := "X-" + string(rune('A'+i))
		r.Results = append(r.Results, Result{Verdict: v, Requirement: requirement(id, protocol.Tokens, protocol.Must, "Q", "does as it should", "")})
		r.Coverage.Selected++
		if v != Skipped && !v.unjudged() {
			r.Coverage.Ran++
		}
	}
	return r
}
