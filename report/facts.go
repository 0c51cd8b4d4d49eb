package report

import (
	"strconv"
	"strings"
	"time"
)

// fact is one line of a report's head.
type fact struct{ label, value string }

// facts lists what was tested and how, in the order in which every report shows
// it. What does not apply is left out.
func (h Head) facts() []fact {
	var facts []fact
	add := func(label, value string) {
		if value != "" {
			facts = append(facts, fact{label, inline(value)})
		}
	}
	target := h.Target
	if h.Embedded {
		target += " (the embedded reference gateway)"
	}
	add("target", target)
	profile := h.Profile
	if h.Strict {
		profile += ", strict: a SHOULD that does not hold fails"
	}
	add("profile", profile)
	chapters := make([]string, 0, len(h.Chapters))
	for _, c := range h.Chapters {
		chapters = append(chapters, string(c))
	}
	add("chapters", strings.Join(chapters, ", "))
	add("filter", h.LabelFilter)
	permissions := "none given: what changes state is skipped"
	if len(h.Allowed) > 0 {
		permissions = strings.Join(h.Allowed, ", ")
	}
	if h.OrderNames != "" {
		permissions += "; order names " + h.OrderNames
	}
	add("permissions", permissions)
	add("button", h.Press)
	add("interface", h.Interface)
	add("timing", "token window "+span(h.Timing.TokenWindow)+
		", WebSocket token "+span(h.Timing.TokenDeadline)+
		", history "+span(h.Timing.Retention))
	add("grace", span(h.Grace))
	add("speed", h.speed())
	return facts
}

// speed tells how the gateway's clock runs. Zero is an unset field: true speed.
func (h Head) speed() string {
	if h.Speedup == 0 || h.Speedup == 1 {
		return "true"
	}
	return strconv.FormatFloat(h.Speedup, 'g', 6, 64) + " times true speed"
}

// suite names the program with its version.
func (h Head) suite() string { return strings.TrimSpace("ttcheck " + inline(h.SuiteVersion)) }

// started is when the run began, or empty.
func (h Head) started() string {
	if h.Started.IsZero() {
		return ""
	}
	return h.Started.Format(time.RFC3339)
}
