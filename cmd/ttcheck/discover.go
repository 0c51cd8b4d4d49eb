package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"ttcheck/client/mdns"
	"ttcheck/internal/link"
)

const (
	searchWait = 3 * time.Second
	// maxSearch is the longest --wait.
	maxSearch = 10 * time.Minute
)

type discoverFlags struct {
	iface  string
	wait   time.Duration
	asJSON bool
	watch  bool
}

func discoverCommand() *cobra.Command {
	var f discoverFlags
	cmd := &cobra.Command{
		Use:   "discover",
		Short: "List the gateways of a network",
		Long: "Discover searches for gateways by multicast DNS, as an integration does, and tries\n" +
			"whether they answer. Without --interface it searches on every interface of this machine\n" +
			"but the loopback. It ends with exit code 3 if there are none.\n\n" +
			"With --watch it tells what comes (+), changes (*) and goes (-) until it is interrupted.",
		Example: "  ttcheck discover\n  ttcheck discover --interface eth0 --watch",
		RunE:    func(cmd *cobra.Command, _ []string) error { return runDiscover(cmd, f) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.iface, "interface", "", "the network interface to search on; all but the loopback if not given")
	flags.DurationVar(&f.wait, "wait", searchWait, "how long to search")
	flags.BoolVar(&f.asJSON, "json", false, "as JSON; with --watch an object a line")
	flags.BoolVar(&f.watch, "watch", false, "go on, and tell what changes")
	return cmd
}

func runDiscover(cmd *cobra.Command, f discoverFlags) error {
	if f.wait <= 0 || f.wait > maxSearch {
		return usageError(fmt.Errorf("--wait %v: want more than 0 and at most %v", f.wait, maxSearch))
	}
	links, err := searchLinks(f.iface)
	if err != nil {
		return usageError(err)
	}
	return searchOn(cmd, f, links)
}

// searchOn searches on links.
func searchOn(cmd *cobra.Command, f discoverFlags, links []link.Link) error {
	browser, err := mdns.NewBrowser(links, mdns.BrowserOptions{})
	if err != nil {
		return usageError(err)
	}
	defer browser.Close()
	for _, trouble := range browser.Trouble() {
		fmt.Fprintln(cmd.ErrOrStderr(), "ttcheck: "+oneLine(trouble))
	}
	s := search{discoverFlags: f, cmd: cmd, browser: browser, links: links, checker: newChecker(links)}
	if f.watch {
		return s.watch()
	}
	return s.once()
}

// search is one run of the verb.
type search struct {
	discoverFlags
	cmd     *cobra.Command
	browser *mdns.Browser
	links   []link.Link
	checker *checker
}

// once lists what is found within the wait. What is resolved is tried at once, so that
// the answers are there when the wait is over.
func (s search) once() error {
	limit, cancel := context.WithTimeout(s.cmd.Context(), s.wait)
	defer cancel()
	trying, stop := context.WithTimeout(s.cmd.Context(), s.wait+checkTimeout+checkTimeout/4)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- s.browser.Run(limit) }()
	checks := map[string]*check{}
	for change := range s.browser.Changes() {
		if change.Kind != mdns.Left {
			s.checker.start(trying, checks, change.Service)
		}
	}
	failed := <-ended
	var all []sighting
	services := s.browser.Services()
	for _, v := range services {
		s.checker.start(trying, checks, v)
	}
	for _, v := range services {
		all = append(all, sight(v, checks[checkKey(v)].verdict()))
	}
	stop()
	s.checker.wait()
	if err := s.print(all, failed == nil); err != nil {
		return err
	}
	switch {
	case s.cmd.Context().Err() != nil:
		return s.cmd.Context().Err()
	case failed != nil:
		return setupError(failed)
	case len(all) == 0:
		return setupError(errors.New(s.nothing(fmt.Sprintf("within %v", s.wait))))
	}
	return nil
}

// nothing says that no gateway was found, and what may be the reason.
func (s search) nothing(when string) string {
	text := fmt.Sprintf("no gateway on %s %s", link.Names(s.links), when)
	if s.browser.Heard() == 0 {
		text += ", and nothing else was heard there: a firewall may stop UDP port 5353"
	}
	return text
}
