package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// urlPresser presses by a POST to a URL.
type urlPresser url.URL

// String leaves out what may be secret: the user, the password and the query.
func (p *urlPresser) String() string {
	return "http:" + (&url.URL{Scheme: p.Scheme, Host: p.Host, Path: p.Path}).String()
}

func (p *urlPresser) Press(ctx context.Context) (Press, error) {
	ctx, cancel := context.WithTimeout(ctx, pressTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, (*url.URL)(p).String(), http.NoBody)
	if err != nil {
		return Press{}, p.failed(err)
	}
	// A connection of its own: one that was kept could be dead.
	presser := http.Client{Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true}}
	earliest := time.Now()
	res, err := presser.Do(r)
	latest := time.Now()
	if err != nil {
		return Press{}, p.failed(err)
	}
	defer res.Body.Close()
	if res.StatusCode/100 != 2 {
		return Press{}, p.failed(fmt.Errorf("answered HTTP %d", res.StatusCode))
	}
	return Press{Earliest: earliest, Latest: latest}, nil
}

func (p *urlPresser) failed(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err // the URL may hold a password
	}
	return fmt.Errorf("press the button at %s: %w", p, err)
}
