package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"ttcheck/client/mdns"
)

// maxChanged is how many characters of a value are shown where it changed.
const maxChanged = 80

// watch tells what changes until it is interrupted.
func (s search) watch() error {
	ctx := s.cmd.Context()
	ended := make(chan error, 1)
	go func() { ended <- s.browser.Run(ctx) }()
	hint := time.NewTimer(s.wait)
	defer hint.Stop()
	// Trials run side by side; the lines come in the order of the changes.
	before := make(chan error, 1)
	before <- nil
	for going := true; going; {
		select {
		case change, open := <-s.browser.Changes():
			if going = open; !open {
				break
			}
			earlier, done := before, make(chan error, 1)
			before = done
			s.checker.slot(func() {
				told := s.event(ctx, change)
				if err := <-earlier; err != nil || ctx.Err() != nil {
					done <- err
					return
				}
				done <- s.tell(told)
			})
		case <-hint.C:
			if len(s.browser.Services()) == 0 {
				fmt.Fprintln(s.cmd.ErrOrStderr(), "ttcheck: "+s.nothing("so far"))
			}
		}
	}
	s.checker.wait()
	written := <-before
	if err := <-ended; err != nil {
		return setupError(err)
	}
	if written != nil {
		return setupError(fmt.Errorf("write: %w", written))
	}
	return nil
}

// event tries the gateway that a change is about.
func (s search) event(ctx context.Context, change mdns.Change) event {
	told := event{At: change.At, Event: string(change.Kind), Changed: []string{}}
	var found verdict
	switch change.Kind {
	case mdns.Left:
		told.Reason = "expired"
		if change.Goodbye {
			told.Reason = "goodbye"
		}
		found.reason = "it left"
	case mdns.Changed:
		told.Changed = differences(change.Before, change.Service)
		fallthrough
	default:
		found = s.checker.try(ctx, change.Service)
	}
	told.Gateway = sight(change.Service, found)
	return told
}

func (s search) tell(e event) error {
	if !s.asJSON {
		_, err := fmt.Fprintln(s.cmd.OutOrStdout(), e)
		return err
	}
	encoder := json.NewEncoder(s.cmd.OutOrStdout())
	encoder.SetEscapeHTML(false)
	return encoder.Encode(e)
}

// differences says what changed.
func differences(before, now mdns.Service) []string {
	all := []string{}
	add := func(what, old, current string) {
		if old != current {
			all = append(all, fmt.Sprintf("%s %s → %s", what, orDash(shorten(old, maxChanged)), orDash(shorten(current, maxChanged))))
		}
	}
	list := func(v mdns.Service) string {
		var ips []string
		for _, ip := range v.Addresses {
			ips = append(ips, ip.String())
		}
		return strings.Join(ips, " ")
	}
	if !mdns.SameName(before.Host, now.Host) {
		add("host", strings.TrimSuffix(before.Host, "."), strings.TrimSuffix(now.Host, "."))
	}
	add("address", list(before), list(now))
	add("port", fmt.Sprint(before.Port), fmt.Sprint(now.Port))
	if !slices.Equal(before.TXT, now.TXT) {
		add("TXT", strings.Join(before.TXT, " "), strings.Join(now.TXT, " "))
	}
	if len(all) == 0 {
		all = append(all, "details")
	}
	return all
}
