package report

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestIntegrationInJSON(t *testing.T) {
	t.Parallel()
	for name, run := range map[string]Run{"literal": literalPOS(), "sound": posRun(), "bare": {Head: Head{Integration: &Integration{}}}} {
		var b bytes.Buffer
		if err := WriteJSON(&b, run); err != nil {
			t.Fatal(err)
		}
		var document struct {
			Certified     bool
			Certification string
			Head          struct {
				Integration map[string]any
			}
			Requirements []struct {
				ID, Verdict string
				Cases       []string
			}
		}
		if err := json.Unmarshal(b.Bytes(), &document); err != nil {
			t.Fatal(err)
		}
		if document.Certified != run.Certifies() || document.Certification != run.Certification() {
			t.Errorf("%s: certified %v: %s", name, document.Certified, document.Certification)
		}
		if len(document.Requirements) != 24 || document.Requirements[14].Cases == nil {
			t.Errorf("%s: the requirements are %+v", name, document.Requirements)
		}
		if acts := document.Head.Integration["acts"]; acts == nil {
			t.Errorf("%s: the list of acts is null", name)
		}
		if name == "literal" {
			if v := document.Requirements[17].Verdict; v != "not played" {
				t.Errorf("POS-18: %q", v)
			}
		}
		got, err := ReadJSON(&b)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, run) {
			t.Errorf("%s: got  %+v\nwant %+v", name, got, run)
		}
	}
	var b bytes.Buffer
	if err := WriteJSON(&b, sample()); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), `"integration":`) || strings.Contains(b.String(), `"requirements":`) {
		t.Error("the report on a gateway speaks of an integration")
	}
}

func TestConsoleOfIntegration(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var b bytes.Buffer
		c := NewConsole(&b, ConsoleOptions{})
		run := literalPOS()
		c.Begin(run.Head, len(run.Results))
		c.Waiting("the integration to ask for a token", time.Now().Add(60*time.Second))
		time.Sleep(11 * time.Second)
		for _, result := range run.Results {
			c.Result(result)
		}
		c.End(run)
		golden(t, "certify.txt", b.Bytes())
		for _, foul := range []string{"permissions", "button", "order names", "conformance of", "chapter", "embedded reference"} {
			if strings.Contains(b.String(), foul) {
				t.Errorf("it speaks of %q", foul)
			}
		}
	})
}

func TestIntegrationInJUnit(t *testing.T) {
	t.Parallel()
	all, data := readJUnit(t, literalPOS())
	if len(all.Suites) != 1 || *all.Suites[0].Failures != 1 || *all.Suites[0].Errors != 1 || *all.Suites[0].Skipped != 5 {
		t.Errorf("%+v", all.Suites)
	}
	for _, part := range []string{
		`<property name="integration" value="Example POS">`, `<property name="version" value="4.2">`, `value="NOT CERTIFIED: `,
		`<skipped message="not shown: it never asked for history">`, "(> the integration, < the gateway)",
	} {
		if !strings.Contains(string(data), part) {
			t.Errorf("%q is missing", part)
		}
	}
}

func TestMarkdownOfIntegration(t *testing.T) {
	t.Parallel()
	text := writeMarkdown(t, literalPOS())
	for _, part := range []string{"## FAILED: 1 of 17", "**NOT CERTIFIED: ", "Cases: 15 pass · 1 warning · 1 fail · 1 error · 5 skipped.", "### Not shown", "| acts | start, work |"} {
		if !strings.Contains(text, part) {
			t.Errorf("%q is missing", part)
		}
	}
}
