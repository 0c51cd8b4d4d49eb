package expose_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"ttcheck/load/expose"
)

// serve serves e on the loopback until the test ends, and returns where.
func serve(t *testing.T, e *expose.Exporter) (url string) {
	t.Helper()
	stop, listening, err := e.Serve(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	return "http://" + listening.String() + "/metrics"
}

// get asks once, on a connection of its own.
func get(t *testing.T, method, url string) (status int, body string) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	request, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	all, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(all)
}

// scrape reads what is served as Prometheus does.
func scrape(t *testing.T, url string) map[string]*dto.MetricFamily {
	t.Helper()
	status, body := get(t, http.MethodGet, url)
	if status != http.StatusOK {
		t.Fatalf("status %d: %s", status, body)
	}
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(body))
	if err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return families
}

// figures returns ttcheck's own metrics, without the histogram, as name{labels} value.
func figures(t *testing.T, families map[string]*dto.MetricFamily) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	for name, f := range maps.All(families) {
		if !strings.HasPrefix(name, "ttcheck_") || f.GetType() == dto.MetricType_HISTOGRAM {
			continue
		}
		var b strings.Builder
		if _, err := expfmt.MetricFamilyToText(&b, f); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(b.String()) {
			if !strings.HasPrefix(line, "#") {
				found[strings.TrimSpace(line)] = true
			}
		}
	}
	return found
}

// histogram returns the event latencies as they are collected.
func histogram(t *testing.T, e *expose.Exporter) *dto.Histogram {
	t.Helper()
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(e)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == "ttcheck_load_event_latency_seconds" {
			return f.GetMetric()[0].GetHistogram()
		}
	}
	t.Fatal("no event_latency_seconds")
	return nil
}

func TestServeNothingElse(t *testing.T) {
	t.Parallel()
	url := serve(t, expose.New(head))
	root := strings.TrimSuffix(url, "/metrics")
	for path, want := range map[string]int{
		"/metrics": 200, "/": 404, "/metrics/": 404, "/metrics/x": 404, "/debug/pprof/": 404, "/debug/vars": 404,
	} {
		if status, _ := get(t, http.MethodGet, root+path); status != want {
			t.Errorf("GET %s: %d, want %d", path, status, want)
		}
	}
	if status, _ := get(t, http.MethodPost, url); status != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", status)
	}
}

// TestServeOfTheProcess: the figures of ttcheck itself are there, for its own limits.
func TestServeOfTheProcess(t *testing.T) {
	t.Parallel()
	url := serve(t, expose.New(head))
	families := scrape(t, url)
	if families["go_goroutines"].GetMetric() == nil {
		t.Error("no go_goroutines")
	}
}

func TestServeRefusesAddress(t *testing.T) {
	t.Parallel()
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for addr, want := range map[string]string{
		"":                     "\"\" is no address; write HOST:PORT, such as 127.0.0.1:9464",
		"9464":                 "is no address; write HOST:PORT",
		"127.0.0.1":            "is no address; write HOST:PORT",
		"127.0.0.1:99999":      "serve metrics: listen tcp: address 99999: invalid port",
		taken.Addr().String():  "serve metrics: listen tcp " + taken.Addr().String() + ": bind: " + syscall.EADDRINUSE.Error(),
		"192.0.2.1:0":          "serve metrics: listen tcp 192.0.2.1:0: bind: ", // documentation only (RFC 5737): no machine has it
		"127.0.0.1:9464\nx: y": "is no address",
		"a\nb:9464":            `"a\nb:9464" is no address`,
	} {
		stop, listening, err := expose.New(head).Serve(t.Context(), addr)
		if err == nil || stop != nil || listening != nil {
			t.Errorf("%q: serves at %v", addr, listening)
			continue
		}
		if !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %q; want one line with %q", addr, err, want)
		}
	}
}

func TestServeStops(t *testing.T) {
	t.Parallel()
	e := expose.New(head)
	for name, end := range map[string]func(cancel func(), stop func() error) error{
		"by stop":            func(_ func(), stop func() error) error { return stop() },
		"by stop, twice":     func(_ func(), stop func() error) error { return errors.Join(stop(), stop()) },
		"by context":         func(cancel func(), stop func() error) error { cancel(); return stop() },
		"by stop after that": func(cancel func(), stop func() error) error { err := stop(); cancel(); return err },
	} {
		ctx, cancel := context.WithCancel(t.Context())
		stop, listening, err := e.Serve(ctx, "127.0.0.1:0")
		if err != nil {
			cancel()
			t.Fatal(err)
		}
		scrape(t, "http://"+listening.String()+"/metrics")
		if err := end(cancel, stop); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", listening.String())
		if err == nil {
			conn.Close()
			t.Errorf("%s: still listens", name)
		}
		cancel()
	}
}

// TestServeEndsWithContext: without stop, though that is still to be called.
func TestServeEndsWithContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	stop, listening, err := expose.New(head).Serve(ctx, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", listening.String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil { // if the test fails
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	reader := bufio.NewReader(conn)
	answer, err := http.ReadResponse(reader, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := reader.ReadByte(); !errors.Is(err, io.EOF) {
		t.Errorf("%v; want the end of the connection", err)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// TestServeStopsForSilentScraper: one that connects and says nothing does not hold up the end.
func TestServeStopsForSilentScraper(t *testing.T) {
	t.Parallel()
	stop, listening, err := expose.New(head).Serve(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", listening.String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := stop(); err != nil {
		t.Error(err)
	}
	if n, err := conn.Read(make([]byte, 1)); n != 0 || err == nil {
		t.Errorf("read %d, %v from a server that has stopped", n, err)
	}
}
