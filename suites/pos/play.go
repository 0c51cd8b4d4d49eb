package pos

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"ttcheck/fixtures/witness"
	"ttcheck/report"
	"ttcheck/suites"
	"ttcheck/suites/spec"
)

// plays are what happens in each act.
var plays = map[Act]func(*site) error{
	Start: (*site).playStart, Work: (*site).playWork, Trouble: (*site).playTrouble,
	Restart: (*site).playRestart, End: (*site).playEnd,
}

var errTimeout = errors.New("the run reached its time limit")

// Run leads an integration through the acts and returns what was found. The error is a
// *suites.UsageError or a *suites.SetupError if nothing could be judged; the report then
// holds its head and the reason. Whatever was started is ended when it returns.
func Run(ctx context.Context, cfg Config) (report.Run, error) {
	if err := cfg.fillIn(); err != nil {
		return report.Run{}, err
	}
	started := time.Now()
	ctx, cancel := context.WithTimeoutCause(ctx, cfg.Timeout, errTimeout)
	defer cancel()
	env := spec.NewEnv(spec.Target{}, spec.Settings{Speedup: cfg.Speedup, Grace: cfg.Grace, Listener: cfg.Listener})
	measuring, stop := context.WithCancel(context.Background())
	measured := make(chan struct{})
	go func() { defer close(measured); env.Lag.Run(measuring) }()
	defer func() { stop(); <-measured }()

	s, err := open(ctx, cfg, env)
	if err != nil {
		found := report.Run{Head: cfg.head("", started), SetupError: err.Error()}
		if found.Interrupted = ctx.Err() != nil; found.Interrupted {
			err = nil
		}
		return found, err
	}
	defer s.close()
	cases := cfg.cases()
	found := report.Run{Head: cfg.head(s.watch.Addr(), started)}
	found.Head.NoCertification = beforehand(cfg)
	cfg.Listener.Begin(found.Head, len(cases))
	failed := s.playAll(cases, func(r report.Result) {
		found.Results = append(found.Results, r)
		cfg.Listener.Result(r)
	})
	s.program.Close()
	if ctx.Err() != nil {
		failed = nil // whatever it says, the run was cut short
	}
	if failed != nil {
		found.SetupError = failed.Error()
	}
	slices.SortStableFunc(found.Results, func(a, b report.Result) int { return strings.Compare(a.Requirement.ID, b.Requirement.ID) })
	found.TimedOut = errors.Is(context.Cause(ctx), errTimeout)
	found.Interrupted = ctx.Err() != nil && !found.TimedOut
	found.Coverage = cover(cases, found.Results)
	found.Remarks = s.remarks()
	found.Head.Duration = time.Since(started)
	if n := len(s.crashes); n > 0 {
		said := fmt.Sprintf("the integration ended by itself, %s in all", times(n))
		if failed == nil && found.Count(report.Fail) == 0 { // no case was about it
			found.SetupError = said + ": " + s.crashes[0].how
		} else {
			found.Head.NoCertification = append(found.Head.NoCertification, said)
		}
	}
	s.watch.Look(func(r *witness.Record) {
		if others := strangers(r); others != "" {
			found.Head.NoCertification = append(found.Head.NoCertification, others)
		}
	})
	cfg.Listener.End(found)
	return found, failed
}

// cases are those of the acts that are judged.
func (c *Config) cases() []Case {
	return slices.DeleteFunc(Cases(), func(k Case) bool { return k.Act != "" && !slices.Contains(c.Acts, k.Act) })
}

// playAll plays the acts and judges the cases of each, then those of all of them. Its error
// is why it could not go on.
func (s *site) playAll(cases []Case, tell func(report.Result)) error {
	var failed error
	judge := func(act Act) {
		for _, k := range cases {
			if k.Act == act {
				tell(s.result(k, failed))
			}
		}
	}
	for _, act := range Acts() {
		if act != Start && !slices.Contains(s.cfg.Acts, act) {
			continue
		}
		if failed == nil && s.Err() == nil {
			failed = cmp.Or(s.playAct(act), s.unusable())
		}
		judge(act)
	}
	if s.running {
		_, _ = s.stop() // in good order, whatever is judged
	}
	judge("")
	return failed
}

// playAct plays an act. A mistake in this program ends the play, and not the report.
func (s *site) playAct(act Act) (failed error) {
	defer func() {
		if r := recover(); r != nil {
			failed = &suites.SetupError{Reason: s.env.Secrets().Redact(fmt.Sprintf("the act %s broke: %v", act, r))}
		}
	}()
	return plays[act](s)
}

// result judges a case. Once the run was cut short, nothing is: what was not seen might have
// come.
func (s *site) result(k Case, failed error) report.Result {
	var outcome spec.Outcome
	strict := s.cfg.Strict
	switch {
	case failed != nil:
		outcome = spec.Outcome{Verdict: report.Skipped, Skip: report.NotReached, Reason: "the set-up failed"}
	case s.Err() != nil:
		outcome = spec.Outcome{Verdict: report.Skipped, Skip: report.NotReached, Reason: "the run ended before it"}
	default:
		var died bool
		outcome, died = s.judge(k)
		strict = strict || died // whatever the requirement's level, nobody can use what is not there
	}
	return spec.Case{ID: k.ID, Name: k.Name}.Result(outcome, strict)
}

// unusable tells that there never was an integration: the shell has no such command.
func (s *site) unusable() error {
	if s.came() || len(s.crashes) == 0 || s.crashes[0].code != noCommand && s.crashes[0].code != notExecutable {
		return nil
	}
	return &suites.SetupError{Reason: "the integration cannot be run: " + s.crashes[0].how}
}

// The exit codes by which a shell says that it cannot run a command (POSIX).
const notExecutable, noCommand = 126, 127

// remarks tell of what happened beside the cases.
func (s *site) remarks() []string {
	remarks := slices.Clone(s.notes)
	for _, k := range s.crashes {
		remarks = append(remarks, fmt.Sprintf("the integration ended by itself (%s): %s", k.what, k.how))
	}
	return remarks
}

// times writes how often something was.
func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// beforehand lists why a run certifies nothing, as far as is known before it.
func beforehand(cfg Config) []string {
	var reasons []string
	if cfg.Speedup != 1 {
		reasons = append(reasons, fmt.Sprintf("the gateway's clock runs %g times fast", cfg.Speedup))
	}
	if cfg.Name == "" {
		reasons = append(reasons, "the integration has no name")
	}
	if cfg.Patience > DefaultPatience {
		reasons = append(reasons, fmt.Sprintf("the patience of %s is more than the %s of a certificate", cfg.Patience, DefaultPatience))
	}
	if len(cfg.Acts) < len(Acts()) {
		reasons = append(reasons, "only these acts were judged: "+list(cfg.Acts))
	}
	return reasons
}

// cover compares the requirements of the cases with those that were judged.
func cover(cases []Case, results []report.Result) report.Coverage {
	var c report.Coverage
	var seen []string
	for _, k := range cases {
		if slices.Contains(seen, k.ID) {
			continue
		}
		seen = append(seen, k.ID)
		c.Selected++
		if reason, ran := suites.WhyNotRun(k.ID, results); ran {
			c.Ran++
		} else {
			c.NotRun = append(c.NotRun, report.NotRun{ID: k.ID, Reason: reason})
		}
	}
	return c
}
