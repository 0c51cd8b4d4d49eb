package main

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ttcheck/client"
	"ttcheck/fixtures/gateway"
	"ttcheck/fixtures/pos"
	"ttcheck/protocol"
	"ttcheck/report"
)

func TestPOSUsage(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	odd := filepath.Join(dir, "odd")
	if err := os.WriteFile(odd, []byte("geheimes Wort"), 0o600); err != nil {
		t.Fatal(err)
	}
	for says, words := range map[string][]string{
		"--speedup 0":                      {"--speedup", "0"},
		"--speedup NaN":                    {"--speedup", "NaN"},
		"speedup 1e+09":                    {"--target", "127.0.0.1:1", "--speedup", "1e9"},
		`--authenticate "both"`:            {"--authenticate", "both"},
		"want durations above 0":           {"--retry-first", "0s"},
		"is longer than --retry-most 1s":   {"--retry-first", "2s", "--retry-most", "1s"},
		"and at most 24h":                  {"--target", "127.0.0.1:1", "--retry-most", "25h"},
		"--target: \"http":                 {"--target", "http://127.0.0.1"},
		`interface "x9"`:                   {"--interface", "x9"},
		"odd holds no token":               {"--target", "127.0.0.1:1", "--token-file", odd},
		"no such file or directory":        {"--target", "127.0.0.1:1", "--token-file", filepath.Join(dir, "none", "token")},
		"no argument":                      {"everything"},
		"TTCHECK_SPEEDUP":                  {"TTCHECK_SPEEDUP=fast", "pos"},
		"TTCHECK_GATEWAYS is the twin of ": {"TTCHECK_GATEWAYS=127.0.0.1:1", "pos"},
	} {
		if !strings.HasPrefix(words[0], "TTCHECK_") {
			words = append([]string{"pos"}, words...)
		}
		code, stdout, stderr := ttcheck(t, words...)
		if code != report.ExitUsage || stdout != "" || !strings.Contains(stderr, says) || strings.Count(stderr, "\n") != 1 || strings.Contains(stderr, "geheim") {
			t.Errorf("%q: exit code %d, stdout %q, stderr %q", words, code, stdout, stderr)
		}
	}
}

// TestPOSRun: it is led by the environment that certify sets, tells of what happens, keeps its
// token, and ends by SIGTERM in good order.
func TestPOSRun(t *testing.T) {
	t.Parallel()
	g, err := gateway.Start(gateway.Options{Listen: "127.0.0.1:0", Speedup: 20})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { g.Close() })
	file := filepath.Join(t.TempDir(), "token")
	words := []string{"TTCHECK_TARGET=" + g.Addr(), "TTCHECK_GATEWAY=" + g.Addr(), "TTCHECK_SPEEDUP=20", "TTCHECK_TOKEN_FILE=" + file, "pos"}
	p := start(t, words...)
	p.stdout.await(t, g.Addr()+": asking for a token: press the button on the gateway\n")
	g.Press()
	p.stdout.await(t, g.Addr()+": live\n")
	p.stdout.await(t, "0 finished today\n")
	kept, err := os.ReadFile(file)
	token := strings.TrimSpace(string(kept))
	if err != nil || !protocol.IsTokenForm(token) {
		t.Fatalf("the file holds no token: %v", err)
	}
	house := client.New(client.Options{Address: g.Addr()})
	defer house.Close()
	ask := func(method, path string, body any) {
		if res := house.Do(t.Context(), client.Request{Method: method, Path: path, Token: token, JSON: body}); res.Status/100 != 2 {
			t.Errorf("%s %s: %s", method, path, res)
		}
	}
	ask(http.MethodPost, protocol.PathActiveOrders, map[string]string{"name": "66", "orderType": "TO_GO"})
	p.stdout.await(t, "+ order 66, to go, started since ")
	ask(http.MethodPost, protocol.PathActiveOrders, map[string]string{"name": "66", "orderType": "TO_GO", "locationName": "12"})
	p.stdout.await(t, ", at 12\n")
	ask(http.MethodDelete, protocol.PathOrder("66"), nil)
	p.stdout.await(t, "- order 66\n")
	p.stdout.await(t, "1 finished today\n")
	again := func(p *process) {
		if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		if code := p.wait(t); code != 0 || p.stderr.String() != "" {
			t.Errorf("exit code %d, stderr %q", code, p.stderr)
		}
		if out := p.stdout.String(); !strings.HasSuffix(out, ": stopped\n") || strings.Contains(out, token) {
			t.Errorf("it wrote %q", out)
		}
	}
	again(p)
	p = start(t, words...)
	p.stdout.await(t, g.Addr()+": live\n")
	again(p)
	if g.State().Tokens != 1 {
		t.Errorf("there are %d tokens", g.State().Tokens)
	}
}

// TestPOSFindsItsGateway: it searches on the link, and says that its token will not last.
func TestPOSFindsItsGateway(t *testing.T) {
	t.Parallel()
	advertised(t, "127.93.4.1", ownName("POS"))
	p := start(t, "pos", "--interface", "lo")
	p.stdout.await(t, "without --token-file, the token is lost at the end\n")
	p.stdout.await(t, "asking for a token: press the button on the gateway\n")
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if code := p.wait(t); code != 0 {
		t.Errorf("exit code %d, stderr %s", code, p.stderr)
	}
}

// posOrder is an order for the display.
func posOrder(name string, state protocol.State) protocol.Order {
	changed, err := protocol.ParseDatetime("2026-03-07T18:30:05")
	if err != nil {
		panic(err)
	}
	return protocol.Order{Name: name, UUID: "u" + name, Type: protocol.ToGo, State: state, StateChanged: changed}
}

