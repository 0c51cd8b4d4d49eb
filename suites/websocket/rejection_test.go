package websocket

import (
	"encoding/json"
	"strings"
	"testing"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/report"
	"ttcheck/suites/spec"
)

const secret = "0123456789abcdef0123456789abcdef0123456789abcdef"

// TestAttemptsAreBad proves that what must be rejected is bad, and bad in the way
// that its requirement is about.
func TestAttemptsAreBad(t *testing.T) {
	t.Parallel()
	for _, a := range append(invalidJSON(secret), invalidJSON("")...) {
		if json.Valid([]byte(a.text)) {
			t.Errorf("%s is valid JSON: %s", a.what, a.text)
		}
	}
	for _, a := range append(unusable(secret), unusable("")...) {
		if !json.Valid([]byte(a.text)) {
			t.Errorf("%s is not valid JSON: %s", a.what, a.text)
		}
		o, err := protocol.ParseObject([]byte(a.text))
		if token, wrong := o.String("accesstoken"); err == nil && wrong == nil && token != "" {
			t.Errorf("%s has a usable accesstoken: %s", a.what, a.text)
		}
	}
}

func TestNearTokensAreWrong(t *testing.T) {
	t.Parallel()
	for _, token := range []string{secret, strings.Repeat("0", len(secret)), strings.Repeat("1", len(secret))} {
		for _, near := range nearTokens(token) {
			if near.text == "" || near.text == token {
				t.Errorf("%s: it is the right token, or none", near.what)
			}
		}
	}
	if near := nearTokens(""); near != nil {
		t.Errorf("%d tokens are near to none", len(near))
	}
}

func TestAttemptsNameNoToken(t *testing.T) {
	t.Parallel()
	for _, attempts := range [][]attempt{invalidJSON(secret), unusable(secret)} {
		with, names := 0, map[string]bool{}
		for _, a := range attempts {
			if strings.Contains(a.text, secret) {
				with++
			}
			if strings.Contains(a.what, secret) || names[a.what] || a.what == "" {
				t.Errorf("an attempt is called %q", a.what)
			}
			names[a.what] = true
		}
		if with < 4 {
			t.Errorf("%d attempts hold the right token, want at least 4", with)
		}
	}
	for _, a := range append(invalidJSON(""), unusable("")...) {
		if strings.Contains(a.what, "right") {
			t.Errorf("without a token, %s is tried: %s", a.what, a.text)
		}
	}
}

func TestExplains(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		messages []string
		want     report.Verdict
	}{
		"no message":             {nil, report.Pass},
		"the right one":          {[]string{`{"status":401,"returnCode":-2,"message":"no"}`}, report.Pass},
		"with more in it":        {[]string{`{"status":401,"returnCode":-2,"message":"no","hint":null}`}, report.Pass},
		"after another":          {[]string{`{"type":"HELLO"}`, `{"status":401,"returnCode":-2,"message":"no"}`}, report.Pass},
		"another code":           {[]string{`{"status":401,"returnCode":-1,"message":"no"}`}, report.Warning},
		"no code":                {[]string{`{"status":401,"message":"no"}`}, report.Warning},
		"a code that is text":    {[]string{`{"status":401,"returnCode":"-2","message":"no"}`}, report.Warning},
		"no status":              {[]string{`{"returnCode":-2,"message":"no"}`}, report.Warning},
		"no text":                {[]string{`{"status":401,"returnCode":-2}`}, report.Warning},
		"text that is a number":  {[]string{`{"status":401,"returnCode":-2,"message":7}`}, report.Warning},
		"what is no JSON at all": {[]string{`no`}, report.Warning},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var messages []client.Message
			for _, text := range test.messages {
				o, err := protocol.ParseObject([]byte(text))
				messages = append(messages, client.Message{Data: []byte(text), Object: o, Err: err})
			}
			got := judge(t, "WS-24", func(c *spec.C) { explains(c, "a wrong token", messages, protocol.CodeInvalidToken) })
			if got.Verdict != test.want {
				t.Errorf("the verdict is %s, want %s", got.Verdict, test.want)
			}
		})
	}
}
