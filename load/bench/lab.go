package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// lab is a gateway in a process of its own, with a token for it.
type lab struct {
	gateway   *process
	address   string // HOST:PORT of the API
	control   string // HOST:PORT
	tokenFile string
	dir       string
}

// setUp starts a gateway and has it make a token. Close ends it.
func setUp(ctx context.Context, t tools) (*lab, error) {
	l := &lab{}
	err := l.begin(ctx, t)
	if err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

func (l *lab) begin(ctx context.Context, t tools) (err error) {
	if l.dir, err = os.MkdirTemp(t.dir, "lab"); err != nil {
		return err
	}
	l.gateway, err = launch(nil, t.ttcheck, "gateway", "--listen", "127.0.0.1:0", "--control", "127.0.0.1:0")
	if err != nil {
		return err
	}
	api, err := l.gateway.line(ctx, "gateway: http://")
	if err != nil {
		return err
	}
	l.address, _, _ = strings.Cut(api, "/")
	if l.control, err = l.gateway.line(ctx, "control: http://"); err != nil {
		return err
	}
	l.tokenFile = filepath.Join(l.dir, "token")
	token, err := launch(nil, t.ttcheck, "token", "--target", l.address,
		"--press", "http:http://"+l.control+"/press", "--token-file", l.tokenFile)
	if err != nil {
		return err
	}
	defer token.stop()
	return token.wait(ctx, time.Minute)
}

func (l *lab) close() {
	l.gateway.stop()
	if l.dir != "" {
		_ = os.RemoveAll(l.dir) // what is left there is of no harm
	}
}

// sockets counts the WebSockets that have passed a token.
func (l *lab) sockets(ctx context.Context) (int, error) {
	var state struct{ Authenticated int }
	err := get(ctx, "http://"+l.control+"/state", &state)
	return state.Authenticated, err
}

// await waits until there are n WebSockets, which belong to p. Each is told of what is
// there now, so that it can see how they become more.
func (l *lab) await(ctx context.Context, p *process, n int, limit time.Duration, each func(sockets int) error) error {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, errors.New("too few sockets in time"))
	defer cancel()
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	for {
		sockets, err := l.sockets(ctx)
		if err != nil {
			return err
		}
		if each != nil {
			if err := each(sockets); err != nil {
				return err
			}
		}
		if sockets >= n {
			return nil
		}
		select {
		case <-poll.C:
		case <-p.ended:
			return errors.Join(fmt.Errorf("%s ended with %d of %d sockets", p.name, sockets, n), p.failure())
		case <-ctx.Done():
			return fmt.Errorf("%s: %d of %d sockets: %w", p.name, sockets, n, context.Cause(ctx))
		}
	}
}

// pollEvery is how often the gateway is asked how many sockets there are.
const pollEvery = 20 * time.Millisecond

// get asks for JSON.
func get(ctx context.Context, url string, into any) error {
	ctx, cancel := context.WithTimeout(ctx, grace)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, 8<<20))
	if err != nil {
		return fmt.Errorf("GET %s: %w", url, err)
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("GET %s: answered by %s", url, answer.Status)
	}
	if err := json.Unmarshal(body, into); err != nil {
		return fmt.Errorf("GET %s: %w", url, err)
	}
	return nil
}

// pause lets time pass, unless p ends before.
func pause(ctx context.Context, p *process, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-p.ended:
		return errors.Join(fmt.Errorf("%s ended early", p.name), p.failure())
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