func TestPOSTable(t *testing.T) {
	t.Parallel()
	located := posOrder("7", protocol.Located)
	located.Location, located.Type, located.Paged = "31", protocol.OnPremise, true
	hostile := posOrder("\x1b[2J\u202e"+strings.Repeat("漢", 100), "\n")
	hostile.Type = "\a"
	hostile.StateChanged = protocol.Datetime{}
	many := pos.View{Gateway: "192.0.2.10:8000", State: "live", Live: true, Finished: 3}
	for i := range 500 {
		many.Orders = append(many.Orders, posOrder(fmt.Sprint(i), protocol.Started))
	}
	for name, test := range map[string]struct {
		view          pos.View
		columns, rows int
		want          []string // the first lines
		lines         int
	}{
		"nothing yet": {pos.View{State: "searching for a gateway", Finished: pos.Unknown}, 80, 24, []string{"no gateway · searching for a gateway"}, 1},
		"orders": {pos.View{Gateway: "192.0.2.10:8000", State: "live", Live: true, Finished: 1, Orders: []protocol.Order{located, posOrder("12", protocol.Started)}}, 80, 24, []string{
			"192.0.2.10:8000 · live", "2 active orders · 1 finished today", "",
			"name  type        place  state    since     paged",
			"7     on premise  31     located  18:30:05  paged",
			"12    to go       -      started  18:30:05",
		}, 6},
		"away": {pos.View{State: "x", Finished: pos.Unknown, Orders: []protocol.Order{}}, 80, 24, []string{"no gateway · x", "0 active orders, when last heard of"}, 2},
		"many": {many, 80, 24, []string{"192.0.2.10:8000 · live", "500 active orders · 3 finished today"}, 23},
		"tiny": {many, 10, 3, []string{"192.0.2.…", "500 acti…"}, 2},
		"foul": {pos.View{Orders: []protocol.Order{hostile}}, 0, 0, []string{"no gateway · ", "1 active order, when last heard of · 0 finished today", "",
			"name                      type  place  state  since  paged",
			"\uFFFD[2J" + strings.Repeat("\uFFFD", 19) + "…  \uFFFD     -      \uFFFD      -"}, 5},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := tableOf(test.view, test.columns, test.rows)
			if len(got) != test.lines || !slices.Equal(got[:len(test.want)], test.want) {
				t.Errorf("%d lines, want %d:\n%s\nwant\n%s", len(got), test.lines, strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
		})
	}
	lines := tableOf(many, 80, 24)
	if last := lines[len(lines)-1]; last != "and 482 more" {
		t.Errorf("the table ends with %q", last)
	}
}

// writes are what was written, piece by piece.
type writes struct {
	mu  sync.Mutex
	all []string
}

func (w *writes) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all = append(w.all, string(p))
	return len(p), nil
}

func (w *writes) list() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.all)
}

// TestPOSTableIsDrawnInPlace: at most so often, over itself, and in the end as it is.
func TestPOSTableIsDrawnInPlace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out writes
		table := newPOSTable(&out, func() (int, int) { return 80, 24 })
		view := pos.View{State: "live", Live: true, Finished: pos.Unknown, Orders: []protocol.Order{}}
		for i := range 1000 {
			view.Orders = append(slices.Clone(view.Orders), posOrder(fmt.Sprint(i), protocol.Started))
			table.show(view)
			if i == 500 {
				table.say("half of them")
			}
			time.Sleep(time.Millisecond)
		}
		synctest.Wait()
		if n := len(out.list()); n < 9 || n > 11 {
			t.Errorf("in a second it was drawn %d times", n)
		}
		view.State = "stopped"
		table.show(view)
		table.finish()
		all := out.list()
		if last := all[len(all)-1]; !strings.HasPrefix(last, "\x1b[23A\r\x1b[J") || !strings.Contains(last, "· stopped\n1000 active orders") {
			t.Errorf("the last drawing is %q", last)
		}
		if text := strings.Join(all, ""); strings.Count(text, " half of them\n") != 1 {
			t.Error("a line was lost or told twice")
		}
	})
}

// TestPOSLines: where nothing can be drawn in place, each change is a line, and nothing else is.
func TestPOSLines(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	lines := newPOSDisplay(&out)
	view := pos.View{Gateway: "192.0.2.10:8000", State: "live", Live: true, Finished: pos.Unknown}
	steps := []func(){
		func() {},
		func() {
			view.Orders = []protocol.Order{posOrder("1", protocol.Started), posOrder("2", protocol.Started)}
		},
		func() { view.Orders = slices.Clone(view.Orders); view.Orders[0].Elapsed = 9 },
		func() { view.Orders = slices.Clone(view.Orders); view.Orders[1].Paged = true },
		func() { view.Orders, view.Finished = view.Orders[1:], 1 },
		func() { view.State, view.Live = "no \x1bconnection", false },
	}
	for _, step := range steps {
		step()
		lines.show(view)
	}
	lines.say("that was all")
	lines.finish()
	want := []string{
		"192.0.2.10:8000: live", "+ order 1, to go, started since 18:30:05", "+ order 2, to go, started since 18:30:05",
		"* order 2, to go, started since 18:30:05, paged", "- order 1", "1 finished today", "192.0.2.10:8000: no \uFFFDconnection", "that was all",
	}
	got := regexp.MustCompile(`(?m)^\d\d:\d\d:\d\d `).ReplaceAllString(out.String(), "")
	if got != strings.Join(want, "\n")+"\n" {
		t.Errorf("got\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}
