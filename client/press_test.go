package client_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ttcheck/client"
)

func TestParsePresser(t *testing.T) {
	t.Parallel()
	for mode, want := range map[string]string{
		"exec:true":                          "exec",
		"exec:curl -u user:hunter2 http://x": "exec",
		"prompt":                             "prompt",
		"http:http://10.0.0.5/press":         "http:http://10.0.0.5/press",
		"http:https://10.0.0.5:81/":          "http:https://10.0.0.5:81/",
		"http:http://u:hunter2@10.0.0.5/p?x=hunter2#hunter2": "http:http://10.0.0.5/p",
		"http:http://hunter2@[fe80::1]:81":                   "http:http://[fe80::1]:81",
	} {
		p, err := client.ParsePresser(mode, &client.Prompt{})
		if err != nil || p.String() != want {
			t.Errorf("%s: %v, %v, want %s", mode, p, err, want)
		}
	}
	for _, mode := range []string{"", "none"} {
		if p, err := client.ParsePresser(mode, &client.Prompt{}); p != nil || err != nil {
			t.Errorf("%q: %v, %v", mode, p, err)
		}
	}
}

func TestParsePresserRefuses(t *testing.T) {
	t.Parallel()
	for mode, reason := range map[string]string{
		"exec":                             `unknown press mode "exec"`,
		"exec:":                            `unknown press mode "exec"`,
		"exec: \t":                         `unknown press mode "exec"`,
		"http":                             `unknown press mode "http"`,
		"http:":                            `unknown press mode "http"`,
		"http:10.0.0.5/hunter2":            "needs a whole URL",
		"http://user:hunter2@10.0.0.5/":    "needs a whole URL",
		"http:ftp://user:hunter2@10.0.0.5": "needs a whole URL",
		"http:http:///hunter2":             "needs a whole URL",
		"http:http://10.0.0.5:hunter2/":    "needs a whole URL",
		"http:http://u:hunter2@[::1/":      "needs a whole URL",
		"https://u:hunter2@10.0.0.5/":      `unknown press mode "https"`,
		"exce:curl -u user:hunter2":        `unknown press mode "exce"`,
		"Prompt":                           `unknown press mode "Prompt"`,
		"prompt:hunter2":                   `unknown press mode "prompt"`,
		"none:":                            `unknown press mode "none"`,
		"a very long word that is no mode at all": `unknown press mode "a very long word tha"`,
	} {
		p, err := client.ParsePresser(mode, &client.Prompt{})
		if p != nil || err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("%s: %v, %v, want %s", mode, p, err, reason)
			continue
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: the password stands in the error %v", mode, err)
		}
	}
	if p, err := client.ParsePresser("prompt", nil); p != nil || err == nil || !strings.Contains(err.Error(), "terminal") {
		t.Errorf("prompt without a terminal: %v, %v", p, err)
	}
}

func TestPressFunc(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		var pressed time.Duration
		p := client.PressFunc(func() {
			time.Sleep(time.Second)
			pressed = time.Since(begun)
			time.Sleep(time.Second)
		})
		press, err := p.Press(t.Context())
		if err != nil || press.Earliest.Sub(begun) != 0 || press.Latest.Sub(begun) != 2*time.Second || pressed != time.Second {
			t.Errorf("pressed after %v, between %v and %v, %v", pressed, press.Earliest.Sub(begun), press.Latest.Sub(begun), err)
		}
		if p.String() != "embedded" {
			t.Errorf("it is called %s", p)
		}
	})
}
