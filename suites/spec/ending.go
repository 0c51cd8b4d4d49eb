package spec

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"

	"ttcheck/client"
	"ttcheck/report"
)

// ending is how a case or a probe ended, other than by its last line.
type ending struct {
	verdict report.Verdict
	skip    report.SkipKind
	reason  string
}

func (e ending) Error() string { return e.reason }

// Unsupported is the error of a probe that cannot observe anything because the
// gateway lacks what it builds on.
func Unsupported(format string, args ...any) error {
	return ending{report.Skipped, report.Unsupported, fmt.Sprintf(format, args...)}
}

// Inconclusive is the error of a probe whose observation says nothing because the
// harness was too slow.
func Inconclusive(format string, args ...any) error {
	return ending{verdict: report.Inconclusive, reason: fmt.Sprintf(format, args...)}
}

// endingOf makes an ending of any error: what is not one already is trouble of
// the harness or its set-up.
func endingOf(err error) ending {
	if e, ok := errors.AsType[ending](err); ok {
		return e
	}
	return ending{verdict: report.Error, reason: err.Error()}
}

// localTrouble is the tester's own trouble in what was seen; nil if it has none.
func localTrouble(seen any) error {
	err, _ := seen.(error)
	if res, ok := seen.(*client.Response); ok && res != nil {
		err = res.Err
	}
	if client.IsLocal(err) {
		return err
	}
	return nil
}

// trouble keeps the first of the tester's own troubles in a scene: errors, or why what is
// seen in it is inconclusive.
type trouble struct {
	mu  sync.Mutex
	err error
}

func (t *trouble) note(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.err = cmp.Or(t.err, err)
}

// spoilt tells why what the scene saw says nothing of the gateway: it was cut
// off, or the tester had trouble of its own. It is nil where neither is so.
func (s *Scene) spoilt() error {
	if s.Err() != nil {
		return fmt.Errorf("cut off: %w", context.Cause(s))
	}
	s.trouble.mu.Lock()
	defer s.trouble.mu.Unlock()
	if s.trouble.err != nil {
		return fmt.Errorf("the harness could not ask: %w", s.trouble.err)
	}
	return nil
}
