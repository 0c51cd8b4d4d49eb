package robustness

import (
	"io"
	"strings"
	"sync"
	"testing"

	"ttcheck/fixtures/gateway"
	"ttcheck/report"
	"ttcheck/suites/spec"
)

// through runs a sound gateway behind a rough front.
func through(t *testing.T, p *rough) *spec.Env {
	t.Helper()
	g := startSound(t, gateway.Options{})
	return environment(t, p.front(t, g.Addr()), secret)
}

// workers lets in so many connections that are not WebSockets, and has the others
// wait. They leave when they become WebSockets.
func workers(n int) *rough {
	free := make(chan struct{}, n)
	var held sync.Map // passages with a worker
	release := func(c *passage) {
		if _, had := held.LoadAndDelete(c); had {
			<-free
		}
	}
	return &rough{
		admit: func(p *rough, c *passage) bool {
			select {
			case free <- struct{}{}:
				held.Store(c, true)
				return true
			case <-p.stop:
				return false
			}
		},
		seen: func(_ *rough, c *passage) {
			c.mu.Lock()
			upgrading := strings.Contains(string(c.head), "Upgrade: websocket") && strings.Contains(string(c.head), "\r\n\r\n")
			c.mu.Unlock()
			if upgrading {
				release(c)
			}
		},
		gone: func(_ *rough, c *passage) { release(c) },
	}
}

func TestHalfOpenConnectionsThatDoHarm(t *testing.T) {
	t.Parallel()
	const offline = "while 40 connections are held half-open"
	tests := map[string]struct {
		kase  string
		rough *rough
		found string
	}{
		"eight workers, slow headers": {"slow headers", workers(8), offline},
		"eight workers, slow bodies":  {"slow bodies", workers(8), offline},
		"eight workers, silence":      {"silence", workers(8), offline},
		"who is beyond 32 is closed": {"slow bodies", &rough{admit: func(p *rough, _ *passage) bool {
			return p.count(isPlain) <= 32
		}}, offline},
		"beyond 32 all WebSockets are closed": {"silence", &rough{admit: func(p *rough, _ *passage) bool {
			if p.count(isPlain) > 32 {
				p.end(isUpgraded)
			}
			return true
		}}, "a WebSocket opened before"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := execute(t, through(t, test.rough), "ROB-02 "+test.kase, report.Fail)
			if !strings.Contains(found, test.found) {
				t.Errorf("nothing says %q; found: %s", test.found, found)
			}
		})
	}
}

// slots lets in so many WebSockets, and refuses the others. One is free again when
// its client has left as freed tells.
func slots(n int, freed func(c *passage) bool) *rough {
	var mu sync.Mutex
	taken := 0
	counted := map[*passage]bool{}
	return &rough{
		seen: func(_ *rough, c *passage) {
			c.mu.Lock()
			upgrading := strings.Contains(string(c.head), "Upgrade: websocket") && strings.Contains(string(c.head), "\r\n\r\n")
			c.mu.Unlock()
			mu.Lock()
			defer mu.Unlock()
			if !upgrading || counted[c] {
				return
			}
			if taken >= n {
				_, _ = io.WriteString(c.client, "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
				_ = c.client.Close()
				return
			}
			counted[c] = true
			taken++
		},
		gone: func(_ *rough, c *passage) {
			c.mu.Lock()
			free := freed(c)
			c.mu.Unlock()
			mu.Lock()
			defer mu.Unlock()
			if counted[c] && free {
				taken--
			}
		},
	}
}

func TestWhatVanishedClientsHold(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		rough *rough
		want  report.Verdict
		found string
	}{
		"room for 60":         {slots(60, func(*passage) bool { return true }), report.Pass, ""},
		"freed in order only": {slots(120, func(c *passage) bool { return c.orderly }), report.Fail, "WebSockets are served at once, as before"},
		"kept after a reset":  {slots(80, func(c *passage) bool { return !c.reset }), report.Fail, "WebSockets are served at once, as before"},
		"others hear no more": {&rough{gone: func(p *rough, c *passage) {
			if c.upgraded && c.reset {
				p.mute()
			}
		}}, report.Fail, "a WebSocket opened before"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if found := execute(t, through(t, test.rough), "ROB-03", test.want); !strings.Contains(found, test.found) {
				t.Errorf("nothing says %q; found: %s", test.found, found)
			}
		})
	}
}

// limited admits a hundred WebSockets and does otherwise with those beyond.
func limited(otherwise func(p *rough, c *passage)) *rough {
	var mu sync.Mutex
	there := map[*passage]bool{}
	return &rough{
		seen: func(p *rough, c *passage) {
			c.mu.Lock()
			upgrading := strings.Contains(string(c.head), "Upgrade: websocket") && !c.over
			c.mu.Unlock()
			mu.Lock()
			beyond := upgrading && !there[c] && len(there) >= 100
			if upgrading && !beyond {
				there[c] = true
			}
			mu.Unlock()
			if beyond {
				otherwise(p, c)
			}
		},
		gone: func(_ *rough, c *passage) {
			mu.Lock()
			defer mu.Unlock()
			delete(there, c)
		},
	}
}

// refusing answers so and closes the connection.
func refusing(answer string) func(*rough, *passage) {
	return func(_ *rough, c *passage) {
		_, _ = io.WriteString(c.client, answer)
		_ = c.client.Close()
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	const busy = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"
	pass, warn := report.Pass, report.Warning
	tests := map[string]struct {
		rough *rough
		want  report.Verdict
		found string
	}{
		"503":             {limited(refusing(busy)), pass, ""},
		"404":             {limited(refusing("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")), pass, ""},
		"closed":          {limited(refusing("")), pass, ""},
		"200":             {limited(refusing("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")), warn, "answered HTTP 200"},
		"hangs":           {limited(keep), warn, "not answered within"},
		"closes others":   {limited(func(p *rough, c *passage) { p.end(isUpgraded); refusing(busy)(p, c) }), warn, "a WebSocket opened before"},
		"closes some":     {limited(closesSome(busy)), warn, ""},
		"never again":     {limited(func(p *rough, c *passage) { p.closed.Store(true); refusing(busy)(p, c) }), warn, "served once half of"},
		"others are mute": {limited(func(p *rough, c *passage) { p.mute(); refusing(busy)(p, c) }), warn, "answers a ping while"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if found := execute(t, through(t, test.rough), "ROB-04", test.want); !strings.Contains(found, test.found) {
				t.Errorf("nothing says %q; found: %s", test.found, found)
			}
		})
	}
}

// keep leaves a client waiting.
func keep(p *rough, c *passage) {
	c.mu.Lock()
	c.kept = true
	c.mu.Unlock()
	<-p.stop
}

// closesSome makes room by closing some others, once, and refuses all the same.
func closesSome(answer string) func(*rough, *passage) {
	var once sync.Once
	return func(p *rough, c *passage) {
		once.Do(func() {
			closed := 0
			p.end(func(other *passage) bool {
				chosen := isUpgraded(other) && closed < 3
				if chosen {
					closed++
				}
				return chosen
			})
		})
		refusing(answer)(p, c)
	}
}
