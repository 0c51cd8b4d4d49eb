package client

import (
	"context"
	"errors"
	"fmt"
	"net/url"
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
			return nil, errors.New("press mode http needs a whole URL, such as http:http://10.0.0.5/press")
		}
		return (*urlPresser)(target), nil
	}
	// What follows the colon may hold a password.
	return nil, fmt.Errorf("unknown press mode %.20q: use none, prompt, exec:COMMAND or http:URL", kind)
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
