package spec

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"ttcheck/client"
	"ttcheck/report"
)

// device is a server that can be turned off and on again, at the same address.
type device struct {
	*httptest.Server
	handler http.Handler
}

func newDevice(t *testing.T) *device {
	t.Helper()
	d := &device{handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{}`)) })}
	d.Server = httptest.NewServer(d.handler)
	t.Cleanup(func() { d.Close() })
	return d
}

func (d *device) restart() error {
	addr := d.Listener.Addr().String()
	d.CloseClientConnections()
	d.Close()
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	d.Server = httptest.NewUnstartedServer(d.handler)
	_ = d.Listener.Close()
	d.Listener = listener
	d.Start()
	return nil
}

// TestRestartAwaitsTheEnd proves that a restart that was ordered but has not begun is
// waited for: until connections from before it end, and the gateway answers again.
func TestRestartAwaitsTheEnd(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	ordered, done := make(chan struct{}), make(chan error, 1)
	e := NewEnv(Target{
		Address: d.Listener.Addr().String(),
		Restarter: client.RestartFunc(func(context.Context, bool) error {
			close(ordered)
			return nil
		}),
	}, Settings{})
	defer e.Close()
	go func() {
		wentDown, err := e.Scene(t.Context()).Restart(t.Context())
		if err == nil && !wentDown {
			err = errors.New("it was not seen to go down")
		}
		done <- err
	}()
	<-ordered
	select {
	case err := <-done:
		t.Fatalf("it is over before the gateway went down: %v", err)
	default:
	}
	if err := d.restart(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// TestRestartThatIsNone proves what ends a case whose restart was not to be had.
func TestRestartThatIsNone(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	for name, x := range map[string]struct {
		err  error
		want report.Verdict
		kind report.SkipKind
	}{
		"declined": {client.ErrDeclined, report.Skipped, report.NeedsOperator},
		"failed":   {errors.New("no such host"), report.Error, ""},
	} {
		e := NewEnv(Target{
			Address:   d.Listener.Addr().String(),
			Restarter: client.RestartFunc(func(context.Context, bool) error { return x.err }),
		}, Settings{})
		o := Execute(t.Context(), e, Case{ID: "TOK-23", Needs: []Need{NeedRestart}, Run: func(c *C) {
			_, err := c.Restart(c)
			c.Must(err)
		}})
		if o.Verdict != x.want || o.Skip != x.kind || !strings.Contains(o.Reason, x.err.Error()) {
			t.Errorf("%s: %s %s (%s)", name, o.Verdict, o.Skip, o.Reason)
		}
		e.Close()
	}
}

// TestMoved proves that all of a run's clients follow the gateway.
func TestMoved(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	e := NewEnv(Target{Address: "127.0.0.1:9"}, Settings{})
	defer e.Close()
	s := e.Scene(t.Context())
	e.Moved(d.Listener.Addr().String())
	other := s.Another()
	defer other.Close()
	for _, res := range []*client.Response{s.Do(client.Request{Path: "/"}), other.Do(t.Context(), client.Request{Path: "/"})} {
		if res.Status != http.StatusOK {
			t.Errorf("answered %s", res)
		}
	}
}
