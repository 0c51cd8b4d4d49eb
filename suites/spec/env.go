package spec

import (
	"cmp"
	"net"
	"slices"
	"sync"
	"time"

	"ttcheck/client"
	"ttcheck/internal/link"
	"ttcheck/protocol"
	"ttcheck/report"
)

const (
	// maxSlack is the most of Slack.
	maxSlack = 250 * time.Millisecond
	// Patience is how long a case waits for something that the protocol puts no
	// time on, such as an event, before it calls it missing.
	Patience = 5 * time.Second
)

// Target is the gateway under test and the ways to handle it.
type Target struct {
	Address  string // HOST:PORT
	Embedded bool   // the reference gateway inside this process
	LocalIP  net.IP // source address of connections; nil for the system's choice
	// Press presses the button; nil if nothing can.
	Press client.Presser
	// Restarter restarts the gateway; nil if nothing can.
	Restarter client.Restarter
	// Links are where the gateway's advertisement is looked for. Without any, NoLink
	// tells why.
	Links  []link.Link
	NoLink string
	// HistoryReaches is how far back the gateway is known to have had orders; zero
	// if nothing is known.
	HistoryReaches time.Duration
}

// Settings are how the target is to be tested.
type Settings struct {
	Profile  string
	Allowed  []Leave
	Names    protocol.NameRange
	Speedup  float64       // how many times faster than true the gateway's clock runs
	Grace    time.Duration // given to the gateway in timing checks, in protocol time
	Listener report.Listener
}

// Env is what the cases of one run share.
type Env struct {
	Target   Target
	Settings Settings
	// Timing is the protocol's, at true speed; Real turns it into real time.
	Timing protocol.Timing
	Lag    *Lag
	// Orders names and remembers the orders that the run makes.
	Orders *Ledger

	client *client.Client
	reach  client.Options
	probes probes

	mu        sync.Mutex
	token     string
	ownTokens []string
	noOrders  string // why the gateway cannot make orders; empty if it can
}

// NewEnv prepares a run; it connects to nothing yet.
func NewEnv(target Target, settings Settings) *Env {
	if settings.Speedup == 0 {
		settings.Speedup = 1
	}
	reach := client.Options{
		Address: target.Address, LocalIP: target.LocalIP,
		Transcript: client.NewTranscript(&client.Secrets{}),
	}
	return &Env{
		Target: target, Settings: settings,
		Timing: protocol.Published, Lag: NewLag(), Orders: newLedger(settings.Names),
		client: client.New(reach), reach: reach,
	}
}

// Real is the real time in which the gateway's clock advances by d.
func (e *Env) Real(d time.Duration) time.Duration {
	return time.Duration(float64(d) / e.Settings.Speedup)
}

// Protocol is how far the gateway's clock advances in the real time d.
func (e *Env) Protocol(d time.Duration) time.Duration {
	return time.Duration(float64(d) * e.Settings.Speedup)
}

// Grace is the real time by which the gateway may miss a time of the protocol.
func (e *Env) Grace() time.Duration { return e.Real(e.Settings.Grace) + e.Slack() }

// Slack is the real time that the harness itself may need on a busy machine,
// beyond the grace that the gateway is given. On a clock that runs very fast it is
// no more than a quarter of the shortest time of the protocol.
func (e *Env) Slack() time.Duration { return min(maxSlack, e.Real(e.Timing.TokenDeadline)/4) }

// Token returns the token that the cases present; empty if there is none.
func (e *Env) Token() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.token
}

// UseToken sets the token that the cases present.
func (e *Env) UseToken(token string) {
	e.Secrets().Learn(token)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.token = token
}

// Moved notes that the gateway now answers at another HOST:PORT.
func (e *Env) Moved(address string) { e.client.Move(address) }

// OwnToken remembers a token that the run had made, to revoke it at the end. The
// token that the run was given is not its own, even if the gateway hands it out
// again.
func (e *Env) OwnToken(token string) {
	e.Secrets().Learn(token)
	e.mu.Lock()
	defer e.mu.Unlock()
	if token != e.token && !slices.Contains(e.ownTokens, token) {
		e.ownTokens = append(e.ownTokens, token)
	}
}

// OwnTokens returns the tokens that the run had made so far.
func (e *Env) OwnTokens() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.ownTokens)
}

// Secrets returns the credentials of the run.
func (e *Env) Secrets() *client.Secrets { return e.client.Transcript().Secrets() }

// Transcript returns the root of the run's transcripts.
func (e *Env) Transcript() *client.Transcript { return e.client.Transcript() }

// InProfile tells whether the selected profile includes another: a requirement
// of one profile may hold an assertion of the next.
func (e *Env) InProfile(p protocol.Profile) bool {
	return protocol.Requirement{Profile: p}.InProfile(e.Settings.Profile)
}

// NoOrders notes why the gateway cannot make orders.
func (e *Env) NoOrders(reason string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.noOrders = reason
}

// Unmet tells why a case with the given needs cannot run; the kind is empty if
// it can.
func (e *Env) Unmet(needs []Need) (kind report.SkipKind, reason string) {
	for _, need := range needs {
		if leave := needLeave[need]; leave != "" && !e.Target.Embedded && !slices.Contains(e.Settings.Allowed, leave) {
			return report.NotPermitted, "needs leave: --allow " + string(leave)
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, need := range needs {
		switch {
		case need == NeedButton && e.Target.Press == nil:
			return report.NeedsOperator, "needs the button: --press prompt, exec:COMMAND or http:URL"
		case (need == NeedRestart || need == NeedReaddress) && e.Target.Restarter == nil:
			return report.NeedsOperator, needRestarter[need]
		case need == NeedLink && len(e.Target.Links) == 0:
			return report.Unsupported, cmp.Or(e.Target.NoLink, "needs a link to look for the gateway's advertisement")
		case need == NeedToken && e.token == "":
			return report.Unsupported, "needs a token, and the gateway gave none"
		case need == NeedOrders && e.noOrders != "":
			return report.Unsupported, "needs orders: " + e.noOrders
		}
	}
	return "", ""
}

// needRestarter says what is missing where nothing restarts the gateway.
var needRestarter = map[Need]string{
	NeedRestart:   "needs a restart of the gateway: --restart-cmd COMMAND or --press prompt",
	NeedReaddress: "needs the gateway to change its address: --restart-cmd COMMAND or --press prompt",
}

// Waiting tells the user what the run waits for.
func (e *Env) Waiting(what string, until time.Time) {
	if e.Settings.Listener != nil {
		e.Settings.Listener.Waiting(what, until)
	}
}

// Close ends the connections of the run.
func (e *Env) Close() { e.client.Close() }
