package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"time"

	"ttcheck/client"
	"ttcheck/load"
	"ttcheck/protocol"
	"ttcheck/suites/spec"
)

const (
	// tokenWait is how long a token is asked for once the button was pressed or is to be.
	tokenWait = 2 * time.Minute
	// requestTimeout is what a gateway is given to answer.
	requestTimeout = 4 * time.Second
	// hurriedUndo is what is left of that for whoever interrupts a second time.
	hurriedUndo = 500 * time.Millisecond
)

// loadTarget is the gateway that takes the load, and what must be undone there.
type loadTarget struct {
	embedded *gatewayProcess // nil if the gateway is somebody's
	client   *client.Client
	made     string // the token that was made for the run; "" for one that was given
}

// checkTarget finds what cannot go together, before anything is sent.
func (f loadFlags) checkTarget(cfg *load.Config, search *load.Search) (err error) {
	leaves, err := spec.ParseLeaves(f.allow)
	if err != nil {
		return fmt.Errorf("--allow: %w", err)
	}
	if f.target.address == "" {
		switch {
		case f.target.token != "" || f.target.tokenFile != "":
			return errors.New("a token needs a --target: the embedded gateway makes its own")
		case f.press != "":
			return errors.New("--press needs a --target: the embedded gateway's button is pressed without")
		case cfg.Shard.Count > 1:
			return errors.New("--shard needs a --target: the shards must load the same gateway")
		}
		if err := sameFamily(cfg.Sources, embeddedListen); err != nil {
			return fmt.Errorf("--source: %w", err)
		}
		return nil
	}
	changes := cfg.Plan.PeakRate() > 0 || search != nil && search.Of == load.Rate
	if changes && !slices.Contains(leaves, spec.LeaveOrders) {
		return errors.New("changes of orders need leave: give --allow orders, or listen only by --rate 0")
	}
	if cfg.Token, err = f.target.readToken(); err != nil {
		return err
	}
	if cfg.Shard.Count > 1 && cfg.Token == "" {
		return errors.New("--shard needs a token: all shards use the same, give it by --token-file or TTCHECK_TOKEN")
	}
	return nil
}

// reach finds the gateway or starts one, and gets a token of it. The target is to be left
// whatever the error.
func (f loadFlags) reach(ctx context.Context, cfg *load.Config, say func(string)) (t *loadTarget, err error) {
	t = &loadTarget{}
	var presser client.Presser
	var source net.IP
	if f.target.address == "" {
		if t.embedded, err = startGateway(ctx); err != nil {
			return t, setupError(err)
		}
		cfg.Address, cfg.Head.Embedded = t.embedded.address, true
		presser, err = client.ParsePresser("http:http://"+t.embedded.control+"/press", nil)
	} else {
		if cfg.Address, source, err = f.target.resolve(ctx); err != nil {
			return t, err
		}
		if err := reachableFrom(ctx, cfg.Sources, cfg.Address); err != nil {
			return t, usageError(fmt.Errorf("--source: %w", err))
		}
		presser, err = f.presser(cfg.Token, say)
	}
	cfg.Head.Target = cfg.Address
	if err != nil {
		return t, usageError(fmt.Errorf("--press: %w", err))
	}
	if len(cfg.Sources) > 0 {
		source = cfg.Sources[0]
	} else if source != nil {
		cfg.Sources = []net.IP{source}
	}
	t.client = client.New(client.Options{Address: cfg.Address, LocalIP: source, Timeout: requestTimeout})
	if cfg.Token != "" {
		return t, nil
	}
	if presser == nil {
		return t, usageError(fmt.Errorf("%s needs a token: give one by --token-file or TTCHECK_TOKEN, or have one made by --press prompt, exec:COMMAND or http:URL", cfg.Address))
	}
	if t.embedded == nil {
		if err := answersAsGateway(ctx, t.client); err != nil {
			return t, cmp.Or(ctx.Err(), setupError(err))
		}
	}
	limit, cancel := context.WithTimeout(ctx, tokenWait)
	defer cancel()
	if t.made, err = obtain(limit, t.client, presser, "ttcheck load", func() {}); err != nil {
		return t, cmp.Or(ctx.Err(), setupError(err))
	}
	cfg.Token = t.made
	return t, nil
}

// presser is who presses the button of somebody's gateway, if a token is to be made.
func (f loadFlags) presser(token string, say func(string)) (client.Presser, error) {
	prompt := terminalPrompt(say)
	mode := f.press
	if mode == "" && prompt != nil && token == "" {
		mode = "prompt"
	}
	return client.ParsePresser(mode, prompt)
}

// leave undoes what was done to the target beside the load, and tells what could not be.
func (t *loadTarget) leave(ctx context.Context) (remarks []string) {
	if t.made != "" && t.embedded == nil { // a token of the embedded gateway ends with it
		// What was made is undone after Ctrl-C, too.
		undoing, cancel := context.WithCancel(context.WithoutCancel(ctx))
		defer cancel()
		defer context.AfterFunc(hurried(ctx), func() { time.AfterFunc(hurriedUndo, cancel) })()
		res := t.client.Do(undoing, client.Request{Method: http.MethodDelete, Path: protocol.PathToken, Token: t.made})
		if res.Err != nil || res.Status/100 != 2 {
			remarks = append(remarks, fmt.Sprintf("the token that was made for the run could not be revoked: %s", res))
		}
	}
	if t.client != nil {
		t.client.Close()
	}
	if t.embedded != nil {
		if err := t.embedded.stop(); err != nil {
			remarks = append(remarks, fmt.Sprintf("the embedded gateway: %v", err))
		}
	}
	return remarks
}
