package robustness

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"ttcheck/fixtures/gateway"
	"ttcheck/protocol"
	"ttcheck/report"
	"ttcheck/suites/spec"
)

// What a gateway takes for a blow.

func endlessHeader(c *passage) bool {
	return c.total > 128<<10 && !bytes.Contains(c.head, []byte("\r\n\r\n"))
}

func endlessBody(c *passage) bool {
	return c.total > 128<<10 && bytes.Contains(c.head, []byte("\r\n\r\n"))
}

func holding(text string) func(*passage) bool {
	return func(c *passage) bool { return bytes.Contains(c.head, []byte(text)) }
}

func noHTTP(c *passage) bool {
	return len(c.head) > 0 && (c.head[0] < 'A' || c.head[0] > 'Z')
}

func brokenOff(c *passage) bool {
	return c.over && len(c.head) > 0 && !bytes.Contains(c.head, []byte("\r\n\r\n"))
}

func pipelined(c *passage) bool { return bytes.Count(c.head, []byte(" HTTP/1.1\r\n")) > 10 }

// What may come of it. A harm acts on the gateway's answers, or on its connections.
type harm struct {
	found  string
	answer func(w http.ResponseWriter, r *http.Request, next http.Handler)
	act    func(p *rough)
}

func to(path string, status int, body string) func(http.ResponseWriter, *http.Request, http.Handler) {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.URL.Path != path {
			next.ServeHTTP(w, r)
			return
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

var (
	offline = harm{found: "GET /api/v2 after", answer: to(protocol.Base, 503, `{}`)}
	late    = harm{found: "GET /api/v2 after", answer: func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.URL.Path == protocol.Base {
			select {
			case <-time.After(inTime + time.Second):
			case <-r.Context().Done():
			}
		}
		next.ServeHTTP(w, r)
	}}
	tokenLost   = harm{found: "with the token after", answer: to(protocol.PathHistory, 401, `{"returnCode":-2}`)}
	ordersLost  = harm{found: "an order made before is listed", answer: to(protocol.PathActiveOrders, 200, `{"items":[]}`)}
	noNewOrders = harm{found: "a request to start an order", answer: func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.Method == http.MethodPost {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		next.ServeHTTP(w, r)
	}}
	othersClosed = harm{found: "a WebSocket opened before", act: func(p *rough) { p.end(isUpgraded) }}
	othersMuted  = harm{found: "answers a ping", act: func(p *rough) { p.mute() }}
	allRefused   = harm{found: "GET /api/v2 after", act: func(p *rough) { p.closed.Store(true) }}
)

// hurtBy runs a gateway on which some bytes do harm.
func hurtBy(t *testing.T, blow func(*passage) bool, h harm) *spec.Env {
	t.Helper()
	p := &rough{}
	p.seen = func(p *rough, c *passage) {
		c.mu.Lock()
		struck := blow(c)
		c.mu.Unlock()
		if struck && !p.hurt.Swap(true) && h.act != nil {
			h.act(p)
		}
	}
	g := startSound(t, gateway.Options{Middleware: func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if h.answer != nil && p.hurt.Load() {
				h.answer(w, r, next)
				return
			}
			next.ServeHTTP(w, r)
		})
	}})
	return environment(t, p.front(t, g.Addr()), secret)
}

// TestBlowsThatDoHarm proves for each kind of blow that harm by it is found, and for
// each kind of harm that it is seen.
func TestBlowsThatDoHarm(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		kase string
		blow func(*passage) bool
		harm harm
	}{
		"a header takes the gateway down":         {"endless header", endlessHeader, allRefused},
		"a long request line closes all":          {"endless header", holding("/api/v2?aaaa"), othersClosed},
		"blank lines stall WebSockets":            {"endless header", holding("\r\n\r\n\r\n\r\n"), othersMuted},
		"a body takes the gateway down":           {"endless body", endlessBody, offline},
		"a huge length loses the token":           {"endless body", holding("1099511627776"), tokenLost},
		"a short body stalls":                     {"wrong lengths", holding("Content-Length: 1000\r\n"), late},
		"a long body loses orders":                {"wrong lengths", holding("ttcheck ttcheck"), ordersLost},
		"a negative length closes all":            {"wrong lengths", holding("Content-Length: -1"), othersClosed},
		"two lengths end the making of orders":    {"wrong lengths", holding("Content-Length: 20"), noNewOrders},
		"a length and chunks lose the token":      {"wrong lengths", holding("Content-Length: 4\r\nTransfer"), tokenLost},
		"a bad chunk takes the gateway down":      {"wrong lengths", holding("\r\n\r\nzz\r\n"), offline},
		"garbage closes all":                      {"garbage", noHTTP, othersClosed},
		"garbage takes the gateway down":          {"garbage", noHTTP, allRefused},
		"zeros lose orders":                       {"garbage", holding("\x00\x00\x00\x00"), ordersLost},
		"a TLS hello stalls WebSockets":           {"garbage", holding("\x16\x03\x01\x00"), othersMuted},
		"HTTP/0.9 takes the gateway down":         {"garbage", holding("GET /api/v2\r\n"), offline},
		"half a request loses orders":             {"broken off", brokenOff, ordersLost},
		"half a request line closes all":          {"broken off", func(c *passage) bool { return brokenOff(c) && len(c.head) < 20 }, othersClosed},
		"many requests at once end WebSockets":    {"pipelining", pipelined, othersClosed},
		"many requests at once lose the token":    {"pipelining", pipelined, tokenLost},
		"connections without a byte use it up":    {"broken off", func(c *passage) bool { return c.over && c.total == 0 }, allRefused},
		"chunks without end stall":                {"endless body", holding("7fffffff"), othersMuted},
		"a header that never ends loses no more":  {"endless header", endlessHeader, noNewOrders},
		"a version that is unknown loses a token": {"garbage", holding("HTTP/9.9"), tokenLost},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := hurtBy(t, test.blow, test.harm)
			found := execute(t, env, "ROB-01 "+test.kase, report.Fail)
			if !strings.Contains(found, test.harm.found) {
				t.Errorf("nothing says %q; found: %s", test.harm.found, found)
			}
		})
	}
}

