package client_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"ttcheck/client"
	"ttcheck/protocol"
)

// echo answers with the query parameter "say".
func echo(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.URL.Query().Get("say")) }

func say(text string) client.Request {
	return client.Request{Path: "/", Query: map[string][]string{"say": {text}}}
}

func TestTranscriptOfAnExchange(t *testing.T) {
	t.Parallel()
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Date"] = nil
		w.Header().Set("Content-Type", "application/json")
		w.Header()["X-Twice"] = []string{"b", "a"}
		w.WriteHeader(http.StatusCreated)
		fmt.Fprint(w, `{"status":201}`)
	})
	res := c.Do(t.Context(), client.Request{
		Method: http.MethodPost, Path: "/api/v2/x y", Query: map[string][]string{"b": {"2"}, "a": {"1&"}},
		JSON: map[string]string{"name": "<66>"}, Token: token, Header: http.Header{"X-First": {"1"}},
	})
	all := c.Transcript().Exchanges()
	if len(all) != 1 || all[0] != res.Exchange {
		t.Fatalf("recorded %v, and told %v", all, res.Exchange)
	}
	x := all[0]
	wantSent := "POST /api/v2/x%20y?a=1%26&b=2\nAuthorization: Bearer " + tokenShort +
		"\nContent-Type: application/json\nX-First: 1\n\n" + `{"name":"\u003c66\u003e"}`
	if x.Sent != wantSent {
		t.Errorf("sent\n%s\nwant\n%s", x.Sent, wantSent)
	}
	wantReceived := "HTTP/1.1 201 Created\nContent-Length: 14\nContent-Type: application/json\nX-Twice: b\nX-Twice: a\n\n" + `{"status":201}`
	if x.Received != wantReceived {
		t.Errorf("received\n%s\nwant\n%s", x.Received, wantReceived)
	}
	if x.Channel != "http" || x.Error != "" || x.Took <= 0 || x.Took != res.Took() {
		t.Errorf("recorded %+v", x)
	}
}

func TestTranscriptTimes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := pipe(t, answer(func() { time.Sleep(30 * time.Millisecond) }, "HTTP/1.1 204 No Content\r\n\r\n"))
		time.Sleep(time.Second)
		first := c.Do(t.Context(), client.Request{Method: http.MethodPut, Path: "/"}).Exchange
		time.Sleep(time.Second)
		second := c.Recording(c.Transcript().Scope()).Do(t.Context(), client.Request{Method: http.MethodPut, Path: "/"}).Exchange
		if first.At != time.Second || first.Took != 30*time.Millisecond {
			t.Errorf("the first exchange was at %v and took %v", first.At, first.Took)
		}
		if second.At != 2*time.Second+30*time.Millisecond {
			t.Errorf("an exchange in a scope was at %v: its clock is not the run's", second.At)
		}
	})
}

func TestTranscriptScopes(t *testing.T) {
	t.Parallel()
	root := serve(t, echo)
	one, two := root.Recording(root.Transcript().Scope()), root.Recording(root.Transcript().Scope())
	root.Do(t.Context(), say("root"))
	one.Do(t.Context(), say("one"))
	two.Do(t.Context(), say("two"))
	two.Do(t.Context(), say("two again"))
	for name, test := range map[string]struct {
		c    *client.Client
		want []string
	}{
		"root": {root, []string{"root"}}, "one": {one, []string{"one"}}, "two": {two, []string{"two", "two again"}},
	} {
		var got []string
		for _, x := range test.c.Transcript().Exchanges() {
			_, body, _ := strings.Cut(x.Received, "\n\n")
			got = append(got, body)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s recorded %q, want %q", name, got, test.want)
		}
	}
	if one.Transcript().Secrets() != root.Transcript().Secrets() {
		t.Error("a scope has secrets of its own")
	}
}

func TestTranscriptIsACopy(t *testing.T) {
	t.Parallel()
	c := serve(t, echo)
	c.Do(t.Context(), say("x"))
	c.Transcript().Exchanges()[0].Sent = "something else"
	if got := c.Transcript().Exchanges()[0].Sent; !strings.HasPrefix(got, "GET /?say=x") {
		t.Errorf("the transcript can be changed from outside: %q", got)
	}
}

