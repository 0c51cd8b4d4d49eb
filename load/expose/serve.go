package expose

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"golang.org/x/net/netutil"
)

const (
	scrapeTimeout = 10 * time.Second // for a request or an answer
	idleTimeout   = 2 * time.Minute  // between two scrapes on a connection
	stopTimeout   = time.Second      // for scrapes that are under way at the end
	maxHeader     = 16 << 10         // bytes
	maxConns      = 16               // at a time; further ones wait
	maxScrapes    = 4                // at a time; further ones are refused by 503
)

// Serve listens on addr, HOST:PORT, and serves the figures at /metrics and nothing else,
// until ctx is done or stop is called. It listens exactly where it is told, which for an
// empty host is every address of the machine; listening is that address with the port that
// was chosen for port 0. The error, in one line, says why it cannot.
//
// Stop waits for the scrapes that are under way, for a moment, and then for the server's
// end. It must be called in any case, may be called again, and returns why the server ended
// if not by stop or ctx.
func (e *Exporter) Serve(ctx context.Context, addr string) (stop func() error, listening net.Addr, err error) {
	odd := func(r rune) bool { return !unicode.IsGraphic(r) } // the errors of package net repeat it
	if _, _, err := net.SplitHostPort(addr); err != nil || strings.ContainsFunc(addr, odd) {
		return nil, nil, fmt.Errorf("serve metrics: %q is no address; write HOST:PORT, such as 127.0.0.1:9464", addr)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, nil, fmt.Errorf("serve metrics: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(e.registry, promhttp.HandlerOpts{MaxRequestsInFlight: maxScrapes}))
	server := &http.Server{
		Handler:           mux,
		ReadHeaderTimeout: scrapeTimeout,
		ReadTimeout:       scrapeTimeout,
		WriteTimeout:      scrapeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          log.New(io.Discard, "", 0), // a scraper's mistakes are no news of the run
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(netutil.LimitListener(listener, maxConns)) }()

	shutdown := sync.OnceFunc(func() {
		limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
		defer cancel()
		if server.Shutdown(limit) != nil {
			_ = server.Close()
		}
	})
	unhook := context.AfterFunc(ctx, shutdown)
	stop = sync.OnceValue(func() error {
		unhook()
		shutdown()
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve metrics on %s: %w", listener.Addr(), err)
		}
		return nil
	})
	return stop, listener.Addr(), nil
}
