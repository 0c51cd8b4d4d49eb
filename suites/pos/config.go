package pos

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"ttcheck/internal/link"
	"ttcheck/protocol"
	"ttcheck/report"
	"ttcheck/suites"
	"ttcheck/suites/pos/drive"
)

// Act is a part of a site's life.
type Act string

// The acts, in the order in which they are played.
const (
	Start   Act = "start"   // first start: search, online check, polling, the button, the token
	Work    Act = "work"    // events of every kind, large snapshots, pings, slow answers
	Trouble Act = "trouble" // closed, dropped, silent, gone, moved, revoked, contradicted
	Restart Act = "restart" // of the integration, in order and by a crash
	End     Act = "end"     // of the day: history, an orderly stop
)

// Acts lists the acts.
func Acts() []Act { return []Act{Start, Work, Trouble, Restart, End} }

// ParseActs reads names of acts; none means all. The order is that of the play.
func ParseActs(names []string) ([]Act, error) {
	for _, name := range names {
		if !slices.Contains(Acts(), Act(name)) {
			return nil, fmt.Errorf("unknown act %.40q: use %s", name, list(Acts()))
		}
	}
	if len(names) == 0 {
		return Acts(), nil
	}
	return slices.DeleteFunc(Acts(), func(a Act) bool { return !slices.Contains(names, string(a)) }), nil
}

func list(acts []Act) string {
	words := make([]string, len(acts))
	for i, a := range acts {
		words[i] = string(a)
	}
	return strings.Join(words, ", ")
}

// Config is whom to judge, and how.
type Config struct {
	Integration drive.Integration
	// Name and Version are those of the integration, for the certificate.
	Name, Version string
	// Acts are those to judge; empty for all. The first start is played in any case, as
	// nothing goes on without it.
	Acts []Act
	// Link is where the gateway is advertised; nil if the integration is told its address.
	Link link.Link
	// Home and Away are the addresses, HOST:PORT, at which the gateway is first, and after
	// it has moved. Port 0 picks a free one.
	Home, Away string
	// Decoy has the run listen at the default port of Home's address too, where the gateway
	// is not: for integrations that go there whatever was advertised.
	Decoy bool
	// Speedup is how many times faster than true the gateway's clock runs; 0 means 1.
	Speedup float64
	// Patience is how long it is waited, on the gateway's clock, for what the protocol puts
	// no time on; 0 means DefaultPatience.
	Patience time.Duration
	// Grace is what a timing check gives the integration, on the gateway's clock; 0 means
	// one second.
	Grace time.Duration
	// StopGrace is how long, in real time, the integration may take to stop; 0 means 10 s.
	StopGrace time.Duration
	// Timeout is the longest that all may take; 0 means 45 minutes.
	Timeout time.Duration
	// State is a directory of the run's own, for the integration's token.
	State string
	// Ask asks the operator for something that only the integration's own user interface
	// can do; nil where nobody can be asked. It returns when that was done.
	Ask func(ctx context.Context, line string) error

	// network stands in place of the gateway's listener; nil for a real one.
	network func(net.Listener) net.Listener

	Strict    bool // a failed SHOULD is a failure
	Listener  report.Listener
	TTCheck   string // the version of ttcheck
	Reproduce string // the command line that repeats the run
}

// DefaultPatience is the time within which an integration has to be back.
const DefaultPatience = 2 * time.Minute

func (c *Config) fillIn() error {
	if c.Integration == nil {
		return &suites.UsageError{Reason: "there is no integration to judge"}
	}
	if len(c.Acts) == 0 {
		c.Acts = Acts()
	}
	for value, otherwise := range map[*time.Duration]time.Duration{
		&c.Patience: DefaultPatience, &c.Grace: time.Second, &c.StopGrace: 10 * time.Second, &c.Timeout: 45 * time.Minute,
	} {
		if *value == 0 {
			*value = otherwise
		}
	}
	if c.Speedup == 0 {
		c.Speedup = 1
	}
	if c.Listener == nil {
		c.Listener = report.Silent{}
	}
	return nil
}

// head says what is judged and how.
func (c *Config) head(gateway string, started time.Time) report.Head {
	h := report.Head{
		Target: gateway, SuiteVersion: c.TTCheck, Profile: string(protocol.Quickstart), Strict: c.Strict,
		Chapters: []protocol.Chapter{protocol.POS},
		Timing:   protocol.Published, Speedup: c.Speedup, Grace: c.Grace, Started: started, Reproduce: c.Reproduce,
		Integration: &report.Integration{
			Name: c.Name, Version: c.Version, Driven: c.Integration.String(), Patience: c.Patience,
		},
	}
	for _, a := range c.Acts {
		h.Integration.Acts = append(h.Integration.Acts, string(a))
	}
	if c.Link != nil {
		h.Integration.Discovery = c.Link.Name()
	}
	return h
}