// TestTranscriptIsBounded: it keeps the latest, some hundreds.
func TestTranscriptIsBounded(t *testing.T) {
	t.Parallel()
	c := client.New(client.Options{Address: "nowhere"})
	const all = client.MaxExchanges + 120
	done, cancel := context.WithCancel(t.Context())
	cancel() // no request goes out
	for i := range all {
		c.Do(done, client.Request{Path: fmt.Sprintf("/%d", i)})
	}
	got := c.Transcript().Exchanges()
	if len(got) > client.MaxExchanges || len(got) < client.MaxExchanges*9/10 {
		t.Fatalf("%d exchanges are kept", len(got))
	}
	for i, x := range got {
		if want := fmt.Sprintf("GET /%d", all-len(got)+i); x.Sent != want {
			t.Fatalf("exchange %d is %q, want %q", i, x.Sent, want)
		}
	}
}

func TestTranscriptCutsTexts(t *testing.T) {
	t.Parallel()
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Date"] = nil
		_, _ = fmt.Fprint(w, r.URL.Query().Get("before")+strings.Repeat(r.URL.Query().Get("say"), 3*client.MaxText))
	})
	header := len("HTTP/1.1 200 OK\nContent-Type: text/plain; charset=utf-8\n\n")
	for name, test := range map[string]struct {
		before, say string
		check       func(body string) bool
	}{
		"long":                    {say: "x", check: func(b string) bool { return b == strings.Repeat("x", client.MaxText-header)+"…" }},
		"in a wide character":     {before: "_", say: "…", check: func(b string) bool { return utf8.ValidString(b) && strings.HasSuffix(b, "……") }},
		"in another":              {before: "__", say: "…", check: func(b string) bool { return utf8.ValidString(b) && strings.HasSuffix(b, "……") }},
		"broken UTF-8":            {say: "\xff", check: func(b string) bool { return strings.HasPrefix(b, "\xff\xff") }},
		"continuation bytes":      {say: "\x80", check: func(b string) bool { return strings.HasPrefix(b, "\x80\x80") }},
		"in a known token":        {before: strings.Repeat("x", client.MaxText-header-20), say: token, check: noHexRun},
		"in what looks like one":  {before: strings.Repeat("x", client.MaxText-header-20), say: strings.Repeat("0123", 12) + " ", check: noHexRun},
		"many known tokens":       {say: token + " ", check: noHexRun},
		"many that look like one": {say: strings.Repeat("0123", 12) + " ", check: noHexRun},
		"many, and half a one":    {before: strings.Repeat("x", 65), say: strings.Repeat("0123", 50) + " ", check: noHexRun},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			res := c.Do(t.Context(), client.Request{Path: "/", Query: map[string][]string{"before": {test.before}, "say": {test.say}}})
			got := res.Exchange.Received
			_, body, _ := strings.Cut(got, "\n\n")
			if len(got) > client.MaxText+len("…") || !strings.HasSuffix(got, "…") || !test.check(body) {
				t.Errorf("kept %d bytes of a text: %q", len(got), body)
			}
			if len(res.Exchange.Sent) > client.MaxText+len("…") {
				t.Errorf("kept %d bytes of a request", len(res.Exchange.Sent))
			}
			if len(res.Body) <= client.MaxText {
				t.Errorf("the body itself was cut to %d bytes", len(res.Body))
			}
		})
	}
}

// noHexRun tells whether no more of a token is there than may be.
func noHexRun(text string) bool {
	run := 0
	for _, r := range text {
		if run++; !strings.ContainsRune("0123456789abcdef", r) {
			run = 0
		}
		if run > 8 {
			return false
		}
	}
	return true
}

