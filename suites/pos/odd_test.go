package pos

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	posfixture "ttcheck/fixtures/pos"
	"ttcheck/report"
	"ttcheck/suites/pos/drive"
)

// program makes an integration of a function that is told how to dial.
func program(run func(ctx context.Context, site drive.Site, dial dialFunc) error) func(*Config, *posfixture.Options) {
	return func(c *Config, o *posfixture.Options) {
		dial := o.Dial
		c.Integration = drive.Embedded(func(ctx context.Context, site drive.Site) error { return run(ctx, site, dial) })
	}
}

type dialFunc = func(ctx context.Context, network, address string) (net.Conn, error)

// TestOdd proves that whatever an integration does, the run ends in time and says what is
// wrong.
func TestOdd(t *testing.T) {
	t.Parallel()
	for name, odd := range map[string]struct {
		run    func(ctx context.Context, site drive.Site, dial dialFunc) error
		within time.Duration
		fails  map[string]string // by case, and what the finding says
	}{
		"never connects": {
			run:    func(ctx context.Context, _ drive.Site, _ dialFunc) error { <-ctx.Done(); return nil },
			within: 3 * time.Minute,
			fails:  map[string]string{"POS-01": "no connection", "POS-02": "none within", "POS-04": "never asked"},
		},
		"crashes at once": {
			run:    func(context.Context, drive.Site, dialFunc) error { return errors.New("no configuration") },
			within: time.Minute,
			fails:  map[string]string{"POS-02": "no configuration", "POS-04": "no configuration"},
		},
		"connects and says nothing": {
			run: func(ctx context.Context, site drive.Site, dial dialFunc) error {
				conn, err := dial(ctx, "tcp", site.Gateway)
				if err != nil {
					return err
				}
				defer conn.Close()
				<-ctx.Done()
				return nil
			},
			within: 10 * time.Minute,
			fails:  map[string]string{"POS-03": "no request", "POS-04": "never asked"},
		},
		"says what is no HTTP": {
			run: func(ctx context.Context, site drive.Site, dial dialFunc) error {
				conn, err := dial(ctx, "tcp", site.Gateway)
				if err != nil {
					return err
				}
				defer conn.Close()
				go func() { _, _ = io.Copy(io.Discard, conn) }()
				_, _ = io.WriteString(conn, "HELLO gateway\r\n\r\n")
				<-ctx.Done()
				return nil
			},
			within: 10 * time.Minute,
			fails:  map[string]string{"POS-04": "never asked", "POS-24 HTTP": "request line"},
		},
		"floods": {
			run: func(ctx context.Context, site drive.Site, dial dialFunc) error {
				client := &http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}}
				for ctx.Err() == nil {
					res, err := client.Get("http://" + site.Gateway + "/api/v2/accesstoken/generate")
					if err == nil {
						_, _ = io.Copy(io.Discard, res.Body)
						_ = res.Body.Close()
					}
					time.Sleep(50 * time.Millisecond) // in virtual time
				}
				return nil
			},
			within: 20 * time.Minute,
			fails:  map[string]string{"POS-05": "polls within", "POS-06": "another one", "POS-09": "none was opened"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, program(odd.run), func(t *testing.T, found report.Run, err error) {
				if err != nil {
					t.Fatal(err)
				}
				if found.Head.Duration > odd.within {
					t.Errorf("it took %v", found.Head.Duration)
				}
				if found.ExitCode() != report.ExitFailed || found.Certifies() {
					t.Errorf("exit code %d, %s", found.ExitCode(), found.Certification())
				}
				for name, says := range odd.fails {
					if said := finding(found, name); !strings.Contains(said, says) {
						t.Errorf("%s: %q, want %q in it", name, said, says)
					}
				}
			})
		})
	}
}

// finding is what was found wrong by a case; empty if nothing was.
func finding(found report.Run, name string) string {
	for _, r := range found.Results {
		if r.Name() == name && len(r.Findings) > 0 {
			return r.Findings[0].Actual
		}
	}
	return ""
}
