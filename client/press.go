package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"strings"
	"time"
)

// pressTimeout is how long a command or a URL may take to press the button.
const pressTimeout = 30 * time.Second

// Press tells when the button went down: not before Earliest, not after Latest.
type Press struct{ Earliest, Latest time.Time }

// Presser presses the gateway's button, or has it pressed.
type Presser interface {
	// Press returns once the button was pressed. An error means that it was not,
	// or that nobody can tell.
	Press(ctx context.Context) (Press, error)
	// String names the way of pressing, with nothing secret in it.
	String() string
}

// ErrNoPresser is the error of a mode that cannot press.
var ErrNoPresser = errors.New("there is no way to press the button")

// ParsePresser reads a press mode: none, prompt, exec:COMMAND or http:URL. For
// none it returns nil. The prompter is who asks the operator.
func ParsePresser(mode string, prompt *Prompt) (Presser, error) {
	kind, rest, _ := strings.Cut(mode, ":")
	switch {
	case mode == "none" || mode == "":
		return nil, nil
	case mode == "prompt":
		if prompt == nil {
			return nil, errors.New("press mode prompt needs a terminal")
		}
		return prompt, nil
	case kind == "exec" && strings.TrimSpace(rest) != "":
		return commandPresser(rest), nil
	case kind == "http" && rest != "":
		target, err := url.Parse(rest)
		if err != nil || (target.Scheme != "http" && target.Scheme != "https") || target.Host == "" {
			return nil, fmt.Errorf("press mode http: needs a URL such as http:http://10.0.0.5/press, not %.80q", rest)
		}
		return (*urlPresser)(target), nil
	}
	return nil, fmt.Errorf("unknown press mode %.40q: use none, prompt, exec:COMMAND or http:URL", mode)
}

// PressFunc makes a presser of a function that presses at once.
type PressFunc func()

// Press calls the function.
func (f PressFunc) Press(context.Context) (Press, error) {
	earliest := time.Now()
	f()
	return Press{Earliest: earliest, Latest: time.Now()}, nil
}

func (f PressFunc) String() string { return "embedded" }

type commandPresser string

// String leaves the command out: it may hold a password.
func (commandPresser) String() string { return "exec" }

func (p commandPresser) Press(ctx context.Context) (Press, error) {
	ctx, cancel := context.WithTimeout(ctx, pressTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", string(p))
	var output head
	cmd.Stdout, cmd.Stderr = &output, &output
	cmd.WaitDelay = time.Second
	earliest := time.Now()
	if err := cmd.Run(); err != nil {
		return Press{}, fmt.Errorf("press the button by command: %w%s", err, output.suffix())
	}
	return Press{Earliest: earliest, Latest: time.Now()}, nil
}

type urlPresser url.URL

func (p *urlPresser) String() string {
	return "http:" + (&url.URL{Scheme: p.Scheme, Host: p.Host, Path: p.Path}).String()
}

func (p *urlPresser) Press(ctx context.Context) (Press, error) {
	ctx, cancel := context.WithTimeout(ctx, pressTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, (*url.URL)(p).String(), http.NoBody)
	if err != nil {
		return Press{}, fmt.Errorf("press the button at %s: %w", p, err)
	}
	earliest := time.Now()
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		if wrapped, ok := errors.AsType[*url.Error](err); ok {
			err = wrapped.Err // the URL may hold a password
		}
		return Press{}, fmt.Errorf("press the button at %s: %w", p, err)
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, maxText))
	if res.StatusCode/100 != 2 {
		return Press{}, fmt.Errorf("press the button at %s: answered HTTP %d", p, res.StatusCode)
	}
	return Press{Earliest: earliest, Latest: time.Now()}, nil
}

// head keeps the beginning of a command's output, for its error.
type head struct{ bytes.Buffer }

func (h *head) Write(p []byte) (int, error) {
	if room := 200 - h.Len(); room > 0 {
		_, _ = h.Buffer.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

func (h *head) suffix() string {
	if text := strings.TrimSpace(h.String()); text != "" {
		return fmt.Sprintf(" (it said %q)", text)
	}
	return ""
}