// TestRevealed: the answer that issues a token shows it rightly; whatever shows
// it later does not (TOK-15).
func TestRevealed(t *testing.T) {
	t.Parallel()
	const issued = "0ff1ce00c4d7e93a5b6c8d0e1f2a3d1862f1f34ab90cbead"
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case protocol.PathGenerate:
			fmt.Fprintf(w, `{"token":{"token":%q}}`, issued)
		case protocol.PathToken:
			fmt.Fprintf(w, `{"last":%q}`, strings.ToUpper(issued))
		case protocol.PathTokens:
			w.Header().Set("X-Token", issued)
		default:
			fmt.Fprintf(w, `{"hidden":"hidden-variant","short":%q}`, issued[:20])
		}
	})
	scope := c.Recording(c.Transcript().Scope())
	if res := scope.Do(t.Context(), client.Request{Path: protocol.PathGenerate}); strings.Contains(res.Exchange.Received, issued) {
		t.Errorf("recorded the token before it was learnt: %s", res.Exchange.Received)
	}
	c.Transcript().Secrets().Learn(issued)
	c.Transcript().Secrets().Hide("hidden-variant")
	if got := c.Transcript().Revealed(); len(got) != 0 {
		t.Fatalf("the answer that issues the token counts as showing it again: %v", got)
	}
	scope.Do(t.Context(), client.Request{Path: protocol.Base, Token: issued})
	scope.Do(t.Context(), client.Request{Path: protocol.PathToken, Token: issued})
	c.Do(t.Context(), client.Request{Path: protocol.PathTokens, Token: issued})
	revealed := c.Transcript().Revealed()
	if len(revealed) != 2 {
		t.Fatalf("collected %d exchanges, want that of the body and that of the header: %v", len(revealed), revealed)
	}
	for i, path := range []string{protocol.PathToken, protocol.PathTokens} {
		x := revealed[i]
		if !strings.HasPrefix(x.Sent, "GET "+path) || x.Error != "shows the token 0ff1…bead again" {
			t.Errorf("collected %+v", x)
		}
		if strings.Contains(strings.ToLower(x.Received), issued) {
			t.Errorf("the token stands in %q", x.Received)
		}
	}
}

func TestRevealedIsBounded(t *testing.T) {
	t.Parallel()
	transcript := client.NewTranscript(knowing(token))
	for range 2 * client.MaxExchanges {
		transcript.Record(time.Now(), client.Exchange{Received: token})
	}
	if got := len(transcript.Revealed()); got != client.MaxExchanges {
		t.Errorf("%d exchanges are collected", got)
	}
}

// TestRevealedInAnError: what the gateway sent may stand in an error alone.
func TestRevealedInAnError(t *testing.T) {
	t.Parallel()
	transcript := client.NewTranscript(knowing(token))
	x := transcript.Record(time.Now(), client.Exchange{Sent: token, Error: "malformed answer " + token + strings.Repeat("x", 2*client.MaxText)})
	if len(x.Error) > client.MaxText+len("…") || !strings.HasPrefix(x.Error, "malformed answer "+tokenShort+"x") {
		t.Errorf("recorded the error %q", x.Error)
	}
	if got := len(transcript.Revealed()); got != 1 {
		t.Errorf("%d exchanges are collected, want 1", got)
	}
	transcript.Record(time.Now(), client.Exchange{Sent: token})
	if got := len(transcript.Revealed()); got != 1 {
		t.Error("what the tester sent counts as shown")
	}
}

func TestTranscriptConcurrently(t *testing.T) {
	t.Parallel()
	c := serve(t, echo)
	var wait sync.WaitGroup
	for i := range 8 {
		scope := c.Transcript().Scope()
		wait.Go(func() {
			for range 10 {
				scoped := c.Recording(scope)
				scoped.Do(t.Context(), say(token))
				scoped.Do(t.Context(), say(fmt.Sprint("x", i)))
				c.Transcript().Secrets().Learn(fmt.Sprintf("another-token-%d", i))
				c.Transcript().Revealed()
				c.Transcript().Malformed()
				scope.Exchanges()
			}
			if got := len(scope.Exchanges()); got != 20 {
				t.Errorf("a scope recorded %d exchanges of 20", got)
			}
		})
	}
	wait.Wait()
	if got := len(c.Transcript().Revealed()); got != 80 {
		t.Errorf("%d of 80 revelations were collected", got)
	}
}