// TestWorkersLostOneByOne proves that a gateway that loses a worker to each piece of
// garbage is found out, though it has ten.
func TestWorkersLostOneByOne(t *testing.T) {
	t.Parallel()
	p := &rough{}
	workers := make(chan struct{}, 10)
	p.admit = func(p *rough, _ *passage) bool {
		select {
		case workers <- struct{}{}:
			return true
		case <-p.stop:
			return false
		}
	}
	p.gone = func(_ *rough, c *passage) {
		if !noHTTP(c) {
			<-workers
		}
	}
	g := startSound(t, gateway.Options{})
	execute(t, environment(t, p.front(t, g.Addr()), secret), "ROB-01 garbage", report.Fail)
}

// TestWithoutOrders proves that what was not there before is not missed after.
func TestWithoutOrders(t *testing.T) {
	t.Parallel()
	g := startSound(t, gateway.Options{Middleware: func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == protocol.PathActiveOrders || r.URL.Path == protocol.PathHistory || r.URL.Path == protocol.PathTokens {
				w.WriteHeader(http.StatusNotFound)
				return
			}
			next.ServeHTTP(w, r)
		})
	}})
	env := environment(t, g.Addr(), secret)
	env.NoOrders("POST is answered 404")
	for _, name := range []string{"ROB-01 pipelining", "ROB-01 garbage", "ROB-03", "ROB-05"} {
		execute(t, env, name, report.Pass)
	}
}

// TestAnswersOnOneConnection proves that answers to requests on one connection are
// told apart, and that none need come after the first.
func TestAnswersOnOneConnection(t *testing.T) {
	t.Parallel()
	json200 := "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
	json401 := "HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\n{}"
	json400 := "HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\n{}"
	tests := map[string]struct {
		answers []string
		want    report.Verdict
	}{
		"all":                         {[]string{json200, json401, json200, json200}, report.Pass},
		"only the first":              {[]string{json200}, report.Pass},
		"closed after the refusal":    {[]string{json200, json401}, report.Pass},
		"the body taken as a request": {[]string{json200, json401, json400}, report.Fail},
		"in another order":            {[]string{json200, json200, json401, json200}, report.Fail},
		"too long":                    {[]string{json200 + "more", json401}, report.Fail},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := environment(t, answering(t, test.answers), secret)
			k := spec.Case{ID: "ROB-01", Run: func(c *spec.C) {
				requests := inARow(address{c.Client.Address(), c.Token()})
				exchange(c, requests, textsOf(requests))
			}}
			if o := spec.Execute(t.Context(), env, k); o.Verdict != test.want {
				t.Errorf("%s, want %s: %s %+v", o.Verdict, test.want, o.Reason, o.Findings)
			}
		})
	}
}

// answering runs a server that answers the requests of each connection so, and then
// ends it.
func answering(t *testing.T, answers []string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	wait.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			from := bufio.NewReader(conn)
			for _, answer := range answers {
				r, err := http.ReadRequest(from)
				if err != nil {
					break
				}
				_, _ = io.Copy(io.Discard, r.Body)
				_, _ = io.WriteString(conn, answer)
			}
			_ = conn.Close()
		}
	})
	t.Cleanup(func() { _ = listener.Close(); wait.Wait() })
	return listener.Addr().String()
}
