package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
	"unicode"

	"ttcheck/client"
	"ttcheck/client/mdns"
	"ttcheck/internal/link"
	"ttcheck/protocol"
)

const (
	// checkTimeout is what a gateway is given to answer.
	checkTimeout = 2 * time.Second
	// maxTried is how many addresses of a gateway are tried.
	maxTried = 8
	// maxRequests is how many requests are under way at a time.
	maxRequests = 64
	maxReason   = 200 // characters
)

// checker tries whether gateways answer.
type checker struct {
	links   []link.Link
	slots   chan struct{} // of requests
	lines   chan struct{} // of changes that are being told
	running sync.WaitGroup
}

func newChecker(links []link.Link) *checker {
	return &checker{links: links, slots: make(chan struct{}, maxRequests), lines: make(chan struct{}, maxRequests)}
}

// verdict is whether and how a gateway answers.
type verdict struct {
	answers bool
	took    time.Duration // the round trip, if it answers
	reason  string        // why it does not
}

// check is a trial that is under way or done.
type check struct {
	where  string
	done   chan struct{}
	result verdict
}

func (c *check) verdict() verdict {
	<-c.done
	return c.result
}

func checkKey(v mdns.Service) string { return v.Link + " " + strings.ToLower(v.Name) }

// start tries a service, unless it was tried already where it is now.
func (c *checker) start(ctx context.Context, checks map[string]*check, v mdns.Service) {
	where := fmt.Sprint(v.Host, v.Port, v.Addresses)
	if known := checks[checkKey(v)]; known != nil && known.where == where {
		return
	}
	started := &check{where: where, done: make(chan struct{})}
	checks[checkKey(v)] = started
	c.running.Go(func() {
		defer close(started.done)
		started.result = c.try(ctx, v)
	})
}

// slot runs a function beside others, as soon as not too many run.
func (c *checker) slot(do func()) {
	c.lines <- struct{}{}
	c.running.Go(func() {
		defer func() { <-c.lines }()
		do()
	})
}

// wait waits for whatever was started.
func (c *checker) wait() { c.running.Wait() }

// try asks GET /api/v2 at the addresses of a service, at all of them at once, until
// one answers.
func (c *checker) try(ctx context.Context, v mdns.Service) verdict {
	if !v.Resolved() {
		return verdict{reason: missing(v)}
	}
	ctx, cancel := context.WithCancel(ctx)
	tried := v.Addresses[:min(len(v.Addresses), maxTried)]
	answers := make(chan verdict, len(tried))
	var asking sync.WaitGroup
	defer func() {
		cancel()
		asking.Wait()
	}()
	for _, ip := range tried {
		asking.Go(func() { answers <- c.ask(ctx, v, ip) })
	}
	var reasons []string
	for range tried {
		answer := <-answers
		if answer.answers {
			return answer
		}
		reasons = append(reasons, answer.reason)
	}
	slices.Sort(reasons)
	text := strings.Join(reasons, "; ")
	if left := len(v.Addresses) - len(tried); left > 0 {
		text += fmt.Sprintf("; %d more addresses were not tried", left)
	}
	return verdict{reason: text}
}

// missing says what is not known of a service.
func missing(v mdns.Service) string {
	switch {
	case v.Host == "":
		return "not resolved: no SRV record came"
	case v.Port == 0:
		return "not resolved: its SRV record names port 0"
	}
	return "not resolved: no address of its host came"
}

// ask asks at one address.
func (c *checker) ask(ctx context.Context, v mdns.Service, ip netip.Addr) verdict {
	if !onLink(c.links, v.Link, ip) {
		return verdict{reason: fmt.Sprintf("%s lies in no network of %s", ip, v.Link)}
	}
	if ip.Is6() && ip.IsLinkLocalUnicast() {
		ip = ip.WithZone(v.Link)
	}
	select {
	case c.slots <- struct{}{}:
		defer func() { <-c.slots }()
	case <-ctx.Done():
		return verdict{reason: "not tried in time"}
	}
	gateway := client.New(client.Options{Address: netip.AddrPortFrom(ip, v.Port).String(), Timeout: checkTimeout})
	defer gateway.Close()
	res := gateway.Do(ctx, client.Request{Path: protocol.Base})
	switch {
	case res.Err != nil:
		return verdict{reason: ip.String() + ": " + plainReason(res.Err)}
	case res.Status/100 != 2:
		return verdict{reason: fmt.Sprintf("%s: HTTP %d", ip, res.Status)}
	}
	if _, err := res.Object(); err != nil {
		return verdict{reason: fmt.Sprintf("%s: HTTP %d, but the body is no JSON object", ip, res.Status)}
	}
	return verdict{answers: true, took: res.Took()}
}

// plainReason is why there is no answer, in few words fit to show.
func plainReason(err error) string {
	if errno, ok := errors.AsType[syscall.Errno](err); ok {
		return errno.Error()
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Sprintf("no answer within %v", checkTimeout)
	}
	return shorten(strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '\uFFFD'
	}, oneLine(err)), maxReason)
}

// shorten cuts a text to so many characters.
func shorten(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}
