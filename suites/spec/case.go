package spec

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"ttcheck/protocol"
	"ttcheck/report"
)

// Chapter is a chapter of the specification with its cases.
type Chapter struct {
	Name  protocol.Chapter
	Cases []Case
}

// Case checks one requirement, or one part of it. Title, level and profile come
// from the catalogue.
type Case struct {
	ID string
	// Name tells the cases of one requirement apart; empty where there is one.
	Name string
	// Needs lists what must be there for the case to run at all.
	Needs []Need
	// Probes lists the observations that the case judges. It runs once they are made.
	Probes []AnyProbe
	// Lane names a lane of probes that the case must not run beside; it comes
	// after them. A case that needs tokens is in ButtonLane without saying so.
	Lane string
	// Last has the case run after all others, but for those that restart the gateway:
	// it judges what they left behind.
	Last bool
	// Once keeps the case from being tried again when it was inconclusive: it judges what is
	// over.
	Once bool
	// Run reads like the requirement: it returns if it holds, and ends in an
	// assertion of c if not.
	Run func(c *C)
}

// FullName is the case's unique name.
func (c Case) FullName() string {
	return strings.TrimSpace(c.ID + " " + c.Name)
}

// LaneName is the lane that the case takes while it runs, or "".
func (c Case) LaneName() string {
	if c.Lane == "" && slices.Contains(c.Needs, NeedTokens) {
		return ButtonLane
	}
	return c.Lane
}

// Requirement looks the case's requirement up; a case of an unknown ID is a
// mistake in this program.
func (c Case) Requirement() protocol.Requirement {
	r, ok := protocol.Lookup(c.ID)
	if !ok {
		panic(fmt.Sprintf("case %q names no requirement of the catalogue", c.FullName()))
	}
	return r
}

// Labels are what --label-filter matches: chapter, level, profile, ID and needs.
func (c Case) Labels() []string {
	r := c.Requirement()
	labels := []string{string(r.Chapter), string(r.Level), string(r.Profile), r.ID}
	for _, need := range c.AllNeeds() {
		labels = append(labels, string(need))
	}
	if slices.ContainsFunc(c.Probes, func(p AnyProbe) bool { return p.Duration(protocol.Published) > 0 }) {
		labels = append(labels, "slow")
	}
	return labels
}

// AllNeeds returns the needs of the case and of its probes.
func (c Case) AllNeeds() []Need {
	needs := slices.Clone(c.Needs)
	for _, p := range c.Probes {
		for _, need := range p.needs() {
			if !slices.Contains(needs, need) {
				needs = append(needs, need)
			}
		}
	}
	return needs
}

// Result is what a case that came to its outcome tells the reports; strict makes a
// warning a failure.
func (c Case) Result(o Outcome, strict bool) report.Result {
	result := report.Result{
		Requirement: c.Requirement(), Case: c.Name, Duration: o.Took.Round(time.Microsecond),
		Verdict: o.Verdict, Skip: o.Skip, Reason: o.Reason, Findings: o.Findings, Notes: o.Notes,
	}
	if strict && result.Verdict == report.Warning {
		result.Verdict = report.Fail
	}
	return result
}

// restarts tells whether the case has the gateway restarted.
func (c Case) restarts() bool {
	return slices.Contains(c.Needs, NeedRestart) || slices.Contains(c.Needs, NeedReaddress)
}

// ButtonLane keeps token windows apart: there is one button. Whatever has a token
// made without the button keeps out of the lane too, for a token may close a window.
const ButtonLane = "the button"

// Need is something that a case cannot do without.
type Need string

// The needs of cases.
const (
	// NeedToken is a token of the gateway that works.
	NeedToken Need = "token"
	// NeedButton is a way to press the button.
	NeedButton Need = "button"
	// NeedTokens is leave to make and revoke tokens of its own (--allow orders).
	NeedTokens Need = "tokens"
	// NeedOrders is leave to make orders, on a gateway that can.
	NeedOrders Need = "orders"
	// NeedOrdersLeave is leave to make orders, whether the gateway can or not: for
	// the cases that find out.
	NeedOrdersLeave Need = "orders-leave"
	// NeedDestructive is leave to touch orders that are not the run's own.
	NeedDestructive Need = "destructive"
	// NeedSettings is leave to change the settings of the device.
	NeedSettings Need = "settings"
	// NeedRobustness is leave to send hostile input.
	NeedRobustness Need = "robustness"
	// NeedRestart is a way to restart the gateway; the case has it to itself.
	NeedRestart Need = "restart"
	// NeedReaddress is a way to have the gateway come back under another address;
	// nothing is tested after it but what needs the same.
	NeedReaddress Need = "readdress"
	// NeedLink is a link on which the gateway's advertisement is looked for.
	NeedLink Need = "link"
)
